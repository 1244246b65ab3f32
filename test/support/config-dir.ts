import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseConfig } from '../../src/config/load-config.ts';
import { renderProblems } from '../../src/config/render-problems.ts';

/** A directory with a program, a file that is none, and a secret, in which texts are read as configurations. */
export interface ConfigDir {
  readonly dir: string;
  readonly parse: (text: string) => ReturnType<typeof parseConfig>;
  /** Problems, or warnings where there are none. */
  readonly messages: (text: string) => string;
  readonly remove: () => void;
}

export const CONFIG_ENV: Readonly<Record<string, string>> = {
  WIKI_TOKEN: 'canary-token-91c2',
  EMPTY: '',
  TRICK: '${env:WIKI_TOKEN}',
  PATH: dirname(process.execPath),
};

export function createConfigDir(): ConfigDir {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-config-'));
  mkdirSync(join(dir, 'bin'));
  writeFileSync(join(dir, 'bin', 'server'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(dir, 'bin', 'data'), 'no program\n', { mode: 0o644 });
  writeFileSync(join(dir, 'secret'), 'canary-secret-5d10\n');
  const parse = (text: string): ReturnType<typeof parseConfig> =>
    parseConfig('c.yaml', Buffer.from(text), dir, CONFIG_ENV);
  return {
    dir,
    parse,
    messages(text) {
      const parsed = parse(text);
      return renderProblems(parsed.ok ? parsed.value.warnings : parsed.error, { color: false });
    },
    remove: () => rmSync(dir, { recursive: true }),
  };
}

/** A configuration without upstreams. */
export const configText = (...lines: readonly string[]): string =>
  ['version: 1', 'upstreams: {}', ...lines, ''].join('\n');

/** A configuration with the upstream `crm`. */
export const upstreamText = (...lines: readonly string[]): string =>
  ['version: 1', 'upstreams:', '  crm:', ...lines.map((line) => `    ${line}`), ''].join('\n');

export const URL_LINE = 'url: https://crm.example.com/mcp';
