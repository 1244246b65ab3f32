import type { LogLevel } from '../../../core/mcp/log-level.ts';
import type { Era } from '../../../core/mcp/revisions.ts';
import { type Result, ok } from '../../../core/result.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import { NOTHING_DECLARED } from '../call-side.ts';
import { beforeCall, notSent } from '../fault.ts';
import { waitUnlessAborted } from '../wait-unless-aborted.ts';
import type { ChildEnd } from './child.ts';
import type { Connection } from './connection.ts';
import type { Greeted } from './greet.ts';
import { type RestartDelays, createRestartDelays } from './restart-delays.ts';

/**
 * The processes of one upstream, one for each principal and what was declared in its name, or one of each kind for all where the operator
 * said that it is shared.
 *
 * INVARIANT: unless it is shared, no process is ever used by two principals: what it remembers would pass from one to the other.
 */
export interface Processes {
  /** Starts one where there is none. Callers that come while it starts wait for the same one. */
  get(owner: ProcessOwner, signal: AbortSignal): Promise<Result<ReadyProcess, UpstreamFault>>;
  /** Of those that run, those that were started with a capability, by how it is written in what was declared. */
  declaring(principal: string, capability: string): readonly ReadyProcess[];
  /** Those that run already. `principal` is empty for those that all share. */
  runningOf(principal: string): readonly ReadyProcess[];
  /** Ends all of them. Resolves when they are gone. */
  end(): Promise<void>;
}

export interface ProcessOwner {
  readonly principal: string;
  /** `ClientCapabilities` as text. `null`: whatever it was told will do, because nothing will be asked. */
  readonly declared: string | null;
}

export interface ReadyProcess {
  readonly connection: Connection;
  /** What was agreed on when it started; it holds as long as the process lives. */
  readonly era: Era;
  /** What it said about itself. */
  readonly instructions: string | null;
  /** What it was last told to log; `null`: nothing yet. */
  readonly levels: { log: LogLevel | null };
}

export interface ProcessesDeps {
  readonly clock: Clock;
  readonly open: (principal: string, onGone: (end: ChildEnd) => void) => Connection;
  /** What the next process is to be greeted in. */
  readonly era: () => Promise<Result<Era, UpstreamFault>>;
  /** Introduces the gateway to a process that has just started. */
  readonly greet: (connection: Connection, era: Era, declared: string) => Promise<Result<Greeted, UpstreamFault>>;
  /** Called for each new process before anybody gets it. */
  readonly onReady: (principal: string, process: ReadyProcess) => Promise<void>;
  readonly report: (problem: string) => void;
}

export interface ProcessLimits {
  readonly processesMax: number;
  readonly idleMs: number;
  readonly restartDelayMs: number;
  readonly restartDelayMaxMs: number;
}

export function createProcesses(deps: ProcessesDeps, limits: ProcessLimits, isShared: boolean): Processes {
  const pool: Pool = {
    deps,
    limits,
    slots: new Map(),
    ending: new Set(),
    delays: createRestartDelays(deps.clock, limits),
    isEnded: false,
  };
  const sweeper = setInterval(() => closeIdle(pool), limits.idleMs).unref();
  return {
    async get({ principal, declared }, signal) {
      const slot = slotOf(pool, isShared ? '' : principal, declared);
      if (!slot.ok) return slot;
      const ready = await waitUnlessAborted(slot.value.ready, signal);
      return ready === 'aborted' ? notSent('aborted', 'given up before it was sent') : ready;
    },
    declaring: (principal, capability) =>
      [...pool.slots.values()].flatMap(({ principal: owner, declared, process }) =>
        !isShared && owner === principal && declared.includes(capability) && process !== null ? [process] : [],
      ),
    runningOf: (principal) =>
      [...pool.slots.values()].flatMap(({ principal: owner, process }) =>
        owner === principal && process?.connection.isOpen() === true ? [process] : [],
      ),
    async end() {
      pool.isEnded = true;
      clearInterval(sweeper);
      for (const [key, slot] of pool.slots) void closeSlot(pool, key, slot);
      await Promise.all(pool.ending);
    },
  };
}

interface Pool {
  readonly deps: ProcessesDeps;
  readonly limits: ProcessLimits;
  /** In order of last use. */
  readonly slots: Map<string, Slot>;
  /** Processes that are ending, and still take their place. */
  readonly ending: Set<Promise<void>>;
  readonly delays: RestartDelays;
  isEnded: boolean;
}

interface Slot {
  readonly ready: Promise<Result<ReadyProcess, UpstreamFault>>;
  readonly principal: string;
  /** `ClientCapabilities` as text. */
  readonly declared: string;
  /** `null` while the slot waits for a place. */
  connection: Connection | null;
  /** `null` until it is ready. */
  process: ReadyProcess | null;
  usedMs: number;
}

function slotOf(pool: Pool, principal: string, declared: string | null): Result<Slot, UpstreamFault> {
  const key = declared === null ? keyOfAny(pool, principal) : keyOf(principal, declared);
  const delayMs = Math.ceil(pool.delays.remainingMs(key));
  if (delayMs > 0) return notSent('unreachable', `the process failed; it is started again in ${delayMs} ms`);
  const slot = pool.slots.get(key) ?? openSlot(pool, key, principal, declared ?? NOTHING_DECLARED);
  if (slot.connection?.isOpen() === false) return notSent('unreachable', 'the process is ending');
  slot.usedMs = pool.deps.clock.monotonicMs();
  pool.slots.delete(key);
  pool.slots.set(key, slot);
  return ok(slot);
}

function openSlot(pool: Pool, key: string, principal: string, declared: string): Slot {
  const ready = Promise.resolve().then(() => start(pool, key, slot, declared));
  const slot: Slot = { connection: null, process: null, principal, declared, ready, usedMs: 0 };
  return slot;
}

/** INVARIANT: what is declared is JSON, which ends where it ends, so no principal's name can make two keys alike. */
const keyOf = (principal: string, declared: string): string => `${declared} ${principal}`;

/** A process that the principal has already: a second one would not know what the first was told. */
function keyOfAny(pool: Pool, principal: string): string {
  const own = [...pool.slots].findLast(([, slot]) => slot.principal === principal);
  return own?.[0] ?? keyOf(principal, NOTHING_DECLARED);
}

async function start(
  pool: Pool,
  key: string,
  slot: Slot,
  declared: string,
): Promise<Result<ReadyProcess, UpstreamFault>> {
  const era = await pool.deps.era();
  if (!era.ok) {
    pool.slots.delete(key);
    return era;
  }
  while (!pool.isEnded && countRunning(pool) >= pool.limits.processesMax) {
    const idle = pool.slots.entries().find(([, { connection }]) => connection?.isIdle() === true);
    if (idle === undefined) {
      pool.slots.delete(key);
      return notSent('overloaded', `${pool.limits.processesMax} processes are in use`);
    }
    await closeSlot(pool, ...idle);
  }
  if (pool.isEnded) return notSent('unreachable', 'the upstream is closed');

  pool.delays.started(key);
  const connection = pool.deps.open(slot.principal, (end) => onGone(pool, key, slot, end));
  slot.connection = connection;
  const greeted = await pool.deps.greet(connection, era.value, declared);
  if (greeted.ok) {
    const process: ReadyProcess = {
      connection,
      era: era.value,
      instructions: greeted.value.instructions,
      levels: { log: null },
    };
    slot.process = process;
    await pool.deps.onReady(slot.principal, process);
    return ok(process);
  }
  if (pool.slots.get(key) === slot) {
    pool.delays.ended(key);
    void closeSlot(pool, key, slot);
  }
  return beforeCall(greeted.error);
}

function onGone(pool: Pool, key: string, slot: Slot, end: ChildEnd): void {
  // A slot that is out of the pool already was ended on purpose.
  if (pool.slots.get(key) !== slot) return;
  pool.slots.delete(key);
  pool.delays.ended(key);
  const words = end.lastWords === '' ? '' : `; its last words: ${end.lastWords}`;
  pool.deps.report(`${end.hadStarted ? 'the process ended' : 'the program cannot be started'} (${end.how})${words}`);
}

function closeIdle(pool: Pool): void {
  const nowMs = pool.deps.clock.monotonicMs();
  for (const [key, slot] of pool.slots) {
    const isUnused = nowMs - slot.usedMs >= pool.limits.idleMs && slot.connection?.isIdle() === true;
    if (isUnused) void closeSlot(pool, key, slot);
  }
}

function closeSlot(pool: Pool, key: string, slot: Slot): Promise<void> {
  pool.slots.delete(key);
  if (slot.connection === null) return Promise.resolve();
  const closed = slot.connection.close().finally(() => pool.ending.delete(closed));
  pool.ending.add(closed);
  return closed;
}

function countRunning({ slots, ending }: Pool): number {
  return ending.size + slots.values().reduce((count, { connection }) => count + (connection === null ? 0 : 1), 0);
}
