import type { UninvitedEntry } from '../core/audit/entry.ts';
import { type KnownSecrets, redactKnownSecrets } from '../core/content/redact-arguments.ts';
import { visibleText } from '../core/content/visible-text.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperatorReport } from './deps.ts';

/** Records what upstreams asked for without having been offered it. They were refused already. */
export interface Uninvited {
  note(upstream: string, method: string): void;
  /** Records what was counted and not yet recorded. */
  close(): Promise<void>;
}

export interface UninvitedDeps {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly knownSecrets: KnownSecrets;
  readonly report: (problem: OperatorReport) => void;
}

/** Of one upstream. What comes beyond it within the minute is counted, and recorded as one entry at its end. */
const ENTRIES_PER_MINUTE = 10;
const WINDOW_MS = 60_000;
/** A method is the one text that the upstream chooses. */
const METHOD_CHARS_MAX = 100;

interface Window {
  entries: number;
  counted: number;
}

/** An upstream that asks and asks must not fill the disk. */
export function createUninvited(deps: UninvitedDeps): Uninvited {
  // As many as there are upstreams in the configuration, at most.
  const windows = new Map<string, Window>();
  let timer: NodeJS.Timeout | null = null;

  async function store(upstream: string, method: string | null, count: number): Promise<void> {
    const entry: UninvitedEntry = { kind: 'uninvited', timeMs: deps.clock.nowMs(), upstream, method, count };
    await deps.audit.record([entry]).catch((error: unknown) => {
      deps.report({ callId: null, problem: `a request of ${upstream} could not be recorded`, error });
    });
  }

  async function endWindows(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const ended = [...windows];
    windows.clear();
    for (const [upstream, { counted }] of ended) if (counted > 0) await store(upstream, null, counted);
  }

  return {
    note(upstream, method) {
      const window = windows.get(upstream) ?? { entries: 0, counted: 0 };
      windows.set(upstream, window);
      timer ??= setTimeout(() => void endWindows(), WINDOW_MS).unref();
      if (window.entries >= ENTRIES_PER_MINUTE) {
        window.counted += 1;
        return;
      }
      window.entries += 1;
      const shown = redactKnownSecrets(visibleText(method), deps.knownSecrets);
      void store(upstream, shown.length > METHOD_CHARS_MAX ? `${shown.slice(0, METHOD_CHARS_MAX)}…` : shown, 1);
    },
    close: endWindows,
  };
}
