import { Buffer } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import { canonicalJson } from '../../core/json/canonical-json.ts';
import type { Clock, Ids } from '../../ports/clock.ts';
import type { Endpoint, HostCall } from '../../gateway/gateway.ts';
import type { Slot } from './load.ts';
import type { Session } from './sessions.ts';

/** The connection on which a call is answered now. */
export interface CallLine {
  readonly res: ServerResponse;
  readonly slot: Slot;
}

/** The events of one call, for a host that lost its connection (2025-11-25, "Resumability and Redelivery"). */
export interface CallLog {
  /** What stands before the next event, which is kept. */
  next(event: string): string;
  /** The same, for the answer, which may be large; then it is kept as long as there is room. */
  last(pieces: readonly Uint8Array[]): string;
  /** The id that a host has before anything was told. */
  readonly firstId: string;
  /** Takes over when its host comes back; `null` while nobody answers the call any more. */
  onReturn: ((line: CallLine) => void) | null;
}

/** What a call was about: whether its host may still hear of it is asked when it comes back. */
export type LoggedCall = Pick<HostCall, 'kind' | 'exposedName' | 'args'> & { readonly endpoint: Endpoint };

/** What a host missed, and how it goes on. */
export interface CallReturn {
  readonly call: LoggedCall;
  readonly missed: readonly Uint8Array[];
  /** `null`: that was all. */
  readonly goOn: ((line: CallLine) => void) | null;
}

export interface CallEvents {
  open(session: Session, call: LoggedCall): CallLog;
  /** `null`: the id is of no call of this session at this endpoint, or it is too long ago. */
  find(session: Session, endpoint: Endpoint, lastEventId: string | null): CallReturn | null;
}

export interface CallEventsLimits {
  /** Of all events that are kept, and the arguments of their calls. The calls that began first are forgotten first. */
  readonly callEventsBytesMax: number;
  /** Of one session. */
  readonly callEventsPerSessionBytesMax: number;
  /** How long they are kept after the call was answered. */
  readonly callEventsKeptMs: number;
}

interface Kept {
  readonly session: Session;
  readonly call: LoggedCall;
  readonly log: CallLog;
  readonly events: { readonly sequence: number; readonly bytes: Buffer }[];
  bytes: number;
  /** `null` while the call runs. */
  overMs: number | null;
}

/** In memory, like the calls. INVARIANT: an id leads to events only in the session that it was given out in. */
export function createCallEvents(
  deps: { readonly clock: Clock; readonly ids: Ids },
  limits: CallEventsLimits,
): CallEvents {
  /** In the order in which the calls began. */
  const calls = new Map<string, Kept>();
  const bytesBySession = new WeakMap<Session, number>();
  const bytesOf = (session: Session): number => bytesBySession.get(session) ?? 0;
  let bytes = 0;
  let sweptMs = Number.NEGATIVE_INFINITY;

  function count(kept: Kept, more: number): void {
    kept.bytes += more;
    bytes += more;
    bytesBySession.set(kept.session, bytesOf(kept.session) + more);
  }

  function forget(id: string, kept: Kept): void {
    calls.delete(id);
    count(kept, -kept.bytes);
    kept.events.length = 0;
  }

  /** Seldom, because it looks at all of them. */
  function forgetOld(): void {
    const nowMs = deps.clock.monotonicMs();
    if (nowMs - sweptMs < SWEEP_MS) return;
    sweptMs = nowMs;
    for (const [id, kept] of calls) {
      if (kept.overMs !== null && nowMs - kept.overMs > limits.callEventsKeptMs) forget(id, kept);
    }
  }

  function makeRoom(): void {
    for (const [id, kept] of calls) if (bytes > limits.callEventsBytesMax) forget(id, kept);
  }

  function keep(id: string, kept: Kept, sequence: number, event: Buffer): void {
    // Forgotten already, and a part of what it told would be worse than nothing.
    if (calls.get(id) !== kept) return;
    if (event.length + bytesOf(kept.session) > limits.callEventsPerSessionBytesMax) return forget(id, kept);
    kept.events.push({ sequence, bytes: event });
    count(kept, event.length);
    if (bytes > limits.callEventsBytesMax) makeRoom();
  }

  return {
    open(session, call) {
      forgetOld();
      const id = deps.ids.next('stream');
      const log = createLog(id, (sequence, event, isLast) => {
        if (isLast) kept.overMs = deps.clock.monotonicMs();
        keep(id, kept, sequence, event);
      });
      const kept: Kept = { session, call, log, events: [], bytes: 0, overMs: null };
      calls.set(id, kept);
      count(kept, canonicalJson(call.args).length);
      return log;
    },
    find(session, endpoint, lastEventId) {
      const [, id = '', after] = EVENT_ID.exec(lastEventId ?? '') ?? [];
      const kept = calls.get(id);
      if (kept === undefined || kept.session !== session || nameOf(kept.call.endpoint) !== nameOf(endpoint))
        return null;
      const missed = kept.events.filter(({ sequence }) => sequence > Number(after)).map((event) => event.bytes);
      return { call: kept.call, missed, goOn: kept.overMs === null ? kept.log.onReturn : null };
    },
  };
}

const nameOf = (endpoint: Endpoint): string => (endpoint.kind === 'one' ? endpoint.upstream : '');

/** `keep` takes each event with what stands before it. */
function createLog(id: string, keep: (sequence: number, event: Buffer, isLast: boolean) => void): CallLog {
  let sequence = 0;
  const tell = (event: readonly Uint8Array[], isLast: boolean): string => {
    sequence += 1;
    const head = `id: ${id}-${sequence}\n`;
    keep(sequence, Buffer.concat([Buffer.from(head), ...event]), isLast);
    return head;
  };
  return {
    firstId: `${id}-0`,
    onReturn: null,
    next: (event) => tell([Buffer.from(event)], false),
    last: (pieces) => tell(pieces, true),
  };
}

const SWEEP_MS = 1_000;
const EVENT_ID = /^(stream_[A-Za-z0-9_-]{1,64})-([0-9]{1,15})$/;
