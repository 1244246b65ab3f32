import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkFiles } from '../../src/cli/check.ts';
import { loadNamedTools } from '../../src/cli/load-named-tools.ts';
import type { Json } from '../../src/core/json/value.ts';
import type { Problem } from '../../src/core/problem.ts';
import { NO_TOOLS, NOW_MS } from '../support/policy.ts';

const golden = (name: string): string => new URL(`golden/${name}.txt`, import.meta.url).pathname;

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-lint-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
  rmSync(`${dir}.yml`, { force: true });
});

const TOOLS: readonly Json[] = [
  tool('get_deal', { id: { type: 'string' } }),
  tool('update_deal', {
    id: { type: 'string' },
    amount: { type: 'number' },
    stage: { type: 'string', default: 'open' },
  }),
  tool('delete_deal', { id: { type: 'string' } }),
  tool('export_all', {}),
  tool('send_email', { to: { type: 'array' } }),
];

function tool(name: string, properties: Record<string, Json>): Json {
  return { name, inputSchema: { type: 'object', properties } };
}

async function check(policy: string, more: { tools?: readonly Json[]; config?: string; color?: boolean } = {}) {
  writeFileSync(join(dir, 'crm.yaml'), `version: 1\nupstream: crm\n${policy}`, { mode: 0o644 });
  const config = more.config === undefined ? null : `${dir}.yml`;
  if (config !== null) writeFileSync(config, `version: 1\n${more.config}`, { mode: 0o644 });
  const tools = more.tools === undefined ? NO_TOOLS : new Map([['crm', more.tools]]);
  const shared = { config, dir, tools, nowMs: NOW_MS };
  const { output } = await checkFiles({ ...shared, json: true, color: false });
  const { problems } = JSON.parse(output) as { readonly problems: readonly Problem[] };
  const text = (await checkFiles({ ...shared, json: false, color: more.color ?? false })).output;
  return {
    text,
    said: problems.map(
      ({ place, message }) =>
        `${place.replace(/^.*crm\.yaml:(\d+):\d+$/, '$1')} ${message.replace(/\(\S*crm/, '(crm')}`,
    ),
  };
}

const CLASSES = 'classes: { read: [get_deal], write: [update_deal, send_*], never: [delete_*] }\n';
const rules = (...lines: readonly string[]): string =>
  `${CLASSES}rules:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
const READ = '{ id: read, who: { groups: [sales] }, tools: { class: read }, effect: allow }';

describe('rules that never decide', () => {
  it.each<[string, readonly string[], string | null]>([
    ['nothing is wrong', [READ], null],
    [
      'a tool that is never to be used',
      [READ, '{ id: x, who: { any: true }, tools: [get_deal, delete_deal], effect: allow }'],
      '6 names what is `never`, which no rule can allow',
    ],
    [
      'a pattern of such tools',
      [READ, '{ id: x, who: { any: true }, tools: ["delete_*"], effect: approve }'],
      '6 names what is `never`, which no rule can allow',
    ],
    [
      'a pattern of such tools and others',
      [READ, '{ id: x, who: { any: true }, tools: ["*_deal"], effect: allow }'],
      null,
    ],
    ['a pattern around a name', [READ, '{ id: x, who: { any: true }, tools: ["get*"], effect: allow }'], null],
    [
      'a pattern within one of a class',
      [READ, '{ id: x, who: { any: true }, tools: ["send_mail*"], effect: allow }'],
      null,
    ],
    ['the pattern of a class', [READ, '{ id: x, who: { any: true }, tools: ["send_*"], effect: allow }'], null],
    ['a rule that denies them', [READ, '{ id: x, tools: [delete_deal], effect: deny }'], null],
    [
      'a tool that is in no class',
      [READ, '{ id: x, who: { any: true }, tools: [update_dael], effect: allow }'],
      '6 is in no class, so the rule allows nothing',
    ],
    [
      'a class that is empty',
      ['{ id: x, who: { any: true }, tools: { class: read }, effect: allow, until: 2026-01-01T00:00Z }'],
      '5 is over, so the rule never speaks again',
    ],
    [
      'everybody is denied',
      [READ, '{ id: nope, tools: ["*"], effect: deny }'],
      '5 never decides: rule nope (crm.yaml:6:5) denies all that it could allow',
    ],
    ['some are denied', [READ, '{ id: nope, who: { users: [bob] }, tools: ["*"], effect: deny }'], null],
    ['denied under a condition', [READ, '{ id: nope, tools: ["*"], effect: deny, when: args.x == 1 }'], null],
    ['denied for a while', [READ, '{ id: nope, tools: ["*"], effect: deny, from: 2027-01-01T00:00Z }'], null],
    ['denied elsewhere', [READ, '{ id: nope, tools: ["*"], effect: deny, env: [dev] }'], null],
    ['others are denied', [READ, '{ id: nope, who: { groups: [hr] }, tools: ["*"], effect: deny }'], null],
    [
      'their group is denied',
      [
        READ,
        '{ id: nope, who: { groups: [hr, sales] }, tools: [get_deal], effect: deny }',
        '{ id: w, who: { groups: [hr] }, tools: [get_deal], effect: allow }',
      ],
      '7 never decides: rule nope (crm.yaml:6:5) denies all that it could allow',
    ],
    [
      'a person is always asked',
      [
        '{ id: u, who: { any: true }, tools: [update_deal], effect: allow }',
        '{ id: ask, who: { any: true }, tools: { class: write }, effect: approve }',
      ],
      '5 never decides: rule ask (crm.yaml:6:5) asks for approval of all that it allows',
    ],
    [
      'a person with a scope is always asked',
      [
        '{ id: u, who: { any: true }, tools: [update_deal], effect: allow }',
        '{ id: ask, who: { any: true, scopes: [x] }, tools: { class: write }, effect: approve }',
      ],
      null,
    ],
  ])('%s', async (_what, lines, expected) => {
    expect((await check(rules(...lines))).said).toEqual(expected === null ? [] : [expected]);
  });

  it('are about a class that is empty', async () => {
    const { said } = await check(`classes: { write: [put] }\nrules:\n  - ${READ}\n`);
    expect(said).toEqual(['5 is about the class read, in which there is no tool']);
  });

  it('are about resources that another denies', async () => {
    const { said } = await check(
      rules(
        '{ id: a, who: { any: true }, resources: ["crm://deals/1"], effect: allow }',
        '{ id: b, who: { any: true }, resources: ["crm://**"], effect: allow }',
        '{ id: nope, resources: ["crm://deals/*"], effect: deny }',
      ),
    );
    expect(said).toEqual(['5 never decides: rule nope (crm.yaml:7:5) denies all that it could allow']);
  });

  it('are not about a part of what another denies', async () => {
    const { said } = await check(
      rules(
        READ,
        '{ id: a, who: { any: true }, resources: ["crm://deals/1/notes"], effect: allow }',
        '{ id: nope, resources: ["crm://deals/*"], effect: deny }',
        '{ id: other, tools: [update_deal], effect: deny }',
        '{ id: mail, who: { any: true }, tools: [send_mail], effect: approve }',
      ),
    );
    expect(said).toEqual([]);
  });

  it('are for an environment that there is not', async () => {
    const config =
      'upstreams:\n  crm: { url: "https://crm.example.com/mcp" }\nenvironments: { prod: {}, staging: {} }\n';
    const { said, text } = await check(rules(READ.replace('effect', 'env: [stagin], effect')), { config });
    expect(said).toEqual(['5 names an environment that the configuration does not have']);
    expect(text).toContain('did you mean staging?');
  });
});

describe('rules that count people', () => {
  const OIDC =
    'console: { oidc: { issuer: "https://x.example", clientId: c, clientSecret: s }, roles: { approver: [group:leads] } }\n';
  const UPSTREAMS = 'adminUrl: https://console.x.example\nupstreams: { crm: { url: https://crm.x.example/mcp } }\n';
  const PEOPLE = 'identity: { people: [[olivia, o@x.example]] }\n';
  const TWO = 'environments: { prod: { approvals: { minimum: 2 } } }\n';
  const ask = (approval: string) =>
    `{ id: w, who: { groups: [sales] }, tools: [update_deal], effect: approve${approval} }`;
  const SAID = 'counts people, and whoever signs in here and at the provider under two names counts as two';

  it.each<[string, string, string, boolean]>([
    ['where people sign in here and through a provider', OIDC, ', approval: { count: 2 }', true],
    ['where the environment asks for two', `${OIDC}${TWO}`, '', true],
    ['not where one is asked for', OIDC, ', approval: { count: 1 }', false],
    ['not where the acting person confirms', `${OIDC}${TWO}`, ', approval: { by: requester }', false],
    ['not where the operator said who is one person', `${OIDC}${PEOPLE}`, ', approval: { count: 2 }', false],
    ['not where nobody signs in through a provider', '', ', approval: { count: 2 }', false],
  ])('are warned of %s', async (_when, config, approval, isWarned) => {
    const { said } = await check(rules(READ, ask(approval)), { config: `${UPSTREAMS}${config}` });
    expect(said.filter((each) => each.includes('counts people'))).toEqual(isWarned ? [`6 ${SAID}`] : []);
  });
});

describe('policies held against the real tools', () => {
  const SOUND = rules(
    READ,
    '{ id: up, who: { groups: [sales] }, tools: [update_deal], effect: approve, when: args.amount < 9.0, records: [args.id] }',
    '{ id: mail, who: { groups: [sales] }, tools: [send_email], effect: approve }',
  ).replace('never: [delete_*]', 'never: [delete_*, export_all]');

  it('have nothing wrong where every tool has a class and a rule', async () => {
    expect((await check(SOUND, { tools: TOOLS })).said).toEqual([]);
  });

  it.each<[string, string, string, string]>([
    ['a tool in no class', ', export_all]', ']', '3 a tool of the upstream is in no class, so it is denied'],
    [
      'a tool that no rule is about',
      '[send_email], effect: approve',
      '["get_*"], effect: deny',
      '3 no rule is about a tool of the upstream, so nobody may use it',
    ],
    [
      'a name that there is not',
      '[update_deal], effect',
      '[update_deal, update_dael], effect',
      '6 is no tool of the upstream',
    ],
    [
      'a pattern that matches nothing',
      'write: [update_deal',
      'write: [put_*, update_deal',
      '3 is no tool of the upstream',
    ],
    [
      'an argument that there is not',
      'args.amount <',
      'args.amuont <',
      '6 is about an argument that update_deal does not declare',
    ],
    [
      'a record that there is not',
      '[args.id]',
      '[args.deal]',
      '6 is about an argument that update_deal does not declare',
    ],
    [
      'an argument of another type',
      '< 9.0',
      '< "9"',
      '6 does not fit the input schema of update_deal: no such overload: double < string',
    ],
    [
      'an argument that the upstream fills in',
      'args.amount < 9.0',
      'args.stage == "won"',
      '6 looks at args.stage, which update_deal fills in with "open" where a call leaves it out',
    ],
  ])('say %s', async (_what, from, to, expected) => {
    expect(SOUND).toContain(from);
    expect((await check(SOUND.replace(from, to), { tools: TOOLS })).said).toContain(expected);
  });

  it('say so of a tool that does several things, some of which are never to be done', async () => {
    const several = 'byArgument: { manage: { argument: action, read: [get], never: [purge] } }, never: [';
    const tools = [...TOOLS, tool('manage', { action: { type: 'string' } })];
    const { said } = await check(
      SOUND.replace('never: [', several).replace('tools: { class: read }', 'tools: [get_deal]'),
      { tools },
    );
    expect(said).toEqual(['3 no rule is about a tool of the upstream, so nobody may use it']);
  });

  it.each(['"x" in args', 'size(args) < 9', 'args.amount == 9', 'has(args.amount) && args.amount <= 9'])(
    'take %s for what it is',
    async (when) => {
      expect((await check(SOUND.replace('args.amount < 9.0', `'${when}'`), { tools: TOOLS })).said).toEqual([]);
    },
  );

  it.each<[string, string, readonly string[]]>([
    ['of a type that no tool of the class has', 'args.id == 3', ['no such overload: string == int']],
    ['about an argument that none has', 'args.who == "x"', ['argument that get_deal does not declare']],
    ['that asks first', 'has(args.who) && args.who == "x"', []],
    ['that fits', 'args.id == "x"', []],
  ])('look at conditions of a rule about a class: one %s', async (_what, when, expected) => {
    const policy = SOUND.replace('effect: allow', `effect: allow, when: '${when}'`);
    const { said } = await check(policy, { tools: TOOLS });
    expect(said).toEqual(expected.map((each) => expect.stringContaining(each)));
  });

  it('read well in a pipe, and have the same words in colour on a terminal', async () => {
    const policy = `${SOUND.replace('[args.id]', '[args.ids]').replace('[update_deal], effect', '[update_dael], effect')}  - { id: nope, tools: ["*"], effect: deny }\n`;
    const { text } = await check(policy, { tools: TOOLS });
    const shown = text.replaceAll(/^\S*\/crm\.yaml/gm, 'crm.yaml').replaceAll(/\(\S*crm\.yaml/g, '(crm.yaml');
    await expect(shown).toMatchFileSnapshot(golden('check'));
    const terminal = stripVTControlCharacters((await check(policy, { tools: TOOLS, color: true })).text);
    expect(Math.max(...terminal.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    const words = (output: string) => output.split(/\s+/).filter((word) => word !== '');
    expect(words(terminal)).toEqual(words(text));
  });
});

describe('tools for a check', () => {
  it('are named with their upstream, or are those of the only one', async () => {
    writeFileSync(join(dir, 'crm.yaml'), 'version: 1\nupstream: crm\n');
    writeFileSync(join(dir, 'tools.json'), JSON.stringify({ tools: TOOLS }));
    const file = join(dir, 'tools.json');
    for (const named of [file, `crm=${file}`]) {
      const tools = await loadNamedTools([named], dir);
      expect(tools.ok ? [...tools.value].map(([name, list]) => [name, list.length]) : tools).toEqual([['crm', 5]]);
    }
    writeFileSync(join(dir, 'wiki.yaml'), 'version: 1\nupstream: wiki\n');
    expect(await loadNamedTools([file], dir)).toMatchObject({ ok: false });
    expect(await loadNamedTools(['crm=/nowhere'], dir)).toMatchObject({ ok: false });
  });
});
