import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load-config.ts';
import { loadPolicySet } from '../../src/config/load-policies.ts';

// What stands where a file is expected, and would never end.

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-files-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const POLICY = 'version: 1\nupstream: crm\nclasses: { read: [get] }\n';

describe('a directory of policies', () => {
  it.each<[string, (path: string) => void, string]>([
    ['a pipe', (path) => void execFileSync('mkfifo', [path]), 'cannot be read (no file)'],
    ['a link to a device', (path) => symlinkSync('/dev/zero', path), 'cannot be read (no file)'],
    ['a directory', (path) => mkdirSync(path), 'cannot be read (EISDIR)'],
    ['a link to nothing', (path) => symlinkSync('nowhere', path), 'cannot be read (ENOENT)'],
  ])('is refused as a whole for %s, at once', async (_what, make, message) => {
    writeFileSync(join(dir, 'a.yaml'), POLICY);
    make(join(dir, 'b.yaml'));
    expect(await loadPolicySet(dir)).toMatchObject({ ok: false, error: [{ message }] });
  });

  it('is taken with a link to a file, as secrets and maps are mounted', async () => {
    writeFileSync(join(dir, '..data'), POLICY);
    symlinkSync('..data', join(dir, 'a.yaml'));
    expect(await loadPolicySet(dir)).toMatchObject({ ok: true, value: { sources: [{ name: 'a.yaml' }] } });
  });
});

describe('a file that a configuration takes a value from', () => {
  const load = (path: string) => {
    const value = `"\${file:${path}}"`;
    const credentials = `{ kind: header, name: x-token, value: ${value}, shared: true }`;
    const text = `version: 1\nupstreams:\n  crm: { url: "https://x.example/mcp", credentials: ${credentials} }\n`;
    return parseConfig('c.yaml', Buffer.from(text), dir, {});
  };

  it.each<[string, () => string]>([
    ['a pipe', () => (execFileSync('mkfifo', [join(dir, 'pipe')]), 'pipe')],
    ['a device', () => '/dev/zero'],
    ['a directory', () => '.'],
    ['too large', () => (writeFileSync(join(dir, 'large'), 'x'.repeat(65 * 1024)), 'large')],
  ])('is none where it is %s', (_what, make) => {
    const message = 'names a file that is empty or cannot be read';
    expect(load(make())).toMatchObject({ ok: false, error: [{ message }] });
  });

  it('is one by a link', () => {
    writeFileSync(join(dir, 'secret'), 'canary-secret-77aa\n');
    symlinkSync('secret', join(dir, 'link'));
    expect(load('link').ok).toBe(true);
  });
});
