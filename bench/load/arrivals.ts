import type { Connection } from './connection.ts';

/** Makes one call and says when it is over. `startMs`: since when its answer is waited for. */
export type MakeCall = (connection: Connection, startMs: number, done: () => void) => void;

/** Resolves when every connection has its last answer. */
export async function closedLoop(connections: readonly Connection[], endMs: number, makeCall: MakeCall): Promise<void> {
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          const next = () => {
            const nowMs = performance.now();
            if (nowMs < endMs) makeCall(connection, nowMs, next);
            else resolve();
          };
          next();
        }),
    ),
  );
}

/**
 * Calls are owed at a fixed rate. A slow target does not slow them down: a call that finds no free connection waits, and its wait
 * counts (no coordinated omission). Resolves when all calls that were owed have their answer.
 */
export function openLoop(
  connections: readonly Connection[],
  callsPerSecond: number,
  endMs: number,
  makeCall: MakeCall,
): Promise<void> {
  const startMs = performance.now();
  const callsMax = Math.floor(((endMs - startMs) / 1000) * callsPerSecond);
  const free = [...connections];
  const waitingSinceMs: number[] = [];
  let owed = 0;
  let answered = 0;

  return new Promise((resolve) => {
    const run = (connection: Connection, sinceMs: number) => {
      makeCall(connection, sinceMs, () => {
        answered += 1;
        const next = waitingSinceMs.shift();
        if (next === undefined) free.push(connection);
        else run(connection, next);
        if (answered === callsMax) resolve();
      });
    };
    const tick = () => {
      const nowMs = performance.now();
      for (; owed < callsMax; owed += 1) {
        const dueMs = startMs + (owed * 1000) / callsPerSecond;
        if (dueMs > nowMs) {
          setTimeout(tick, dueMs - nowMs);
          return;
        }
        // A timer may be late by its own grain, which is no fault of the target. All that is later counts.
        const sinceMs = Math.min(nowMs, dueMs + TIMER_GRAIN_MS);
        const connection = free.pop();
        if (connection === undefined) waitingSinceMs.push(sinceMs);
        else run(connection, sinceMs);
      }
    };
    tick();
  });
}

const TIMER_GRAIN_MS = 1;
