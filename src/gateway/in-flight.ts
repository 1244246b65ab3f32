import { findKillSwitch, type KillFacts, type KillSwitch } from '../core/kill-switch/kill-switch.ts';

export interface RunningCall {
  readonly facts: KillFacts;
  readonly credentialId: string;
}

export type StopCause = 'kill-switch' | 'credential-revoked' | 'host-gone';

export interface Place {
  readonly signal: AbortSignal;
  readonly stoppedBy: StopCause | null;
  leave(): void;
}

/** The calls that are being held or have been dispatched: what a kill switch and a revocation must reach. */
export interface InFlight {
  /** Registers a call. Its signal aborts when it is stopped here, and with the host's signal where one is given. */
  enter(call: RunningCall, host: AbortSignal | null): Place;
  /** Aborts what the switch covers; returns how many. */
  stopFor(killSwitch: KillSwitch, nowMs: number): number;
  stopCredential(credentialId: string): number;
  readonly size: number;
}

interface Occupied {
  readonly call: RunningCall;
  stop(cause: StopCause): void;
}

export function createInFlight(): InFlight {
  const places = new Set<Occupied>();

  function stopEach(cause: StopCause, isMeant: (call: RunningCall) => boolean): number {
    let stopped = 0;
    for (const place of places) {
      if (!isMeant(place.call)) continue;
      place.stop(cause);
      stopped += 1;
    }
    return stopped;
  }

  return {
    enter(call, host) {
      const controller = new AbortController();
      let stoppedBy: StopCause | null = null;
      const stop = (cause: StopCause) => {
        stoppedBy ??= cause;
        controller.abort(cause);
      };
      const onHostGone = () => stop('host-gone');
      const occupied: Occupied = { call, stop };
      places.add(occupied);
      if (host?.aborted) onHostGone();
      else host?.addEventListener('abort', onHostGone, { once: true });
      return {
        signal: controller.signal,
        get stoppedBy() {
          return stoppedBy;
        },
        leave() {
          places.delete(occupied);
          host?.removeEventListener('abort', onHostGone);
        },
      };
    },
    stopFor: (killSwitch, nowMs) =>
      stopEach('kill-switch', (call) => findKillSwitch([killSwitch], call.facts, nowMs) !== null),
    stopCredential: (credentialId) => stopEach('credential-revoked', (call) => call.credentialId === credentialId),
    get size() {
      return places.size;
    },
  };
}
