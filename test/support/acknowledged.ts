import { expect } from 'vitest';
import type { AuditLog } from '../../src/ports/audit-log.ts';

/** The ledger of a process that recorded calls: what it was told is stored. */
export interface Acknowledged {
  readonly sequence: number;
  readonly kind: string;
  readonly callId: string;
}

/** Reads the output of `test/peers/record-calls.ts`. A last line that was cut off by the end of the process does not count. */
export function parseAcknowledged(output: string): readonly Acknowledged[] {
  const lines = output.split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    const [sequence, kind = '', callId = ''] = line.split(' ');
    return /^\d+$/.test(sequence ?? '') ? [{ sequence: Number(sequence), kind, callId }] : [];
  });
}

/**
 * Everything acknowledged is there, under its number or, where it was stored late and then tried again, under a smaller one. No number is
 * missing or twice there. Every call has exactly one decision and one outcome.
 */
export async function expectNothingLost(audit: AuditLog, acknowledged: readonly Acknowledged[]): Promise<void> {
  const entries = await readAll(audit);
  expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));

  const places = Map.groupBy(
    entries.filter(({ kind }) => kind === 'decision' || kind === 'outcome'),
    ({ kind, callId }) => `${kind} ${callId}`,
  );
  const repeated = [...places].filter(([, found]) => found.length !== 1);
  expect(repeated).toEqual([]);
  const half = [...places.keys()].filter((key) => {
    const [kind, callId] = key.split(' ');
    return !places.has(`${kind === 'decision' ? 'outcome' : 'decision'} ${callId}`);
  });
  expect(half).toEqual([]);
  const lost = acknowledged.filter(({ sequence, kind, callId }) => {
    const place = places.get(`${kind} ${callId}`)?.[0]?.sequence;
    return place === undefined || place > sequence;
  });
  expect(lost).toEqual([]);
}

async function readAll(audit: AuditLog): Promise<readonly Acknowledged[]> {
  const all: Acknowledged[] = [];
  for (;;) {
    const page = await audit.read({ limit: 1000, afterSequence: all.length });
    if (page.length === 0) return all;
    for (const { sequence, leaf } of page) {
      const { entry } = JSON.parse(leaf) as { entry: Omit<Acknowledged, 'sequence'> };
      all.push({ sequence, kind: entry.kind, callId: entry.callId });
    }
  }
}
