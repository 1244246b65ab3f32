import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';

// Row 43, CVE-2026-30623: what a configuration names is run, so whoever could write the configuration could run anything.

let dir: string;
let path: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-'));
  path = join(dir, 'countersign.yaml');
});
afterAll(() => rmSync(dir, { recursive: true }));

async function load(upstream: string, mode: number): Promise<string> {
  writeFileSync(path, `version: 1\nupstreams:\n  crm:\n    ${upstream}\n`);
  chmodSync(path, mode);
  const loaded = await loadConfig(path);
  return loaded.ok
    ? `warned: ${loaded.value.warnings.map(({ message }) => message).join()}`
    : `refused: ${loaded.error.map(({ message }) => message).join()}`;
}

const PROGRAM = `command: [${process.execPath}, server.mjs]`;
const URL_ONLY = 'url: https://crm.example.com/mcp';

it('names no program where everybody could have written it', async () => {
  expect(await load(PROGRAM, 0o666)).toBe('refused: can be changed by everybody on this machine');
  expect(await load(PROGRAM, 0o644)).toBe('warned: ');
  expect(await load(URL_ONLY, 0o666)).toBe('warned: can be changed by everybody on this machine');
});

it.each(['https://evil.example/countersign.yaml', 'http://127.0.0.1/countersign.yaml', 'data:text/yaml,version: 1'])(
  'comes from no other machine: %s',
  async (url) => {
    const loaded = await loadConfig(url);
    expect(loaded.ok ? [] : loaded.error.map(({ message }) => message)).toEqual(['cannot be read (ENOENT)']);
  },
);
