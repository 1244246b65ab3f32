/** Runs some work soon after it is asked for, once for many who ask, and never twice within a while. */
export interface Throttle {
  ask(): void;
  /** Nothing runs any more. */
  close(): void;
}

/** `work` runs in a later turn of the event loop than the one in which it is asked for. What it throws or rejects with is a bug. */
export function createThrottle(gapMs: number, work: () => void | Promise<void>): Throttle {
  let isAsked = false;
  let isBusy = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  function begin(): void {
    isBusy = true;
    setImmediate(() => void run());
  }

  async function run(): Promise<void> {
    if (isClosed) return;
    isAsked = false;
    await work();
    timer = setTimeout(() => {
      isBusy = false;
      if (isAsked && !isClosed) begin();
    }, gapMs).unref();
  }

  return {
    ask() {
      isAsked = true;
      if (!isBusy && !isClosed) begin();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
