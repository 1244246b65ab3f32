import { type Result, ok } from '../../core/result.ts';
import type { UpstreamFault } from '../../ports/upstream.ts';
import type { Soon } from '../../core/soon.ts';
import { notSent } from './fault.ts';

/** Keeps one slow upstream from taking everything: so many calls at once, so many waiting, the rest turned away. */
export interface Bulkhead {
  /** A place, at once where one is free. Each place taken must be given back with `leave`. */
  enter(signal: AbortSignal): Result<true, UpstreamFault> | Promise<Result<true, UpstreamFault>>;
  leave(): void;
}

export interface BulkheadLimits {
  readonly concurrentMax: number;
  readonly waitingMax: number;
  readonly waitTimeoutMs: number;
}

/** The way in to an upstream, with what it came to noted on the way out. */
export interface Door {
  /** A place, at once where one is free. It must be left. */
  enter(signal: AbortSignal): Soon<Result<Place, UpstreamFault>>;
  noted<T>(outcome: Result<T, UpstreamFault>): Result<T, UpstreamFault>;
}

/** A place that was taken, for whoever may leave it early. To leave it again does nothing. */
export interface Place {
  leave(): void;
}

export function createPlace(bulkhead: Bulkhead): Place {
  let isLeft = false;
  return {
    leave() {
      if (isLeft) return;
      isLeft = true;
      bulkhead.leave();
    },
  };
}

export function createBulkhead(limits: BulkheadLimits): Bulkhead {
  let running = 0;
  /** First come, first served; a set remembers the order and forgets cheaply. */
  const waiting = new Set<() => void>();

  function wait(signal: AbortSignal): Promise<Result<true, UpstreamFault>> {
    return new Promise((resolve) => {
      const end = (outcome: Result<true, UpstreamFault>): void => {
        waiting.delete(admit);
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        resolve(outcome);
      };
      const admit = (): void => end(ok(true));
      const onAbort = (): void => end(notSent('aborted', 'given up while waiting for other calls'));
      const onTimeout = (): void => end(notSent('overloaded', `waited ${limits.waitTimeoutMs} ms for other calls`));
      const timer = setTimeout(onTimeout, limits.waitTimeoutMs);
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.add(admit);
    });
  }

  return {
    enter(signal) {
      if (signal.aborted) return notSent('aborted', 'given up before it was sent');
      if (running < limits.concurrentMax) {
        running++;
        return ok(true);
      }
      if (waiting.size >= limits.waitingMax) {
        return notSent('overloaded', `${limits.concurrentMax} calls are running and ${limits.waitingMax} waiting`);
      }
      return wait(signal);
    },
    leave() {
      // A place goes straight to the next in line, so that nobody can come in between.
      const [next] = waiting;
      if (next === undefined) running--;
      else next();
    },
  };
}
