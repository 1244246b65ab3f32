import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkFiles } from '../../src/cli/check.ts';
import { testPolicies } from '../../src/cli/test.ts';
import { NO_TOOLS, NOW_MS } from '../support/policy.ts';

let root = '';
let dir = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
  dir = join(root, 'policies');
  mkdirSync(dir);
});
afterEach(() => rmSync(root, { recursive: true }));

const CONFIG = 'version: 1\nupstreams:\n  crm: { url: "https://crm.example.com/mcp" }\n';
const POLICY = `version: 1
upstream: crm
classes: { read: [get], write: [put] }
rules:
  - { id: readers, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: writers, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;
const CASES = `policy: crm.yaml
cases:
  - { name: Staff read, as: { user: a, groups: [staff] }, tool: get, expect: allow, class: read, rule: readers }
  - { name: Staff ask to write, as: { user: a, groups: [staff] }, tool: put, expect: approve, rule: writers }
`;

const put = (name: string, text: string): void => writeFileSync(join(dir, name), text, { mode: 0o644 });
const putConfig = (text: string): string => {
  writeFileSync(join(root, 'countersign.yaml'), text, { mode: 0o644 });
  return join(root, 'countersign.yaml');
};

describe('check', () => {
  const check = (config: string | null): ReturnType<typeof checkFiles> =>
    checkFiles({ tools: NO_TOOLS, nowMs: NOW_MS, config, dir: null, json: false, color: false });

  it('finds nothing where nothing is wrong', async () => {
    put('crm.yaml', POLICY);
    expect(await check(putConfig(CONFIG))).toEqual({ exitCode: 0, output: 'no errors, no warnings\n' });
  });

  it('finds what is wrong in the configuration and in the policies at once', async () => {
    put('crm.yaml', POLICY.replace('effect: allow', 'effect: alow'));
    put('wiki.yaml', POLICY.replace('version: 1', 'version: 3'));
    const { exitCode, output } = await check(putConfig(`${CONFIG}zebra: 1\n`));
    expect(exitCode).toBe(1);
    expect(output).toContain('countersign.yaml:4:1: zebra: is no key that is known here');
    expect(output).toContain('policies/crm.yaml:5:78: rules[0].effect: must be allow or approve or deny; got alow');
    expect(output).toContain('policies/wiki.yaml:1:10: version: must be 1; got 3');
    expect(output).toMatch(/^3 errors, no warnings$/m);
  });

  it('warns that no policy denies everything', async () => {
    const { exitCode, output } = await check(putConfig(CONFIG));
    expect({ exitCode, lines: output.split('\n').slice(-3, -1) }).toEqual({
      exitCode: 0,
      lines: ['  help: add a file such as crm.yaml', 'no errors, 1 warning'],
    });
    expect(output).toContain('holds no policy, so everything is denied');
  });

  it('warns the same where there is no such directory', async () => {
    rmSync(dir, { recursive: true });
    expect((await check(putConfig(CONFIG))).output).toContain('holds no policy, so everything is denied');
  });

  it('warns of policies about upstreams that are not there', async () => {
    put('crn.yaml', POLICY.replace('upstream: crm', 'upstream: crn'));
    const { exitCode, output } = await check(putConfig(CONFIG));
    expect(exitCode).toBe(0);
    expect(output).toContain(
      'policies/crn.yaml:2:11: warning: upstream: is no upstream of the configuration, so the file has no effect; got crn\n  help: known are: crm',
    );
  });

  it('warns of files that look like policies and are not read', async () => {
    put('crm.yaml', POLICY);
    for (const name of ['wiki.YAML', 'old.yaml.bak', 'rules.json', 'README.md', '.hidden.yaml']) put(name, POLICY);
    const { output } = await check(putConfig(CONFIG));
    expect(output.match(/[^/]+(?=: warning: file: is not read)/g)?.toSorted()).toEqual([
      'old.yaml.bak',
      'rules.json',
      'wiki.YAML',
    ]);
  });

  it('answers in JSON', async () => {
    put('crm.yaml', '- a\n');
    const { exitCode, output } = await checkFiles({
      tools: NO_TOOLS,
      nowMs: NOW_MS,
      config: null,
      dir,
      json: true,
      color: false,
    });
    expect({ exitCode, ...JSON.parse(output) }).toMatchObject({
      exitCode: 1,
      ok: false,
      problems: [{ subject: 'file' }],
    });
  });
});

describe('test', () => {
  const run = (filter: string | null = null): ReturnType<typeof testPolicies> =>
    testPolicies({ dir, config: null, filter, json: false, color: false });

  beforeEach(() => {
    put('crm.yaml', POLICY);
    put('crm.test.yaml', CASES);
  });

  it('passes', async () => {
    expect(await run()).toEqual({ exitCode: 0, output: '2 of 2 rules reached\n2 passed, 0 failed\n' });
  });

  it('reads well where cases fail and rules are not reached', async () => {
    put('crm.test.yaml', CASES.split('\n').slice(0, 3).join('\n').replace('expect: allow', 'expect: deny'));
    const { output } = await run();
    const golden = new URL('golden/test.txt', import.meta.url).pathname;
    await expect(
      output.replaceAll(/^\S*policies/gm, 'policies').replaceAll(/ \S*(policies\/crm\.test)/g, ' $1'),
    ).toMatchFileSnapshot(golden);
  });

  it('says which case came out otherwise, and how', async () => {
    put('crm.test.yaml', CASES.replace('expect: allow', 'expect: deny'));
    const { exitCode, output } = await run();
    expect(exitCode).toBe(1);
    expect(output).toMatch(/policies\/crm\.test\.yaml:3:5: Staff read\n {2}expected deny, is allow \(rule_allows\)\n/);
    expect(output).toMatch(/^1 passed, 1 failed$/m);
  });

  it('fails for a rule that no case reaches', async () => {
    put('crm.test.yaml', CASES.split('\n').slice(0, 3).join('\n'));
    const { exitCode, output } = await run();
    expect(exitCode).toBe(1);
    expect(output).toContain('policies/crm.yaml:6:5: rules: holds a rule that no case reaches; got writers');
    expect(output).toMatch(/^1 of 2 rules reached$/m);
    const json = await testPolicies({ dir, config: null, filter: null, json: true, color: false });
    expect(JSON.parse(json.output)).toMatchObject({
      coverage: { rules: 2, reached: 1, unreached: ['crm/writers'] },
    });
  });

  it('fails for a policy without a test, unless it was told which to run', async () => {
    put('wiki.yaml', POLICY.replace('upstream: crm', 'upstream: wiki'));
    expect((await run()).output).toContain('policies/wiki.yaml:1:1: file: has no test\n  help: add wiki.test.yaml');
    expect(await run('crm*')).toEqual({ exitCode: 0, output: '2 of 2 rules reached\n2 passed, 0 failed\n' });
  });

  it('fails where the filter fits nothing', async () => {
    expect(await run('nope*')).toMatchObject({ exitCode: 1 });
  });

  it('fails for a test of no policy', async () => {
    put('crm.test.yaml', CASES.replace('crm.yaml', 'crn.yaml'));
    expect((await run()).output).toContain(
      'policy: is no policy of this directory; got crn.yaml\n  help: known here: crm.yaml',
    );
  });

  it('fails for a test with a slip, and for a policy that is wrong', async () => {
    put('crm.test.yaml', CASES.replace('expect: allow', 'expects: allow'));
    expect((await run()).output).toContain(
      'cases[0].expects: is no key that is known here; got expects\n  help: did you mean expect?',
    );
    put('crm.yaml', 'version: 9\n');
    expect((await run()).output).toContain('version: must be 1; got 9');
  });

  it('decides as the environment of a configuration says', async () => {
    put(
      'crm.test.yaml',
      `${CASES}  - { name: New tools ask, as: { user: a, groups: [staff] }, tool: new, expect: approve }\n`,
    );
    put('crm.yaml', `${POLICY}  - { id: all, who: { groups: [staff] }, tools: ['n*'], effect: allow }\n`);
    const config = putConfig(`${CONFIG}environment: dev\nenvironments: { dev: { unclassified: approve } }\n`);
    expect((await run()).exitCode).toBe(1);
    expect((await testPolicies({ dir, config, filter: null, json: false, color: false })).output).toBe(
      '3 of 3 rules reached\n3 passed, 0 failed\n',
    );
  });

  it('answers in JSON', async () => {
    const { output } = await testPolicies({ dir, config: null, filter: null, json: true, color: false });
    expect(JSON.parse(output)).toMatchObject({
      ok: true,
      passed: 2,
      failed: 0,
      cases: [{ name: 'Staff read' }, {}],
      problems: [],
    });
  });
});
