import type { Administrator } from '../core/identity/principal.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { AuditLog, AuditRecord } from '../ports/audit-log.ts';
import { StoreError } from '../ports/store-error.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { AdminFault } from './administration.ts';
import { checkRole } from './administration/admin-fault.ts';
import type { KillSwitches } from './kill-switches.ts';

/** What an administrator who watches is told. */
export type LiveEvent =
  /** An entry was recorded. Its payload is never here, whoever watches. */
  | { readonly kind: 'recorded'; readonly record: AuditRecord }
  /** Where this watcher begins, who named no entry of its own: all that is recorded after `sequence` follows. */
  | { readonly kind: 'start'; readonly sequence: number }
  /** So much was recorded meanwhile that it is not told one by one; `sequence` is where it goes on. */
  | { readonly kind: 'gap'; readonly sequence: number }
  /** Not from the log: these change while it cannot be written, too. */
  | { readonly kind: 'kill-switches' | 'upstreams' };

export interface LiveEvents {
  /** Why this administrator cannot watch, or can no longer; `null`: they can. */
  mayNotWatch(by: Administrator): AdminFault | null;
  /** `after`: the sequence number of the last entry that this watcher has seen. `null`: only what comes from now on. */
  watch(by: Administrator, after: number | null, listener: (event: LiveEvent) => void): Result<() => void, AdminFault>;
  close(): void;
}

export interface LiveEventsDeps {
  readonly audit: AuditLog;
  readonly killSwitches: Pick<KillSwitches, 'current'>;
  readonly upstreams: ReadonlyMap<string, Upstream>;
}

/** While somebody watches, and no work at all otherwise. */
const LOOK_EVERY_MS = 250;
const PAGE_ENTRIES = 200;
/** What one watcher is told at once of what it missed. */
const REPLAY_ENTRIES_MAX = 1000;

interface Watcher {
  readonly listener: (event: LiveEvent) => void;
  /** The last entry it was told; `null` until the end of the log is known. */
  after: number | null;
}

/**
 * Follows the log: every change that matters has an entry there, so nothing else has to remember to tell anybody, and what a watcher missed
 * can be read again, after a restart too.
 */
export function createLiveEvents(deps: LiveEventsDeps): LiveEvents {
  const watchers = new Set<Watcher>();
  let timer: NodeJS.Timeout | null = null;
  let isLooking = false;
  let picture = pictureOf(deps);

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      tellOfPicture();
      const end = await endOf(deps.audit);
      for (const watcher of Array.from(watchers)) await catchUp(watcher, end);
    } catch (error) {
      // A store that fails says so elsewhere; watchers are told when it is back.
      if (!(error instanceof StoreError)) throw error;
    } finally {
      isLooking = false;
    }
  }

  function tellOfPicture(): void {
    const now = pictureOf(deps);
    const changed = (['kill-switches', 'upstreams'] as const).filter((kind) => now[kind] !== picture[kind]);
    picture = now;
    for (const kind of changed) for (const { listener } of watchers) listener({ kind });
  }

  async function catchUp(watcher: Watcher, end: number): Promise<void> {
    for (let after = placeWatcher(watcher, end); after < end && watchers.has(watcher); after = watcher.after ?? end) {
      const records = await deps.audit.read({ limit: PAGE_ENTRIES, afterSequence: after });
      if (records.length === 0) return;
      for (const record of records) watcher.listener({ kind: 'recorded', record: { ...record, payload: null } });
      watcher.after = records.at(-1)?.sequence ?? end;
    }
  }

  function stop(watcher: Watcher): void {
    watchers.delete(watcher);
    if (watchers.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  }

  return {
    mayNotWatch,
    watch(by, after, listener) {
      const fault = mayNotWatch(by);
      if (fault !== null) return err(fault);
      const watcher: Watcher = { listener, after };
      if (watchers.size === 0) picture = pictureOf(deps);
      watchers.add(watcher);
      timer ??= setInterval(() => void look(), LOOK_EVERY_MS).unref();
      void look();
      return ok(() => stop(watcher));
    },
    close() {
      for (const watcher of Array.from(watchers)) stop(watcher);
    },
  };
}

const mayNotWatch: LiveEvents['mayNotWatch'] = (by) => checkRole(by, 'operator', 'approver', 'auditor', 'viewer');

/** Where it goes on from. */
function placeWatcher(watcher: Watcher, end: number): number {
  const { after, listener } = watcher;
  // A number from beyond the end is of another log, as after a restore.
  if (after !== null && after <= end && end - after <= REPLAY_ENTRIES_MAX) return after;
  watcher.after = end;
  listener({ kind: after === null ? 'start' : 'gap', sequence: end });
  return end;
}

function pictureOf({
  killSwitches,
  upstreams,
}: LiveEventsDeps): Readonly<Record<'kill-switches' | 'upstreams', string>> {
  return {
    'kill-switches': JSON.stringify(killSwitches.current().map(({ id }) => id)),
    upstreams: JSON.stringify([...upstreams.values()].map((upstream) => upstream.status())),
  };
}

async function endOf(audit: AuditLog): Promise<number> {
  return (await audit.read({ limit: 1, afterSequence: null }))[0]?.sequence ?? 0;
}
