import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import config from '../../oxlint.config.ts';
import { PROJECT } from '../support/project-files.ts';
import { BESIDE, CLEAN } from './breaches/clean.ts';
import { DIRECTIONS } from './breaches/directions.ts';
import { PURITY } from './breaches/purity.ts';
import { STYLE } from './breaches/style.ts';

// Guards the guard: a rule that was misspelt, shadowed by a later override or dropped by an update of the linter finds nothing and
// says nothing. Every rule that matters is broken here once, in a tree of the project's shape, under the project's own configuration.

let tree: string;
let found: ReadonlyMap<string, readonly string[]>;

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'countersign-planted-'));
  for (const file of ['oxlint.config.ts', 'tsconfig.json', 'package.json'])
    cpSync(join(PROJECT, file), join(tree, file));
  symlinkSync(join(PROJECT, 'node_modules'), join(tree, 'node_modules'));
  for (const { file, code } of [...DIRECTIONS, ...PURITY, ...STYLE]) write(file, code);
  for (const [file, code] of [...CLEAN, ...BESIDE]) write(file, code);
  found = lint();
});

afterAll(() => {
  rmSync(tree, { recursive: true, force: true });
});

describe.each([
  ['directions', DIRECTIONS],
  ['purity', PURITY],
  ['style', STYLE],
])('%s', (_, rows) => {
  it.each(rows)('finds: $breach ($file)', ({ file, rule }) => {
    expect(found.get(file) ?? []).toContain(rule);
  });
});

it('has a row for every rule that the configuration switches on', () => {
  const planted = new Set([...DIRECTIONS, ...PURITY, ...STYLE].map(({ rule }) => rule));
  const blocks = [config, ...(config.overrides ?? [])];
  const named = blocks.flatMap(({ rules }) => Object.entries(rules ?? {}).filter(([, setting]) => setting !== 'off'));
  expect(named.map(([rule]) => asPrinted(rule)).filter((rule) => !planted.has(rule))).toEqual([]);
});

it.each(CLEAN)('lets pass what is allowed in %s', (file) => {
  expect(found.get(file) ?? []).toEqual([]);
});

function write(file: string, code: string): void {
  const path = join(tree, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code, { flag: 'wx' });
}

/** The rules that each file broke. */
function lint(): Map<string, string[]> {
  const oxlint = join(PROJECT, 'node_modules/oxlint/bin/oxlint');
  const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '--format', 'json', 'src', 'test'], {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!stdout.startsWith('{')) throw new Error(`the linter did not run: ${stdout}${stderr}`);
  const report = JSON.parse(stdout) as { diagnostics: { filename: string; code?: string; message: string }[] };
  const byFile = new Map<string, string[]>();
  for (const { filename, code, message } of report.diagnostics) {
    const rules = byFile.get(filename) ?? [];
    byFile.set(filename, [...rules, code ?? (message.includes('Unused') ? 'unused-disable-directive' : message)]);
  }
  return byFile;
}

/** `typescript/no-var` is `typescript(no-var)` in a report, and `no-var` is `eslint(no-var)`. */
function asPrinted(rule: string): string {
  const [plugin, name] = rule.includes('/') ? rule.split('/') : ['eslint', rule];
  return `${plugin}(${name})`;
}
