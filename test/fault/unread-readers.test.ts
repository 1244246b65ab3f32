import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../support/project-files.ts';
import { runProgram } from '../support/start-process.ts';

// A thousand readers that do not read, before the real gateway in a process of its own and every kind of upstream.

const PROGRAM = join(PROJECT, 'test/peers/unread-readers.ts');
/** So that what is not read stays with the gateway and its upstreams, and is not taken off them by the kernel. */
const SMALL_BUFFERS = ['tcp_wmem', 'tcp_rmem'].map((name) => `echo 4096 16384 16384 > /proc/sys/net/ipv4/${name}`);
const SETUP = ['ip link set lo up', ...SMALL_BUFFERS].join(' && ');
const canUnshare = spawnSync('unshare', ['-rn', 'sh', '-c', SETUP]).status === 0;

const WHY_SKIPPED = 'no network of its own can be made here';
const READERS = 1_000;
/** Half more than is promised: how much garbage lies beside it differs from run to run. The figure itself is for the benchmark to judge. */
const KIB_EACH_MAX = 384;

interface Cost {
  readonly kibEach: number;
  readonly served: number;
  readonly whole: number;
  readonly unread: number;
  readonly overloaded: number;
}

async function measure(kind: string): Promise<Cost> {
  const script = `${SETUP} && exec nice -n 19 "$0" "$@"`;
  const { stdout, stderr } = await runProgram(['unshare', '-rn', 'sh', '-c', script, process.execPath, PROGRAM, kind]);
  if (!stdout.startsWith('{')) throw new Error(stderr);
  return JSON.parse(stdout) as Cost;
}

describe('a thousand readers that do not read', { timeout: 300_000 }, () => {
  it.for(['http', 'sse', 'stdio'])(
    'before %s have it wait, cost little, and take nothing from others',
    async (kind, context) => {
      if (!canUnshare) context.skip(WHY_SKIPPED);
      const cost = await measure(kind);
      expect(cost.kibEach).toBeLessThanOrEqual(KIB_EACH_MAX);
      expect(cost.served).toBe(20);
      // Those who wait for longer than their patience on a busy machine are let go.
      expect(cost.whole).toBeGreaterThan(READERS / 2);
      expect(cost.unread).toBeLessThan(READERS / 2);
    },
  );

  it('before a process that all share cost little, and are told that they do not read', async (context) => {
    if (!canUnshare) context.skip(WHY_SKIPPED);
    const cost = await measure('shared');
    expect(cost.kibEach).toBeLessThanOrEqual(KIB_EACH_MAX);
    expect(cost.served).toBe(20);
    expect(cost.whole).toBeGreaterThan(0);
    expect(cost.unread).toBeGreaterThan(0);
  });
});
