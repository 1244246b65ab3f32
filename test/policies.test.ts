import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFiles } from '../src/cli/check.ts';
import { testPolicies } from '../src/cli/test.ts';
import { loadPolicySet } from '../src/config/load-policies.ts';
import { createClassifier, createClassLists } from '../src/core/policy/classify.ts';
import { lintTools } from '../src/core/policy/lint/lint-tools.ts';
import type { PolicyFile } from '../src/core/policy/policy-file.ts';
import { NOTES_TOOLS } from '../src/demo/notes-tools.ts';
import { PROJECT } from './support/project-files.ts';
import { NO_TOOLS, NOW_MS } from './support/policy.ts';

const dir = join(PROJECT, 'policies');

describe('the example policies', () => {
  it('pass their own tests, have one each, and no rule that no case reaches', async () => {
    const outcome = await testPolicies({ dir, config: null, filter: null, json: true, color: false });
    expect(JSON.parse(outcome.output)).toMatchObject({ ok: true, failed: 0, problems: [] });
    expect(outcome.exitCode).toBe(0);
  });

  it('have nothing that check would complain of', async () => {
    const outcome = await checkFiles({ tools: NO_TOOLS, nowMs: NOW_MS, config: null, dir, json: true, color: false });
    expect(JSON.parse(outcome.output)).toEqual({ ok: true, problems: [] });
  });

  const listed = readFixture<{ readonly servers: Readonly<Record<string, { readonly tools: readonly string[] }>> }>(
    'tool-lists',
  );
  const github = readFixture<{ readonly tools: readonly { readonly server: string; readonly name: string }[] }>(
    'mcp-tools-dev',
  );
  const listedBy = (name: string): readonly string[] => listed.servers[name]?.tools ?? [];

  /** The servers' own words, from the packages that are installed for tests. */
  const servers: readonly [string, string, readonly string[]][] = [
    ['slack.yaml', 'server-slack', listedBy('slack')],
    ['postgres.yaml', 'postgres-mcp', listedBy('postgres')],
    ['hubspot.yaml', 'the server of HubSpot', listedBy('hubspot')],
    [
      'github.yaml',
      'github-mcp-server',
      github.tools.filter(({ server }) => server === 'github').map(({ name }) => name),
    ],
    ['demo-notes.yaml', 'the demo', [...NOTES_TOOLS.keys()]],
    [
      'filesystem.yaml',
      'server-filesystem',
      [...readPackage('server-filesystem/dist/index.js').matchAll(/registerTool\("([^"]+)"/g)].map(
        ([, name]) => name ?? '',
      ),
    ],
    [
      'everything.yaml',
      'server-everything',
      readdirSync(packagePath('server-everything/dist/tools')).flatMap((file) => {
        const text = readPackage(`server-everything/dist/tools/${file}`);
        return [...text.matchAll(/(?:const name = |registerToolTask\()"([^"]+)"/g)].map(([, name]) => name ?? '');
      }),
    ],
  ];

  it.each(servers)('%s classes every tool of %s', async (name, _server, tools) => {
    const file = await policyFile(name);
    const lists = createClassLists([file.classes]);
    expect(tools.length).toBeGreaterThan(6);
    expect(tools.filter((tool) => createClassifier(lists, tool).possible.includes('unclassified'))).toEqual([]);
  });

  it.each(servers)(
    '%s has a rule about every tool of %s that is not out of reach, and names no other',
    async (name, _server, tools) => {
      const set = await loadPolicySet(dir);
      const files = set.ok ? set.value.sources.filter((each) => each.name === name) : [];
      const definitions = tools.map((tool) => ({ name: tool, inputSchema: {}, writingHint: null }));
      expect(lintTools(files, definitions).map(({ message, got }) => `${message}: ${got}`)).toEqual([]);
    },
  );

  it.each(servers)('%s spells out no tool that %s does not have', async (name, _server, tools) => {
    const { classes } = await policyFile(name);
    const spelledOut = [...classes.read, ...classes.write, ...classes.never].filter(
      (pattern) => !pattern.includes('*'),
    );
    expect(spelledOut.filter((tool) => !tools.includes(tool))).toEqual([]);
  });
});

async function policyFile(name: string): Promise<PolicyFile> {
  const set = await loadPolicySet(dir);
  const source = set.ok ? set.value.sources.find((each) => each.name === name) : undefined;
  if (source === undefined) throw new Error(`no policy ${name}`);
  return source.file;
}

function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(join(PROJECT, 'test/fixtures', `${name}.json`), 'utf8')) as T;
}

function packagePath(path: string): string {
  return join(PROJECT, 'node_modules/@modelcontextprotocol', path);
}

function readPackage(path: string): string {
  return readFileSync(packagePath(path), 'utf8');
}
