import { callEffect } from '../call-effect.ts';
import type { AuditEntry, OutcomeEntry } from '../entry.ts';
import type { Report } from './log-fault.ts';
import { createRecent } from './recent.ts';

/** A call that an upstream may have seen and that has no outcome. */
export interface CallInFlight {
  /** Of its decision or dispatch. */
  readonly sequence: number;
  readonly callId: string;
}

export interface CallCheck {
  take(sequence: number, entry: AuditEntry): void;
  /** Calls that have no outcome. `open` are those that the store takes for open; `null`: only the log is there. */
  end(lastSequence: number, open: ReadonlySet<string> | null): readonly CallInFlight[];
}

interface Opened extends CallInFlight {
  readonly approvalId: string | null;
  readonly timeMs: number;
}

/** No call runs longer: an hour is the most that even a task gets. */
const IN_FLIGHT_MS_MAX = 24 * 60 * 60_000;

/**
 * Every dispatch has exactly one outcome, and no outcome is without its dispatch. Those that are on their way have none yet; a gateway that is
 * started anew has ended all that were.
 */
export function createCallCheck(report: Report, isWhole: boolean): CallCheck {
  const opened = new Map<string, Opened>();
  const ended = createRecent<number>();
  let latestMs = 0;

  function open(sequence: number, { callId, approvalId, timeMs }: Omit<Opened, 'sequence'>): void {
    const before = opened.get(callId);
    if (before !== undefined)
      report(sequence, `the outcome of entry ${before.sequence} first`, 'another dispatch of the same call');
    opened.set(callId, { sequence, callId, approvalId, timeMs });
  }

  function close(sequence: number, { callId, approvalId }: OutcomeEntry): void {
    const dispatched = opened.get(callId);
    opened.delete(callId);
    const earlier = ended.get(callId);
    ended.add(callId, sequence);
    if (dispatched === undefined) {
      if (earlier !== undefined)
        report(sequence, 'one outcome for a call', `another one; the first is entry ${earlier}`);
      else if (isWhole) report(sequence, 'a decision or dispatch of the call before its outcome', 'none');
    } else if (dispatched.approvalId !== approvalId) {
      report(
        sequence,
        `the approval of entry ${dispatched.sequence}: ${dispatched.approvalId ?? 'none'}`,
        approvalId ?? 'none',
      );
    }
  }

  function lose(why: string, isLost: (call: Opened) => boolean): void {
    for (const call of opened.values()) {
      if (!isLost(call)) continue;
      report(call.sequence, 'one outcome of the call', `none ${why}`);
      opened.delete(call.callId);
    }
  }

  return {
    take(sequence, entry) {
      latestMs = Math.max(latestMs, entry.timeMs);
      const effect = callEffect(entry);
      if (effect?.kind === 'opens') open(sequence, { ...effect, timeMs: entry.timeMs });
      if (entry.kind === 'outcome') close(sequence, entry);
      if (entry.kind === 'gateway' && entry.change === 'started')
        lose(`before the gateway was started anew, with entry ${sequence}`, () => true);
    },
    end(lastSequence, open) {
      if (open === null) lose('to the end of the log', ({ timeMs }) => latestMs - timeMs > IN_FLIGHT_MS_MAX);
      else {
        const strange = [...open].filter((callId) => !opened.has(callId));
        for (const callId of strange)
          report(lastSequence, `a dispatch of the call ${callId}, which the store takes for open`, 'none');
        lose('to the end of the log, and the store does not take it for open', ({ callId }) => !open.has(callId));
      }
      return [...opened.values()].map(({ sequence, callId }) => ({ sequence, callId }));
    },
  };
}
