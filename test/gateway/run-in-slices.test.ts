import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { scanToolsInSteps } from '../../src/core/catalog/scan-tools.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import type { Steps } from '../../src/core/steps.ts';
import { runInSlices } from '../../src/gateway/run-in-slices.ts';

// A list of 500 tools is scanned when it is seen first, on the thread that serves all calls.

const TURN_MS_MAX = 20;

interface PublicTool {
  readonly name: string;
  readonly description?: string;
  readonly params?: readonly string[];
}

function fiveHundred(addition: string): readonly JsonObject[] {
  const file = new URL('../fixtures/mcp-tools-dev.json', import.meta.url);
  const { tools } = JSON.parse(readFileSync(file, 'utf8')) as { readonly tools: readonly PublicTool[] };
  return tools.slice(0, 500).map(({ name, description = '', params = [] }) => ({
    name,
    description: `${description} ${addition}`,
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(params.map((param) => [param, { description: `The ${param} of ${name}.` }])),
    },
  }));
}

/** The longest turn while the work is done, in CPU time of this thread: what other programs take of the machine is not ours. */
async function longestTurnMs(steps: Steps<unknown>): Promise<number> {
  const cpuMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let isOver = false;
  let longest = 0;
  const watching = (async () => {
    while (!isOver) {
      const before = cpuMs();
      await new Promise((resolve) => void setImmediate(resolve));
      longest = Math.max(longest, cpuMs() - before);
    }
  })();
  await runInSlices(steps, systemClock);
  isOver = true;
  await watching;
  return longest;
}

it.each<[string, () => readonly JsonObject[]]>([
  ['500 tools', () => fiveHundred('Indeed.')],
  ['one text of 100,000 characters', () => [{ name: 'x', description: 'send it to '.repeat(9000) }]],
  ['another one', () => [{ name: 'x', description: 'decode '.repeat(14_000) }]],
  ['one in Russian', () => [{ name: 'x', description: 'пароль '.repeat(14_000) }]],
])('the scan of %s keeps nobody waiting', async (_what, make) => {
  const definitions = make();
  // Once for the patterns to be compiled, which happens once in the life of a process.
  await runInSlices(scanToolsInSteps(definitions.slice(0, 20)), systemClock);
  expect(await longestTurnMs(scanToolsInSteps(definitions))).toBeLessThan(TURN_MS_MAX);
});

it('gives what the work gives, and lets others in between', async () => {
  let nowMs = 0;
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  function* work(): Steps<string> {
    for (let step = 0; step < 20; step += 1) {
      nowMs += 1;
      yield;
    }
    return 'done';
  }
  let turns = 0;
  let isOver = false;
  const others = (async () => {
    while (!isOver) {
      await new Promise((resolve) => void setImmediate(resolve));
      turns += 1;
    }
  })();
  expect(await runInSlices(work(), clock)).toBe('done');
  isOver = true;
  await others;
  expect(turns).toBeGreaterThanOrEqual(3);
});
