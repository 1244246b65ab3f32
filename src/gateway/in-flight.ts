import { findKillSwitch, type KillFacts, type KillSwitch } from '../core/kill-switch/kill-switch.ts';
import { SlotList } from '../core/slot-list.ts';
import { SHUTDOWN } from '../ports/upstream.ts';

export interface RunningCall {
  readonly facts: KillFacts;
  readonly credentialId: string;
}

export type StopCause = 'kill-switch' | 'credential-revoked' | 'host-gone' | typeof SHUTDOWN;

export interface Place {
  readonly signal: AbortSignal;
  readonly stoppedBy: StopCause | null;
  /** From now on the call goes on when the host goes away. */
  outliveHost(): void;
  leave(): void;
}

/** The calls that are on their way, from the first look at the kill switch on: what a switch and a revocation must reach. */
export interface InFlight {
  /** Registers a call. Its signal aborts with the host's, and when it is stopped here; at once for a credential that is revoked. */
  enter(call: RunningCall, host: AbortSignal): Place;
  /** Aborts what the switch covers; returns how many. */
  stopFor(killSwitch: KillSwitch, nowMs: number): number;
  stopCredential(credentialId: string): number;
  /** The gateway ends, and waits no longer. */
  stopAll(): number;
  /** Resolves when no call is on its way any more: then every outcome was handed to the store. `false`: there still was one at the end. */
  emptied(timeoutMs: number): Promise<boolean>;
  readonly size: number;
}

/** A class, because one is made for every call, and an object with a getter of its own is slow to make. */
class Occupied implements Place {
  readonly call: RunningCall;
  readonly #host: AbortSignal;
  readonly #controller = new AbortController();
  readonly #onHostGone = (): void => this.stop('host-gone');
  readonly #leave: (slot: number) => void;
  readonly #slot: number;
  #stoppedBy: StopCause | null = null;

  constructor(call: RunningCall, host: AbortSignal, places: SlotList<Occupied>, leave: (slot: number) => void) {
    this.call = call;
    this.#host = host;
    this.#leave = leave;
    this.#slot = places.add(this);
    if (host.aborted) this.#onHostGone();
    else host.addEventListener('abort', this.#onHostGone, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get stoppedBy(): StopCause | null {
    return this.#stoppedBy;
  }

  stop(cause: StopCause): void {
    // A host that leaves first does not hide its call from the switch.
    if (this.#stoppedBy === null || cause === 'kill-switch') this.#stoppedBy = cause;
    this.#controller.abort(cause);
  }

  outliveHost(): void {
    this.#host.removeEventListener('abort', this.#onHostGone);
  }

  leave(): void {
    this.#leave(this.#slot);
    this.outliveHost();
  }
}

/**
 * Revoked credentials that are remembered, for calls that were authenticated before and come here after: their body was still on its way.
 * After this many more revocations, no such call can be left.
 */
const REVOKED_MAX = 10_000;

export function createInFlight(): InFlight {
  const places = new SlotList<Occupied>();
  const emptied = new Set<() => void>();
  const revoked = new Set<string>();

  function leave(slot: number): void {
    places.take(slot);
    if (places.size === 0) for (const tell of emptied) tell();
  }

  function stopEach(cause: StopCause, isMeant: (call: RunningCall) => boolean): number {
    let stopped = 0;
    for (const place of places.all()) {
      if (!isMeant(place.call)) continue;
      place.stop(cause);
      stopped += 1;
    }
    return stopped;
  }

  return {
    enter(call, host) {
      const place = new Occupied(call, host, places, leave);
      if (revoked.has(call.credentialId)) place.stop('credential-revoked');
      return place;
    },
    stopFor: (killSwitch, nowMs) =>
      stopEach('kill-switch', (call) => findKillSwitch([killSwitch], call.facts, nowMs) !== null),
    stopCredential(credentialId) {
      const [oldest] = revoked;
      if (revoked.size >= REVOKED_MAX && oldest !== undefined) revoked.delete(oldest);
      revoked.add(credentialId);
      return stopEach('credential-revoked', (call) => call.credentialId === credentialId);
    },
    stopAll: () => stopEach(SHUTDOWN, () => true),
    emptied: (timeoutMs) => (places.size === 0 ? Promise.resolve(true) : isTold(emptied, timeoutMs)),
    get size() {
      return places.size;
    },
  };
}

/** `false`: it was not told in time. */
async function isTold(listeners: Set<() => void>, timeoutMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const listener = (): void => resolve(true);
  const timer = setTimeout(resolve, timeoutMs, false);
  listeners.add(listener);
  const told = await promise;
  clearTimeout(timer);
  listeners.delete(listener);
  return told;
}
