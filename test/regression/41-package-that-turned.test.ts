import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createConfigDir, upstreamText } from '../support/config-dir.ts';
import { callOf, faultOf, startStdioRig } from '../support/upstream-rig.ts';

// Row 41, postmark-mcp 1.0.16: a package that everybody trusted sent copies of all mail elsewhere after an update, which each start took.

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

it.each([
  'npx, -y, postmark-mcp',
  'npx, -y, postmark-mcp@latest',
  'uvx, postmark-mcp',
  'docker, run, postmark-mcp:latest',
])('whatever version is the newest is not run: %s', (command) => {
  const { messages, remove } = createConfigDir();
  try {
    expect(messages(upstreamText(`command: [${command}]`))).toContain('runs whatever version');
  } finally {
    remove();
  }
});

it('what is started is what was looked at, or nothing is started', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-'));
  const script = join(dir, 'server.mjs');
  const ran = join(dir, 'ran');
  const honest = 'process.stdin.resume();';
  writeFileSync(script, honest);
  const digests = new Map([[script, digestOf(honest)]]);
  const command = [process.execPath, script] as const;
  try {
    writeFileSync(script, `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(ran)}, '');`);
    const { upstream, reports } = startStdioRig({ command, digests });
    const fault = faultOf(await upstream.call(callOf()));
    expect(fault).toMatchObject({ dispatched: false });
    expect(`${fault.detail} ${reports.join()}`).toContain('is not what its digest says');
    expect(() => writeFileSync(ran, '', { flag: 'wx' })).not.toThrow();
  } finally {
    rmSync(dir, { recursive: true });
  }
});

it('a file that is gone is not what it was', async () => {
  const digests = new Map([['/nowhere/server.mjs', digestOf('')]]);
  const { upstream } = startStdioRig({ digests });
  expect(faultOf(await upstream.call(callOf()))).toMatchObject({ dispatched: false });
});

it('takes nothing for a digest that is none', () => {
  const { messages, remove } = createConfigDir();
  try {
    const text = upstreamText('command: ./bin/server', 'digests: { ./bin/server: sha256:abc }');
    expect(messages(text)).toContain('is no digest');
    const none = upstreamText('url: https://crm.example.com/mcp', 'digests: { a: b }');
    expect(messages(none)).toContain('digests');
  } finally {
    remove();
  }
});
