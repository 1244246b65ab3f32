/** After how long hosts gave up waiting for a person: what an operator sets their hold by. In memory, so of this process alone. */
export interface HoldRecords {
  /** The host went away after so long. */
  gaveUp(host: string, afterMs: number): void;
  list(): readonly HoldRecord[];
}

export interface HoldRecord {
  readonly host: string;
  readonly cancels: number;
  readonly medianMs: number;
}

const HOSTS_MAX = 100;
const KEPT_MAX = 100;

export function createHoldRecords(): HoldRecords {
  const byHost = new Map<string, number[]>();
  return {
    gaveUp(host, afterMs) {
      const known = byHost.get(host);
      if (known === undefined && byHost.size >= HOSTS_MAX) return;
      const kept = known ?? [];
      kept.push(afterMs);
      if (kept.length > KEPT_MAX) kept.shift();
      byHost.set(host, kept);
    },
    list: () => [...byHost].map(([host, times]) => ({ host, cancels: times.length, medianMs: medianOf(times) })),
  };
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) / 2)] ?? 0;
}
