import type { Wish } from '../../core/mcp/notices.ts';
import type { Clock } from '../../ports/clock.ts';
import { waitMs } from './wait-ms.ts';

/**
 * Has an upstream tell each principal what they want to hear, for as long as they want it: opened when somebody first wants something,
 * begun again with growing pauses when it is lost, closed when nothing is wanted any more.
 */
export interface Attendances {
  /** What the principal wants from now on. Resolves when the upstream was asked, or could not be in time. */
  readonly attend: (principal: string, wish: Wish) => Promise<void>;
  readonly close: () => void;
}

/** One try to be told. */
export interface Attendance {
  readonly principal: string;
  readonly signal: AbortSignal;
  readonly wish: () => Wish;
  /** `listener` is called when the wish is another; whoever changed it waits for it. */
  readonly onChange: (listener: () => Promise<void>) => void;
  /** The upstream has been asked. */
  readonly ready: () => void;
}

/** `not-offered`: there is no sense in asking again soon. */
export type AttendanceEnd = 'lost' | 'not-offered';

export interface AttendancesDeps {
  readonly clock: Clock;
  /** Asks to be told, and listens until that ends. Never rejects. */
  readonly attend: (attendance: Attendance) => Promise<AttendanceEnd>;
  readonly report: (problem: string) => void;
}

export interface AttendanceLimits {
  readonly principalsMax: number;
  /** The first pause; it doubles with each failure in a row. */
  readonly attendRetryMs: number;
  readonly attendRetryMsMax: number;
}

interface Entry {
  wish: Wish;
  readonly abort: AbortController;
  onChange: () => Promise<void>;
  readonly ready: Promise<void>;
  readonly setReady: () => void;
}

/** How long the one who wants something waits for the upstream to be asked. */
const ASKED_TIMEOUT_MS = 3_000;
const ASK_AGAIN_MS = 10 * 60_000;

export function createAttendances(deps: AttendancesDeps, limits: AttendanceLimits): Attendances {
  const entries = new Map<string, Entry>();
  let hasReported = false;

  async function keepUp(principal: string, entry: Entry): Promise<void> {
    const { signal } = entry.abort;
    for (let failures = 0; !signal.aborted; failures++) {
      const startedMs = deps.clock.monotonicMs();
      const end = await deps.attend({
        principal,
        signal,
        wish: () => entry.wish,
        onChange: (listener) => {
          entry.onChange = listener;
        },
        ready: entry.setReady,
      });
      entry.onChange = nothing;
      entry.setReady();
      if (deps.clock.monotonicMs() - startedMs > limits.attendRetryMsMax) failures = 0;
      const pauseMs = Math.min(limits.attendRetryMs * 2 ** Math.min(failures, 20), limits.attendRetryMsMax);
      await waitMs(end === 'lost' ? pauseMs : ASK_AGAIN_MS, signal);
    }
  }

  return {
    async attend(principal, wish) {
      const known = entries.get(principal);
      if (wish.lists.length + wish.resourceUris.length === 0) {
        known?.abort.abort();
        entries.delete(principal);
        return;
      }
      if (known !== undefined) {
        known.wish = wish;
        return waitFor(known.onChange());
      }
      if (entries.size >= limits.principalsMax) {
        if (!hasReported) deps.report(`more than ${limits.principalsMax} people listen; the rest is told nothing`);
        hasReported = true;
        return;
      }
      const entry = createEntry(wish);
      entries.set(principal, entry);
      void keepUp(principal, entry);
      return waitFor(entry.ready);
    },
    close() {
      for (const { abort } of entries.values()) abort.abort();
      entries.clear();
    },
  };
}

const nothing = (): Promise<void> => Promise.resolve();

function createEntry(wish: Wish): Entry {
  let setReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    setReady = resolve;
  });
  return { wish, abort: new AbortController(), onChange: nothing, ready, setReady };
}

async function waitFor(done: Promise<void>): Promise<void> {
  const waiting = new AbortController();
  await Promise.race([done, waitMs(ASKED_TIMEOUT_MS, waiting.signal)]);
  waiting.abort();
}
