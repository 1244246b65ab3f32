import { expect } from 'vitest';
import type { AuditView } from '../../src/core/admin-api/audit-view.ts';
import type { PeerWorld } from './peer-world.ts';

/** The whole log, as `countersign audit tail --json` prints it. */
async function readLog(world: PeerWorld): Promise<readonly AuditView[]> {
  const entries: AuditView[] = [];
  for (;;) {
    const after = entries.at(-1)?.seq ?? 0;
    const page = await world.countersign('audit', 'tail', '--json', '--after', String(after), '--limit', `${PAGE}`);
    expect([page.exitCode, page.stderr]).toEqual([0, '']);
    const lines = page.stdout.split('\n').filter((line) => line !== '');
    entries.push(...lines.map((line) => JSON.parse(line) as AuditView));
    if (lines.length < PAGE) return entries;
  }
}

/** The most that the admin API answers at once. */
const PAGE = 500;

/**
 * Every request has one decision; every call that was allowed, or that an approval was spent on, has one outcome, after what led to
 * it; and nothing else has one. Returns the log.
 */
export async function expectPairs(world: PeerWorld): Promise<readonly AuditView[]> {
  const log = await readLog(world);
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  const byCall = Map.groupBy(
    log.filter(({ kind }) => ['decision', 'dispatch', 'outcome'].includes(kind)),
    ({ callId }) => String(callId),
  );
  const odd = [...byCall.values()].filter((entries) => !isWhole(entries));
  expect(odd).toEqual([]);
  expect(byCall.size).toBeGreaterThan(0);
  return log;
}

function isWhole(entries: readonly AuditView[]): boolean {
  const kinds = entries.map(({ kind }) => kind).join(' ');
  const [first] = entries;
  if (first?.['method'] === 'tools/call' && first['decision'] === 'allow') return kinds === 'decision outcome';
  if (first?.['decision'] === 'approve') return kinds === 'decision' || kinds === 'decision dispatch outcome';
  return kinds === 'decision';
}
