import type { LimitUse, WindowUse } from '../core/limits/limit-use.ts';
import { addUse, createUsage, isSpent, slotEndMs, slotOf, type Usage, waitMs } from '../core/limits/usage.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Clock } from '../ports/clock.ts';
import type { LimitStore, StoredUse } from '../ports/limit-store.ts';

/**
 * Counts what calls use of limits. A use is taken in memory before anything is awaited, so however many calls come at once, no more
 * than the limit get through; it must be stored before the call runs, so no restart gives any of it back.
 */
export interface Limits {
  /** Takes what the call uses of every limit on it, or nothing at all. */
  take(uses: readonly LimitUse[]): Result<TakenUse, LimitReached>;
  /** Whether anything of the window is used. */
  isUsed(use: WindowUse): boolean;
}

export interface TakenUse {
  /**
   * Resolves when a restart will know; `null`: there is nothing to know. Rejects with `StoreError` when that failed; the call must not run
   * then.
   */
  store(): Promise<void> | null;
  /** The call did not come to run after all. Throws `StoreError`; then it stays used, which errs on the safe side. */
  giveBack(): Promise<void>;
  /** The call is over: others may run in its place. What it used of windows stays used. */
  end(): void;
}

export interface LimitReached {
  readonly use: LimitUse;
  /** When to try again; `null` where that cannot be told. */
  readonly retryAfterMs: number | null;
}

/** Limits times callers. Beyond this a new caller is denied, so that nobody is let through uncounted. */
const COUNTERS_MAX = 200_000;

/** Throws `StoreError` where what was used before cannot be read: to start without it would be to give it all back. */
export async function createLimits(deps: { readonly store: LimitStore; readonly clock: Clock }): Promise<Limits> {
  const { store, clock } = deps;
  const windows = new Map<string, Counter>();
  const running = new Map<string, number>();
  for (const { key, slot, amount } of await store.load(clock.nowMs()))
    counterOf(windows, key).usage.slots.set(slot, amount);

  function findReached(uses: readonly LimitUse[], nowMs: number): LimitReached | null {
    for (const use of uses) {
      if (use.kind === 'concurrent') {
        if ((running.get(use.key) ?? 0) >= use.max) return { use, retryAfterMs: RETRY_CONCURRENT_MS };
        continue;
      }
      const counter = windows.get(use.key);
      if (counter === undefined && !hasRoom(windows, nowMs)) return { use, retryAfterMs: null };
      const wait = waitMs(counter?.usage ?? NOTHING_USED, use.amount, use.max, nowMs, use.windowMs);
      if (wait !== 0) return { use, retryAfterMs: wait };
    }
    return null;
  }

  return {
    isUsed({ key, windowMs }) {
      const counter = windows.get(key);
      return counter !== undefined && !isSpent(counter.usage, clock.nowMs(), windowMs);
    },
    take(uses) {
      if (uses.length === 0) return NO_LIMITS;
      const nowMs = clock.nowMs();
      const reached = findReached(uses, nowMs);
      if (reached !== null) return err(reached);
      const stored: StoredUse[] = [];
      for (const use of uses) {
        if (use.kind === 'concurrent') running.set(use.key, (running.get(use.key) ?? 0) + 1);
        else stored.push(takeWindow(windows, use, nowMs));
      }
      return ok({
        store: () => (stored.length === 0 ? null : store.add(stored, nowMs)),
        async giveBack() {
          for (const use of uses)
            if (use.kind !== 'concurrent') takeWindow(windows, { ...use, amount: -use.amount }, nowMs);
          if (stored.length > 0)
            await store.add(
              stored.map((use) => ({ ...use, amount: -use.amount })),
              nowMs,
            );
        },
        end: once(() => leave(running, uses)),
      });
    },
  };
}

interface Counter {
  readonly usage: Usage;
  windowMs: number;
}

const NOTHING_USED = createUsage();
const NO_LIMITS: Result<TakenUse, never> = ok({
  store: () => null,
  giveBack: () => Promise.resolve(),
  end: () => undefined,
});
/** How soon one of the running calls may be over. */
const RETRY_CONCURRENT_MS = 1000;

function takeWindow(windows: Map<string, Counter>, use: WindowUse, nowMs: number): StoredUse {
  const { key, amount, windowMs } = use;
  const counter = counterOf(windows, key);
  counter.windowMs = windowMs;
  const slot = slotOf(nowMs, windowMs);
  addUse(counter.usage, slot, amount, nowMs, windowMs);
  return { key, slot, amount, expiresMs: slotEndMs(slot, windowMs) };
}

function counterOf(windows: Map<string, Counter>, key: string): Counter {
  let counter = windows.get(key);
  if (counter === undefined) {
    // The window of what was read from the store is known once somebody uses it; until then nothing of it is forgotten.
    counter = { usage: createUsage(), windowMs: Number.POSITIVE_INFINITY };
    windows.set(key, counter);
  }
  return counter;
}

function hasRoom(windows: Map<string, Counter>, nowMs: number): boolean {
  if (windows.size < COUNTERS_MAX) return true;
  for (const [key, { usage, windowMs }] of windows) {
    if (Number.isFinite(windowMs) && isSpent(usage, nowMs, windowMs)) windows.delete(key);
  }
  return windows.size < COUNTERS_MAX;
}

function leave(running: Map<string, number>, uses: readonly LimitUse[]): void {
  for (const { kind, key } of uses) {
    if (kind !== 'concurrent') continue;
    const left = (running.get(key) ?? 0) - 1;
    if (left > 0) running.set(key, left);
    else running.delete(key);
  }
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}
