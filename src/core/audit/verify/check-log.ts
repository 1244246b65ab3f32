import type { AuditEntry } from '../entry.ts';
import { createApprovalCheck } from './check-approvals.ts';
import { type CallInFlight, createCallCheck } from './check-calls.ts';
import { checkForm } from './check-form.ts';
import { createKillSwitchCheck } from './check-kill-switches.ts';
import { checkPayload } from './check-payload.ts';
import { createSequenceCheck } from './check-sequence.ts';
import { createTimeCheck } from './check-time.ts';
import type { LogFault, Report } from './log-fault.ts';

/** An entry as it was found. */
export interface FoundLeaf {
  /** Under which number it was stored; `null` where nothing says so but the text itself. */
  readonly sequence: number | null;
  readonly leaf: string;
  /** `null`: none, or not at hand. */
  readonly payload: string | null;
}

export interface LogVerdict {
  readonly entries: number;
  /** Sequence numbers of the first and the last one; `null` where there is none. */
  readonly first: number | null;
  readonly last: number | null;
  /** The time of the last one, in milliseconds since the epoch. */
  readonly lastMs: number | null;
  readonly faultCount: number;
  /** The first of them in the order of the log. */
  readonly faults: readonly LogFault[];
  readonly inFlightCount: number;
  /** Calls that have no outcome yet, the oldest ones. */
  readonly inFlight: readonly CallInFlight[];
}

export interface LogCheckOptions {
  /** It must begin with entry 1. A part of a log begins anywhere, and what began before it is not held against it. */
  readonly isWhole: boolean;
  /** How many faults, and calls in flight, the verdict names. All are counted. */
  readonly namedMax: number;
}

export interface LogCheck {
  /** The next entry, in the order of the log. */
  take(found: FoundLeaf): void;
  /** `openCalls`: the ids of the calls that the store takes for open at this very moment, or `null` where only the log is there. */
  end(openCalls: readonly string[] | null): LogVerdict;
}

/**
 * Checks a log entry by entry, in memory that does not grow with it. It finds what contradicts itself: an entry that was changed together with
 * all that depends on it is like one that was always so.
 */
export function createLogCheck({ isWhole, namedMax }: LogCheckOptions): LogCheck {
  const faults: LogFault[] = [];
  let faultCount = 0;
  const reporter =
    (check: LogFault['check']): Report =>
    (sequence, expected, got) => {
      faultCount += 1;
      faults.push({ sequence, check, expected, got });
      if (faults.length > namedMax * 2) faults.sort(bySequence).splice(namedMax);
    };
  const reports = { form: reporter('form'), payloads: reporter('payloads') };
  const numbers = createSequenceCheck(reporter('sequence'), isWhole);
  const calls = createCallCheck(reporter('calls'), isWhole);
  const checks = [
    createTimeCheck(reporter('time')),
    calls,
    createApprovalCheck(reporter('approvals'), isWhole),
    createKillSwitchCheck(reporter('kill-switches'), isWhole),
  ];
  let [entries, first, last, lastMs]: [number, number | null, number | null, number | null] = [0, null, null, null];

  function takeEntry(sequence: number, entry: AuditEntry, payload: string | null): void {
    lastMs = entry.timeMs;
    if (payload !== null) checkPayload(reports.payloads, sequence, entry, payload);
    for (const check of checks) check.take(sequence, entry);
  }

  return {
    take({ sequence: storedAs, leaf: text, payload }) {
      entries += 1;
      const read = checkForm(text);
      const sequence = storedAs ?? (read.ok ? read.value.leaf.sequence : (last ?? 0) + 1);
      first ??= sequence;
      last = sequence;
      numbers.take(sequence);
      if (!read.ok) return reports.form(sequence, read.error.expected, read.error.got);
      const { leaf, entry } = read.value;
      if (leaf.sequence !== sequence)
        reports.form(sequence, `the text of entry ${sequence}`, `that of entry ${leaf.sequence}`);
      if (entry.ok) takeEntry(sequence, entry.value, payload);
      else reports.form(sequence, entry.error.expected, entry.error.got);
    },
    end(openCalls) {
      const inFlight = calls.end(last ?? 0, openCalls === null ? null : new Set(openCalls));
      const named = faults.toSorted(bySequence).slice(0, namedMax);
      const inFlightNamed = inFlight.slice(0, namedMax);
      return {
        entries,
        first,
        last,
        lastMs,
        faultCount,
        faults: named,
        inFlightCount: inFlight.length,
        inFlight: inFlightNamed,
      };
    },
  };
}

function bySequence(a: LogFault, b: LogFault): number {
  return a.sequence - b.sequence;
}
