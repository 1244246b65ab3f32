import type { Approval } from '../core/approval/approval.ts';
import type { KillSwitchEntry } from '../core/audit/entry.ts';
import {
  findKillSwitch,
  type KillFacts,
  type KillScope,
  type KillSwitch,
  START_UNREADABLE,
} from '../core/kill-switch/kill-switch.ts';
import type { ApprovalHead, ApprovalStore } from '../ports/approval-store.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { KillSwitchStore } from '../ports/kill-switch-store.ts';
import type { OperatorReport } from './deps.ts';
import type { InFlight } from './in-flight.ts';
import { voidApproval } from './void-approval.ts';

/**
 * The authority on what is stopped. A switch is in force in memory before anything is awaited, so a call that asks after `pull` was
 * entered is already stopped; it is acknowledged only once it will survive a restart.
 */
export interface KillSwitches {
  find(facts: KillFacts): KillSwitch | null;
  current(): readonly KillSwitch[];
  pull(request: { scope: KillScope; reason: string; expiresMs: number | null; by: string }): Promise<PullResult>;
  /** `null`: no such switch. Throws `StoreError` when it cannot be recorded, and then the switch stays on. */
  release(id: string, by: string): Promise<KillSwitch | null>;
  /** Makes void, again, the approvals that a switch covered while the store could not be written. */
  finishVoiding(): Promise<void>;
  /** Records the end of those whose time is over, of each one once; one whose approvals are not void yet comes later. */
  recordExpired(): Promise<void>;
  /** Calls `listener` whenever a switch was pulled, released or is over. */
  onChange(listener: () => void): void;
}

export interface PullResult {
  readonly killSwitch: KillSwitch;
  /** In the log already; `false` while the log cannot be written. */
  readonly recorded: boolean;
  /** Will survive a restart. */
  readonly persisted: boolean;
}

export interface KillSwitchesDeps {
  readonly store: KillSwitchStore;
  readonly approvals: ApprovalStore;
  readonly inFlight: InFlight;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly wakeApproval: (approval: Approval) => void;
  readonly report: (problem: OperatorReport) => void;
}

/** More than this many at once is no operation but a mistake; the oldest are not dropped, new ones are refused by the admin plane. */
export const KILL_SWITCHES_MAX = 1000;

/** Starts stopped when the stored state cannot be read: a gateway that does not know whether it was stopped must not run. */
export async function createKillSwitches(deps: KillSwitchesDeps): Promise<KillSwitches> {
  let switches: readonly KillSwitch[] = await loadOrStop(deps);
  let unvoided: readonly KillSwitch[] = switches;
  const inTurn = createTurns();
  const changes = createChanges();

  const inForce = (): readonly KillSwitch[] => switches.filter((each) => !isOver(each, deps.clock.nowMs()));

  /** A switch that is over is kept until what it covered is void and its end is recorded: a restart must not forget to do that. */
  const toKeep = (): readonly KillSwitch[] => [...new Set([...switches, ...unvoided])];

  async function finishVoiding(): Promise<void> {
    for (const killSwitch of unvoided) {
      await voidCovered(deps, killSwitch);
      unvoided = unvoided.filter((each) => each !== killSwitch);
    }
  }

  return {
    find: (facts) => findKillSwitch(switches, facts, deps.clock.nowMs()),
    current: inForce,
    finishVoiding,
    onChange: changes.add,

    async pull({ scope, reason, expiresMs, by }) {
      const nowMs = deps.clock.nowMs();
      const killSwitch: KillSwitch = { id: deps.ids.next('kill'), scope, reason, by, createdMs: nowMs, expiresMs };
      switches = [...switches, killSwitch];
      unvoided = [...unvoided, killSwitch];
      deps.inFlight.stopFor(killSwitch, nowMs);
      changes.tell(expiresMs === null ? null : expiresMs - nowMs);
      const saved = await inTurn(() => saveOrReport(deps, toKeep(), entryOf(killSwitch, 'on', by, nowMs)));
      const voiding = finishVoiding().catch((error: unknown) =>
        deps.report({ callId: null, problem: 'approvals are not yet stored as void; none of them can be used', error }),
      );
      // Where the log is down, nothing can be made void, and the one who pulls must not wait for that.
      if (saved.recorded) await voiding;
      return { killSwitch, ...saved };
    },

    async recordExpired() {
      if (inForce().length < switches.length) await finishVoiding();
      await inTurn(async () => {
        const over = switches.filter((each) => isOver(each, deps.clock.nowMs()) && !unvoided.includes(each));
        if (over.length === 0) return;
        const rest = toKeep().filter((each) => !over.includes(each));
        switches = switches.filter((each) => !over.includes(each));
        await saveExpired(deps, rest, over);
        changes.tell(null);
      });
    },

    async release(id, by) {
      const killSwitch = switches.find((each) => each.id === id);
      if (killSwitch === undefined) return null;
      // Approvals from before the switch must be void before anything can run again.
      await finishVoiding();
      const isReleased = await inTurn(async () => {
        // Of two who release it at once, one does, and the log says it once.
        if (!switches.includes(killSwitch)) return false;
        // It stays on, for everyone who asks meanwhile, until its release is stored.
        await recordRelease(deps, killSwitch, toKeep(), by);
        switches = switches.filter((each) => each.id !== id);
        return true;
      });
      if (!isReleased) return null;
      changes.tell(null);
      return killSwitch;
    },
  };
}

function isOver({ expiresMs }: KillSwitch, nowMs: number): boolean {
  return expiresMs !== null && expiresMs <= nowMs;
}

async function saveOrReport(
  { store, report }: KillSwitchesDeps,
  kept: readonly KillSwitch[],
  entry: KillSwitchEntry,
): Promise<Omit<PullResult, 'killSwitch'>> {
  try {
    return { ...(await store.save(kept, [entry])), persisted: true };
  } catch (error) {
    report({ callId: null, problem: 'the kill switch is in force but could not be stored', error });
    return { recorded: false, persisted: false };
  }
}

/** Where the log is down, the store keeps the entries for it. Where nothing can be stored, the next process finds the switches again. */
async function saveExpired(
  { store, clock }: KillSwitchesDeps,
  rest: readonly KillSwitch[],
  over: readonly KillSwitch[],
): Promise<void> {
  const timeMs = clock.nowMs();
  const entries = over.map((each) => entryOf(each, 'expired', 'gateway', timeMs));
  await store.save(rest, entries);
}

/** One change of the store at a time, computed when its turn comes, so that an older state never overwrites a newer one. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let changing: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = changing.then(work);
    changing = done.catch(() => undefined);
    return done;
  };
}

interface Changes {
  readonly add: (listener: () => void) => void;
  /** Tells now, and again when it is over. */
  readonly tell: (overInMs: number | null) => void;
}

/** Node takes a longer wait for none. Whoever asks what is in force learns it exactly, however late this comes. */
const TIMER_MS_MAX = 2 ** 31 - 1;

function createChanges(): Changes {
  const listeners = new Set<() => void>();
  const tellAll = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    add: (listener) => void listeners.add(listener),
    tell(overInMs) {
      tellAll();
      if (overInMs !== null) setTimeout(tellAll, Math.min(overInMs + 1, TIMER_MS_MAX)).unref();
    },
  };
}

/** A release that the log does not take must not count after a restart either, so everything is stored as on again. */
async function recordRelease(
  deps: KillSwitchesDeps,
  killSwitch: KillSwitch,
  kept: readonly KillSwitch[],
  by: string,
): Promise<void> {
  const entry = (change: 'on' | 'off', who: string) => entryOf(killSwitch, change, who, deps.clock.nowMs());
  try {
    const others = kept.filter(({ id }) => id !== killSwitch.id);
    await deps.store.saveRecorded(others, [entry('off', by)]);
  } catch (error) {
    await deps.store
      .save(kept, [entry('on', 'gateway')])
      .catch((again: unknown) =>
        deps.report({ callId: null, problem: 'a kill switch is in force but could not be stored', error: again }),
      );
    throw error;
  }
}

async function loadOrStop(deps: KillSwitchesDeps): Promise<readonly KillSwitch[]> {
  try {
    return await deps.store.load();
  } catch (error) {
    deps.report({ callId: null, problem: 'the kill switch state cannot be read, so everything is stopped', error });
    const id = deps.ids.next('kill');
    return [
      {
        id,
        scope: { all: true },
        reason: START_UNREADABLE,
        by: 'gateway',
        createdMs: deps.clock.nowMs(),
        expiresMs: null,
      },
    ];
  }
}

/** An approval from before a switch must not outlive it: the person agreed to it in another situation. */
async function voidCovered(deps: KillSwitchesDeps, killSwitch: KillSwitch): Promise<void> {
  const end = async (approval: ApprovalHead): Promise<void> => {
    const voided = await voidApproval(deps, approval, killSwitch.by, `kill switch ${killSwitch.id}`);
    if (voided !== null) deps.wakeApproval(voided);
  };
  // Until there are none: one that was approved just now is still covered.
  for (;;) {
    const nowMs = deps.clock.nowMs();
    const covered = (await deps.approvals.listOpen()).filter((approval) => isCovered(killSwitch, approval, nowMs));
    if (covered.length === 0) return;
    await Promise.all(covered.slice(0, VOIDED_AT_ONCE_MAX).map(end));
  }
}

/** What one round takes from the queue of the store. */
const VOIDED_AT_ONCE_MAX = 1000;

/**
 * While the switch is in force, everything in its scope: what is older cannot be told by times, because the clock may have been set back,
 * and nothing new can be asked for. Only approvals from after its end are none of its business.
 */
function isCovered(killSwitch: KillSwitch, { binding, createdMs }: ApprovalHead, nowMs: number): boolean {
  const { expiresMs } = killSwitch;
  if (expiresMs !== null && expiresMs <= nowMs && expiresMs <= createdMs) return false;
  const { principal, client, upstream, tool } = binding;
  const facts: KillFacts = { principal, client, upstream, tool, class: 'write' };
  return findKillSwitch([{ ...killSwitch, expiresMs: null }], facts, nowMs) !== null;
}

function entryOf(
  killSwitch: KillSwitch,
  change: KillSwitchEntry['change'],
  by: string,
  timeMs: number,
): KillSwitchEntry {
  const { id, scope, reason } = killSwitch;
  return { kind: 'kill-switch', timeMs, change, id, scope, reason, by };
}
