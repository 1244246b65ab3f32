import type { RefusalEntry } from '../core/audit/entry.ts';
import type { KnownSecrets } from '../core/content/redact-arguments.ts';
import { redactName } from '../core/content/redact-name.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperatorReport } from './deps.ts';
import type { Refusal } from './gateway.ts';

/**
 * Records requests that were turned away before a decision. Whoever is known gets an entry for each. Refusals of unknown callers cost
 * them nothing, so beyond a rate they are counted and recorded together: a flood must not fill the disk (evasion case O24).
 */
export interface Refusals {
  record(refusal: Refusal): Promise<void>;
  /** Records what was counted and not yet recorded. */
  close(): Promise<void>;
}

const UNKNOWN_CALLER_ENTRIES_PER_SECOND = 20;
const WINDOW_MS = 1000;

interface RefusalsDeps {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly knownSecrets: KnownSecrets;
  readonly report: (problem: OperatorReport) => void;
}

export function createRefusals(deps: RefusalsDeps): Refusals {
  const counted = new Map<string, RefusalEntry>();
  let windowStartMs = Number.NEGATIVE_INFINITY;
  let inWindow = 0;
  let timer: NodeJS.Timeout | null = null;

  async function store(entries: readonly RefusalEntry[]): Promise<void> {
    await deps.audit.record(entries).catch((error: unknown) => {
      deps.report({ callId: entries[0]?.callId ?? null, problem: 'a refusal could not be recorded', error });
    });
  }

  async function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const entries = [...counted.values()];
    counted.clear();
    if (entries.length > 0) await store(entries);
  }

  function count(entry: RefusalEntry): void {
    // Reasons, details and statuses are closed lists of ours, so this map cannot grow with what callers send.
    const key = `${entry.reason} ${entry.httpStatus} ${entry.detail}`;
    const alike = counted.get(key);
    counted.set(key, alike === undefined ? entry : { ...alike, count: alike.count + 1 });
    timer ??= setTimeout(() => void flush(), WINDOW_MS).unref();
  }

  return {
    async record(refusal) {
      const entry = entryOf(deps, refusal);
      if (refusal.principal !== null) return store([entry]);
      const nowMs = deps.clock.monotonicMs();
      if (nowMs - windowStartMs >= WINDOW_MS) {
        windowStartMs = nowMs;
        inWindow = 0;
      }
      inWindow += 1;
      if (inWindow > UNKNOWN_CALLER_ENTRIES_PER_SECOND) return count(entry);
      return store([entry]);
    },
    close: flush,
  };
}

function entryOf({ clock, knownSecrets }: RefusalsDeps, refusal: Refusal): RefusalEntry {
  const { callId, principal, revision, method, reason, detail, httpStatus } = refusal;
  return {
    kind: 'refusal',
    timeMs: clock.nowMs(),
    callId,
    principal: principal?.id ?? null,
    client: principal?.client ?? null,
    credentialId: principal?.credentialId ?? null,
    revision,
    // The one field that a host chooses.
    method: method === null ? null : redactName(method, knownSecrets),
    reason,
    detail,
    httpStatus,
    count: 1,
  };
}
