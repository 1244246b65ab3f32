import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const COMPOSE = new URL('../../../src/compose.ts', import.meta.url).href;

/** The runtime's own modules that a process has loaded once `program` ran. */
async function loadedAfter(program: string): Promise<readonly string[]> {
  const script = `${program}; process.stdout.write(JSON.stringify(process.moduleLoadList))`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout) as readonly string[];
}

const OWN_FETCH = 'NativeModule internal/deps/undici/undici';

test('a gateway does not load the client of the runtime, which it never uses', async () => {
  expect(await loadedAfter(`await import(${JSON.stringify(COMPOSE)})`)).not.toContain(OWN_FETCH);
});

test('and that would be noticed', async () => {
  expect(await loadedAfter(`await import('node:http')`)).toContain(OWN_FETCH);
});
