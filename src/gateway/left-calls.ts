import type { ApprovalId } from '../core/approval/approval.ts';
import type { OutcomeCode } from '../core/audit/entry.ts';
import { outcomeWithoutResult } from '../core/audit/make-entries.ts';
import { canonicalJson } from '../core/json/canonical-json.ts';
import { readJson } from '../core/json/read-json.ts';
import { isJsonObject } from '../core/json/value.ts';
import type { KillFacts } from '../core/kill-switch/kill-switch.ts';
import type { ApprovalStore } from '../ports/approval-store.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeptCall, LeftCall, OpenCallStore } from '../ports/open-call-store.ts';
import { SHUTDOWN } from '../ports/upstream.ts';
import type { Sealer } from '../ports/sealer.ts';
import type { OperatorReport } from './deps.ts';
import type { DurableAsk, DurableTask } from './durable-ask.ts';
import type { InFlight, Place } from './in-flight.ts';
import type { KillSwitches } from './kill-switches.ts';
import type { LateRecords } from './late-records.ts';

/** A call that the process before this one left, and that nobody has gone on with yet. */
export interface WaitingLeft extends LeftCall {
  readonly facts: KillFacts;
  /** What its upstream made of it; `null`: it waits for its host. */
  readonly task: DurableTask | null;
  /** Where a kill switch and the end of its credential find it. */
  readonly place: Place;
  /** Whoever goes on with it ends it by this when their host goes away. */
  readonly host: AbortController;
}

/**
 * Calls that were open when the process before this one ended, and that can go on: with the next request of their host. They are in flight
 * all the while, so what ends a running call ends them, and for good.
 */
export interface LeftCalls {
  /** The call that waits in this round, for whoever asks first. `null`: none does. */
  take(callId: string, round: number): WaitingLeft | null;
  /** The call that its upstream made a task of: the one that spent this approval, or where it is `null`, the one with this id. */
  takeTask(callId: string, approvalId: ApprovalId | null): WaitingLeft | null;
  /** It could not go on now, and may be tried again. */
  putBack(call: WaitingLeft): void;
  /** Ends one that was taken: in the log, and with its approval. Never rejects. */
  end(call: WaitingLeft, outcome: LeftOutcome, detail: string): Promise<void>;
  /** Ends those that nobody came back for in time. Never rejects. */
  expire(): Promise<void>;
  /** For the end of this process: what waits is left to the next one. */
  close(): void;
}

/** Nothing of it is known to have had an effect, or not to have had one. */
export type LeftOutcome = Extract<OutcomeCode, 'aborted' | 'killed' | 'unknown'>;

export interface LeftCallsDeps {
  readonly openCalls: OpenCallStore;
  readonly approvals: ApprovalStore;
  readonly audit: AuditLog;
  readonly killSwitches: Pick<KillSwitches, 'find'>;
  readonly inFlight: InFlight;
  readonly lateRecords: LateRecords;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly report: (problem: OperatorReport) => void;
}

/** Takes over what the process before left. Throws `StoreError` where that cannot be read. */
export async function createLeftCalls(deps: LeftCallsDeps): Promise<LeftCalls> {
  const left = new Map<string, WaitingLeft>();

  function wait(call: LeftCall, { facts, credentialId, task }: Sealed): void {
    const host = new AbortController();
    const place = deps.inFlight.enter({ facts, credentialId }, host.signal);
    const waiting: WaitingLeft = { ...call, facts, task, place, host };
    left.set(call.callId, waiting);
    const onStop = (): void => {
      // Whoever has taken it sees for itself.
      if (place.stoppedBy === SHUTDOWN || !left.delete(call.callId)) return;
      void end(waiting, place.stoppedBy === 'kill-switch' ? 'killed' : 'aborted', `stopped: ${place.stoppedBy}`);
    };
    place.signal.addEventListener('abort', onStop, { once: true });
    if (deps.killSwitches.find(facts) !== null && left.delete(call.callId)) void end(waiting, 'killed', 'stopped');
  }

  async function end(call: WaitingLeft, outcome: LeftOutcome, detail: string): Promise<void> {
    call.place.leave();
    await endLeft(deps, call, outcome, detail);
  }

  for (const call of await deps.openCalls.listKept()) {
    const sealed = openKept(deps.sealer, call);
    if (sealed === null) await endLeft(deps, call, 'unknown', 'what was kept of it cannot be opened');
    else wait(call, sealed);
  }
  return {
    take(callId, round) {
      const call = left.get(callId);
      if (call === undefined || call.round !== round) return null;
      left.delete(callId);
      return call;
    },
    takeTask(callId, approvalId) {
      for (const call of left.values()) {
        const isIt = approvalId === null ? call.callId === callId : call.approvalId === approvalId;
        if (call.task !== null && isIt && left.delete(call.callId)) return call;
      }
      return null;
    },
    putBack: (call) => void left.set(call.callId, call),
    end,
    async expire() {
      const nowMs = deps.clock.nowMs();
      for (const call of left.values()) {
        if (call.untilMs > nowMs || !left.delete(call.callId)) continue;
        const isTask = call.task !== null;
        await end(
          call,
          isTask ? 'unknown' : 'aborted',
          isTask ? 'nobody asked for it' : 'its host did not come back with answers',
        );
      }
    },
    close() {
      for (const { place } of left.values()) place.leave();
      left.clear();
    },
  };
}

/** What the store keeps of a call. The id goes with it, so that nobody who can write the database can put one for another. */
export function sealKept(sealer: Sealer, callId: string, { facts, credentialId, task }: Sealed): KeptCall['sealed'] {
  const kept = { callId, facts: { ...facts }, credentialId, task: task === null ? null : { ...task } };
  return sealer.seal(canonicalJson(kept));
}

interface Sealed extends Pick<DurableAsk, 'facts' | 'credentialId'> {
  readonly task: DurableTask | null;
}

function openKept(sealer: Sealer, { callId, sealed }: KeptCall): Sealed | null {
  const text = sealer.open(sealed);
  const json = text === null ? null : readJson(Buffer.from(text), SEALED_LIMITS);
  if (json === null || !json.ok || !isJsonObject(json.value)) return null;
  // What is sealed was written above, so only whether it is the right one is left to ask.
  return json.value['callId'] === callId ? (json.value as unknown as Sealed) : null;
}

const SEALED_LIMITS = { bytesMax: 64 * 1024, depthMax: 2, keysMax: 16, itemsMax: 0 };

async function endLeft(deps: LeftCallsDeps, call: LeftCall, outcome: LeftOutcome, detail: string): Promise<void> {
  const { callId, approvalId } = call;
  const timeMs = deps.clock.nowMs();
  const entry = outcomeWithoutResult(call, { timeMs, outcome, detail });
  const change = { status: 'outcome-unknown', atMs: timeMs, finishedMs: timeMs, note: detail } as const;
  await deps.lateRecords.record(callId, () =>
    approvalId === null
      ? deps.audit.record([entry])
      : deps.approvals.transition(approvalId, 'executing', change, [entry]),
  );
}
