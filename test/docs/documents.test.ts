import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parseOptions } from '../../bench/options.ts';
import { checkFiles } from '../../src/cli/check.ts';
import { testPolicies } from '../../src/cli/test.ts';
import { detect } from '../../src/core/content/detect.ts';
import { SECRET_DETECTORS } from '../../src/core/content/detectors/built-in.ts';
import { redactText } from '../../src/core/content/redact-text.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { renderProblems } from '../../src/config/render-problems.ts';
import { type Checkout, createCheckout } from '../support/checkout.ts';
import { type CodeBlock, codeBlocks } from '../support/code-blocks.ts';
import { projectFiles, readProjectFile } from '../support/project-files.ts';
import type { ProgramRun, StartedProcess } from '../support/start-process.ts';
import { NO_TOOLS, NOW_MS } from '../support/policy.ts';

// What the documents show can be pasted: configurations and policies are read, commands are run.

const documents = projectFiles().filter((file) => file.endsWith('.md'));
const yaml = documents.flatMap((file) => codeBlocks(file, 'yaml'));
const isPolicy = ({ text }: CodeBlock): boolean => /^rules:/m.test(text);
const isCases = ({ text }: CodeBlock): boolean => /^cases:/m.test(text);
const isConfig = ({ text }: CodeBlock): boolean => /^upstreams:/m.test(text);

describe('a block of YAML', () => {
  it('is a policy, its tests or a configuration', () => {
    expect(yaml.filter((block) => [isPolicy, isCases, isConfig].filter((is) => is(block)).length !== 1)).toEqual([]);
    expect([isPolicy, isCases, isConfig].map((is) => yaml.filter(is).length)).not.toContain(0);
  });

  it.each(yaml.filter(isPolicy))('at $place is a policy without a problem', async ({ text }) => {
    const outcome = await checkFiles({
      tools: NO_TOOLS,
      nowMs: NOW_MS,
      config: null,
      dir: policyDir({ 'crm.yaml': text }),
      json: true,
      color: false,
    });
    expect(JSON.parse(outcome.output)).toEqual({ ok: true, problems: [] });
  });

  it.each(yaml.filter(isCases))('at $place expects what the policy of its page says', async ({ text, place }) => {
    const page = place.split(':')[0];
    const policy = yaml.find((block) => isPolicy(block) && block.place.startsWith(`${page}:`))?.text ?? '';
    expect(await casesOf(policy, text)).toMatchObject({ passed: 1, failed: 0 });
  });

  it.each(yaml.filter(isConfig))('at $place is a configuration without a problem', ({ text }) => {
    const config = parseConfig('countersign.yaml', Buffer.from(text), process.cwd(), {
      WIKI_TOKEN: 'a-token',
      OIDC_SECRET: 'of the provider',
      HOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      SLACK_TOKEN: 'xoxb-123456789012-abc',
    });
    expect(config.ok ? renderProblems(config.value.warnings, { color: false }) : config.error).toBe('');
  });

  it('in README.md means what the text around it says', async () => {
    const [{ text: policy } = { text: '' }] = codeBlocks('README.md', 'yaml');
    const ann = '{ user: ann, groups: [sales], scopes: [crm.read] }';
    const hal = '{ user: hal, groups: [hr], scopes: [crm.read] }';
    const cases = [
      `{ name: sales read, as: ${ann}, tool: search_deals, expect: allow, class: read }`,
      `{ name: others do not, as: ${hal}, tool: search_deals, expect: hidden }`,
      `{ name: a change waits, as: ${ann}, tool: update_deal, args: { amount: 9.5 }, expect: approve, class: write, rule: deal-updates }`,
      `{ name: a large one is denied, as: ${ann}, tool: update_deal, args: { amount: 10001.0 }, expect: deny }`,
      `{ name: so is what cannot be compared, as: ${ann}, tool: update_deal, args: { amount: 'lots' }, expect: deny }`,
      `{ name: what nothing allows is denied, as: ${ann}, tool: send_email, expect: hidden, class: write }`,
      `{ name: never is never, as: ${ann}, tool: delete_deal, expect: hidden, class: never }`,
      `{ name: in no list, as: ${ann}, tool: import_all, expect: hidden, class: unclassified }`,
      `{ name: one argument reads, as: ${ann}, tool: manage_deal, args: { action: get }, expect: allow }`,
      `{ name: another is never, as: ${ann}, tool: manage_deal, args: { action: purge }, expect: hidden }`,
    ];
    expect(await casesOf(policy, casesText(cases))).toMatchObject({ ok: true, passed: cases.length });

    // "A write that only `allow` matches still needs approval."
    const allowing = policy.replace(/effect: approve\n *approval: .*\n *reason: .*/, 'effect: allow');
    expect(allowing).not.toBe(policy);
    const write = `{ name: a change, as: ${ann}, tool: update_deal, args: { amount: 9.5 }, expect: approve, class: write }`;
    expect(await casesOf(allowing, casesText([write]))).toMatchObject({ passed: 1, failed: 0 });
  });
});

describe('a fenced block', () => {
  const KINDS: Readonly<Record<string, readonly string[]>> = {
    // Above and below.
    yaml: documents,
    sh: documents,
    // Must be printed as they stand: `test/cli/golden.test.ts`.
    console: ['docs/cli.md'],
    // Must be recorded as they stand: `test/core/audit/audit-format.test.ts`.
    json: ['docs/audit-format.md'],
    text: ['docs/cli.md', 'docs/policy.md'],
    // What nobody could paste: drawings, the form of a token, and a result.
    '': ['README.md', 'docs/architecture.md', 'docs/content.md', 'docs/identity.md', 'docs/threat-model.md'],
  };

  it('is of a kind that some test tries, or shows what cannot be tried', () => {
    const all = documents.flatMap((file) => codeBlocks(file));
    expect(all.filter(({ language, place }) => !KINDS[language]?.includes(place.split(':')[0] ?? ''))).toEqual([]);
    // A fence that is indented, or of other marks, would escape.
    const fences = documents.flatMap((file) => readProjectFile(file).match(/^[ \t>]*(?:`{3,}|~{3,})/gm) ?? []);
    expect(fences).toHaveLength(2 * all.length);
    expect(new Set(fences)).toEqual(new Set(['```']));
  });

  it.each([
    ['docs/policy.md', 'countersign explain', 'explain-approve'],
    ['docs/policy.md', 'countersign diff', 'diff'],
  ])('in %s shows what %s prints', (file, command, golden) => {
    const blocks = codeBlocks(file, 'text').filter(({ text }) => text.startsWith(`$ ${command} `));
    const printed = blocks.map(({ text }) => text.replace(/^\$ (?:.*\\\n)*.*\n/, ''));
    expect(printed).toEqual([readProjectFile(`test/cli/golden/${golden}.txt`)]);
    expect(codeBlocks(file, 'text')).toHaveLength(2);
  });

  it('in docs/content.md marks what the detectors find', () => {
    const [{ text } = { text: '' }] = codeBlocks('docs/content.md', '');
    const made = `ghp_${'8kQz1Vn0Xw3Rb7Ty5Lc2'.repeat(2).slice(0, 36)}`;
    const { content } = JSON.parse(text) as { readonly content: readonly [{ readonly text: string }] };
    const shown = content[0].text;
    const said = shown.replace('[redacted:token]', made);
    expect(redactText(said, detect(said, SECRET_DETECTORS))).toBe(shown);
  });
});

const casesText = (cases: readonly string[]): string =>
  ['policy: crm.yaml', 'cases:', ...cases.map((each) => `  - ${each}`), ''].join('\n');

function policyDir(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-documents-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text, { mode: 0o600 });
  return dir;
}

async function casesOf(policy: string, cases: string): Promise<object> {
  const dir = policyDir({ 'crm.yaml': policy, 'crm.test.yaml': cases });
  const { output } = await testPolicies({ dir, config: null, filter: null, json: true, color: false });
  return JSON.parse(output) as object;
}

/** README.md has a test of its own, which does what its reader does. */
const lines = documents
  .filter((file) => file !== 'README.md')
  .flatMap((file) =>
    codeBlocks(file, 'sh').flatMap(({ text, place }) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => ({ line, place })),
    ),
  );

/** What is not run: it would install everything anew, start this very run again, or need a program that the project does not. */
const NOT_RUN = ['npm ci', 'npm run check', `sqlite3 /data/countersign.db ".backup '/backup/countersign.db'"`];

/** Takes minutes, so that only what stands behind it is read as it would be. */
const BENCHMARK = /^npm run (?:-s )?bench(?: -- ([^#]*))?(?: +#.*)?$/;
const benchmarks = lines.filter(({ line }) => BENCHMARK.test(line));

/** Each of them is a process of its own. */
const COMMANDS_MS_MAX = 180_000;

describe('a line of a shell', () => {
  let checkout: Checkout;
  let built: ProgramRun;
  let gateway: StartedProcess;
  let adminUrl: string;
  const up = 'node dist/main.js up --config /etc/countersign/countersign.yaml';
  const commands = lines.filter(({ line }) => /(?:^|\s)(?:countersign|dist\/main\.js) (?!up)\w/.test(line));

  beforeAll(async () => {
    checkout = createCheckout();
    const etc = join(checkout.dir, 'etc/countersign');
    mkdirSync(join(etc, 'policies'), { recursive: true });
    copyFileSync(join(checkout.dir, 'policies/demo-notes.yaml'), join(etc, 'policies/demo-notes.yaml'));
    const config = [
      'version: 1',
      'listen: { mcp: 127.0.0.1:0, admin: 127.0.0.1:0 }',
      'store: sqlite:../../data/countersign.db',
      `upstreams: { notes: { command: [node, '${checkout.dir}/dist/demo/notes-server.js'] } }`,
    ];
    writeFileSync(join(etc, 'countersign.yaml'), `${config.join('\n')}\n`, { mode: 0o600 });
    writeFileSync(join(checkout.dir, 'countersign.yaml'), codeBlocks('docs/configuration.md', 'yaml')[0]?.text ?? '');
    built = await checkout.run('npm run build');
    gateway = checkout.start(here(up));
    [, adminUrl = ''] = await gateway.until(/admin plane +(\S+)/);
  });
  afterAll(async () => {
    await gateway?.stop();
    checkout?.remove();
  });

  const here = (line: string): string => line.replaceAll(/(?<=\s)\/(?=etc|data)/g, `${checkout.dir}/`);
  const run = (line: string): Promise<ProgramRun> =>
    checkout.run(`countersign() { node dist/main.js "$@"; }\n${here(line)}`, {
      COUNTERSIGN_ADMIN_URL: adminUrl,
      WIKI_TOKEN: 'a-token',
    });

  it('is run below, or there is a reason why not', () => {
    const { scripts } = JSON.parse(readProjectFile('package.json')) as { readonly scripts: Record<string, string> };
    const tried = [...commands, ...benchmarks].map(({ line }) => line);
    const known = new Set([...NOT_RUN, 'npm run build', up, ...tried]);
    expect(lines.filter(({ line }) => !known.has(line))).toEqual([]);
    expect(lines.map(({ line }) => line)).toEqual(expect.arrayContaining([...NOT_RUN, 'npm run build', up]));
    for (const { line } of lines) {
      const [, script] = /^npm run (?:-s )?(\w+)/.exec(line) ?? [];
      if (script !== undefined) expect(scripts).toHaveProperty(script);
    }
  });

  it('of the benchmark has options that it takes', () => {
    const problems = benchmarks.flatMap(({ line }) => {
      const [, options = ''] = BENCHMARK.exec(line) ?? [];
      const parsed = parseOptions(options.split(' ').filter((word) => word !== ''));
      return parsed.ok ? [] : parsed.error;
    });
    expect([benchmarks.length > 3, problems]).toEqual([true, []]);
  });

  it('builds, and starts what was built', () => {
    expect([built.exitCode, built.stderr]).toEqual([0, '']);
    expect(gateway.stdout()).toContain('MCP plane');
    expect(gateway.stderr()).toBe('');
  });

  it(
    'does what its page says',
    async () => {
      let id = '';
      expect(commands.length).toBeGreaterThan(7);
      for (const { line, place } of commands) {
        const typed = line.replace(/^docker .* exec countersign /, '').replace(/\bID$/, id);
        const { exitCode, stdout, stderr } = await run(typed);
        // What was exported may be on stdout, so what is said about it is not.
        const said = stderr.replace(/^Exported \d+ entries, .*\n$/, '');
        expect([exitCode, said], `${place}: ${line}\n${stdout}`).toEqual([0, '']);
        id = /kill_[\w-]+/.exec(stdout)?.[0] ?? id;
      }
    },
    COMMANDS_MS_MAX,
  );

  it('stops what was started, and it ends as it should', async () => {
    expect(await gateway.stop('SIGTERM')).toBe(0);
  });
});
