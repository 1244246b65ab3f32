/** The time that a call may take, not counting the time in which people are asked: they are slower than any server. */
export interface CallTimer {
  start(onTimeout: () => void): void;
  /** Stops counting until the same number of `resume`. */
  hold(): void;
  resume(): void;
  /** What is left then is what a later `start` counts. */
  stop(): void;
}

export function createCallTimer(timeoutMs: number, nowMs: () => number): CallTimer {
  let leftMs = timeoutMs;
  let sinceMs = 0;
  let holds = 0;
  let timer: NodeJS.Timeout | undefined;
  let onTimeout: (() => void) | null = null;

  function run(): void {
    if (onTimeout === null || holds > 0) return;
    sinceMs = nowMs();
    timer = setTimeout(onTimeout, leftMs);
  }

  return {
    start(callback) {
      onTimeout = callback;
      run();
    },
    hold() {
      holds += 1;
      if (holds > 1 || onTimeout === null) return;
      clearTimeout(timer);
      leftMs = Math.max(0, leftMs - (nowMs() - sinceMs));
    },
    resume() {
      holds -= 1;
      if (holds === 0) run();
    },
    stop() {
      if (onTimeout !== null && holds === 0) leftMs = Math.max(0, leftMs - (nowMs() - sinceMs));
      onTimeout = null;
      clearTimeout(timer);
    },
  };
}
