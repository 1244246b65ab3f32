import type { ApprovalId } from '../core/approval/approval.ts';
import type { Clock } from '../ports/clock.ts';

/** Results of approved calls, kept for the retry of a host whose connection broke before it saw them. In memory, so bounded. */
export interface KeptResults {
  keep(id: ApprovalId, json: readonly Uint8Array[], bytes: number): void;
  find(id: ApprovalId): readonly Uint8Array[] | null;
  /** The same, once. */
  take(id: ApprovalId): readonly Uint8Array[] | null;
  /** Lets go of those whose time is over, which nobody may have asked for. */
  forgetOver(): void;
}

export interface KeptResultsOptions {
  readonly keepMs: number;
  /** A larger result is not kept: the retry is then told that the call ran. */
  readonly resultBytesMax: number;
  readonly totalBytesMax: number;
}

interface Kept {
  readonly json: readonly Uint8Array[];
  readonly bytes: number;
  readonly untilMs: number;
}

export function createKeptResults(clock: Clock, options: KeptResultsOptions): KeptResults {
  // Insertion order is age order, so the first entry is always the oldest.
  const kept = new Map<ApprovalId, Kept>();
  let total = 0;

  function drop(id: ApprovalId, entry: Kept): void {
    kept.delete(id);
    total -= entry.bytes;
  }

  function forgetOver(): void {
    const nowMs = clock.monotonicMs();
    for (const [id, oldest] of kept) {
      if (total <= options.totalBytesMax && oldest.untilMs > nowMs) break;
      drop(id, oldest);
    }
  }

  function find(id: ApprovalId): readonly Uint8Array[] | null {
    const entry = kept.get(id);
    if (entry === undefined) return null;
    if (entry.untilMs > clock.monotonicMs()) return entry.json;
    drop(id, entry);
    return null;
  }

  return {
    keep(id, json, bytes) {
      if (bytes > options.resultBytesMax) return;
      kept.set(id, { json, bytes, untilMs: clock.monotonicMs() + options.keepMs });
      total += bytes;
      forgetOver();
    },
    forgetOver,
    find,
    take(id) {
      const json = find(id);
      const entry = kept.get(id);
      if (entry !== undefined) drop(id, entry);
      return json;
    },
  };
}
