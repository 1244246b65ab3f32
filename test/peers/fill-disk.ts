import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openSqliteStore } from '../../src/adapters/sqlite/open-store.ts';
import { sampleGatewayEntry, sampleKillSwitch, sampleKillSwitchEntry } from '../support/store-samples.ts';

// Records until the disk is full, under the store named by the first argument, and reports what happened as one JSON object. With
// `free` as second argument it then makes space and waits for the store to come back by itself.

const [path = '', then = ''] = process.argv.slice(2);
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const ballast = join(dirname(path), 'ballast');
if (then === 'free') writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024));

const store = await openSqliteStore({ path, clock, limits: { probeIntervalMs: 20, checkpointPages: 100 } });
const record = (detail: string): Promise<number> => store.audit.record([sampleGatewayEntry(detail)]);
const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** `acknowledged <n>`, in the order of their sequence numbers from 1. */
let acknowledged = 0;
let refusal: unknown = null;
while (refusal === null) {
  try {
    await record(`acknowledged ${acknowledged + 1} ${'x'.repeat(20_000)}`);
    acknowledged += 1;
  } catch (error) {
    refusal = codeOf(error);
  }
}
const health = store.audit.health();
const meanwhile = await record('meanwhile').catch(codeOf);
const killSwitch = sampleKillSwitch('kill_1');
const saved = await store.killSwitches.save([killSwitch], [sampleKillSwitchEntry(killSwitch)]);
const readable = await store.audit.find(1).then((found) => found?.sequence, codeOf);

let healthAfter = null;
if (then === 'free') {
  rmSync(ballast);
  while (!store.audit.health().writable) await new Promise((resolve) => setTimeout(resolve, 5));
  await record('after');
  healthAfter = store.audit.health();
  await store.close();
}
process.stdout.write(JSON.stringify({ acknowledged, refusal, health, meanwhile, saved, readable, healthAfter }));
process.exit(0);
