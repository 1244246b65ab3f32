import { formatTimestamp } from '../../core/timestamp.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallId, GatewayEntry } from '../../core/audit/entry.ts';
import type { AuditHealth } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import { StoreError } from '../../ports/store-error.ts';
import { endCalls } from './end-calls.ts';
import type { RequestName, Requests } from './messages.ts';
import type { StoreLimits } from './store-limits.ts';
import type { StoreThread } from './store-thread.ts';
import { encodeUnit, type Stored, storedOf, toBatch, type Unit, UnitQueue, type WaitingUnit } from './unit-queue.ts';

export interface CommitQueueDeps {
  readonly thread: StoreThread;
  readonly limits: StoreLimits;
  readonly clock: Clock;
  /** Called each time the store can be written again. */
  readonly onRecovered: () => void;
}

/** Calls whose last entry may or may not be stored. Beyond this many, the next start of the gateway finds out. */
const UNSURE_CALLS_MAX = 10_000;

/** How many turns of the event loop a commit waits at most for more to come. */
const GATHER_TURNS_MAX = 4;

/**
 * Group commit: what comes while the disk works waits, and goes into the next commit together. One commit is under way at a time.
 *
 * When a commit fails or is late, everybody who waits is told so and new callers are turned away at once, until an entry of the
 * store's own could be written. What was under way then may be stored nevertheless; the store sees to it that the log comes out right
 * either way: calls that it was told of and that were therefore never dispatched are closed, and a repeated outcome is not stored twice.
 */
export class CommitQueue {
  readonly #deps: CommitQueueDeps;
  readonly #queue: UnitQueue;
  readonly #stop = new AbortController();
  readonly #unsureOpens = new Set<CallId>();
  readonly #unsureCloses = new Set<CallId>();
  #state: 'ready' | 'failing' | 'closed' = 'ready';
  #problem = 'the store is closed';
  #sending: Promise<void> | null = null;
  #isScheduled = false;
  /** The newest sequence number that anybody was told of. */
  #acknowledged: number;

  constructor(deps: CommitQueueDeps, sequence: number) {
    this.#deps = deps;
    this.#queue = new UnitQueue(deps.limits);
    this.#acknowledged = sequence;
  }

  health(): AuditHealth {
    return this.#state === 'ready' ? WRITABLE : { writable: false, problem: this.#problem };
  }

  commit(unit: Unit): Promise<Stored> {
    return new Promise((resolve, reject) => {
      const refusal = this.#refusal();
      if (refusal !== null) return reject(refusal);
      const waiting = encodeUnit(unit, this.#unsureCloses, { resolve, reject });
      if (!this.#queue.push(waiting)) {
        return reject(new StoreError('overloaded', 'too many entries wait for the store'));
      }
      this.#schedule();
    });
  }

  /** Reads wait for no commit but the one under way. */
  async ask<Name extends RequestName>(name: Name, ask: Requests[Name]['ask']): Promise<Requests[Name]['answer']> {
    const { thread, limits } = this.#deps;
    if (this.#state === 'closed') throw new StoreError('closed', this.#problem);
    if (thread.isSilent) throw new StoreError('unavailable', this.#problem);
    if (thread.waiting >= limits.readsMax) throw new StoreError('overloaded', 'too many readers wait for the store');
    try {
      return await thread.call(name, ask, limits.readTimeoutMs);
    } catch (error) {
      if (error instanceof StoreError && error.code !== 'overloaded') this.#fail(error);
      throw error;
    }
  }

  /** Stores what waits, then closes the database. */
  async close(): Promise<void> {
    this.#stop.abort();
    while (this.#state === 'ready' && (this.#sending !== null || this.#queue.length > 0)) {
      this.#send();
      await this.#sending;
    }
    this.#state = 'closed';
    this.#problem = 'the store is closed';
    const { thread, limits } = this.#deps;
    if (!thread.isSilent) await thread.call('close', null, limits.commitTimeoutMs).catch(() => undefined);
    await thread.stop();
  }

  #refusal(): StoreError | null {
    if (this.#stop.signal.aborted) return new StoreError('closed', 'the store is closed');
    return this.#state === 'ready' ? null : new StoreError('unavailable', this.#problem);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#sending !== null) return;
    this.#isScheduled = true;
    this.#sendWhenQuiet(GATHER_TURNS_MAX, this.#queue.length);
  }

  /**
   * When a turn of the event loop brings nothing new. A lone entry waits for the end of one turn; under load, a commit costs the CPU
   * of several calls, and what comes within the next turns shares it.
   */
  #sendWhenQuiet(turns: number, unitsBefore: number): void {
    setImmediate(() => {
      const units = this.#queue.length;
      if (turns > 1 && units > unitsBefore) return this.#sendWhenQuiet(turns - 1, units);
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#sending !== null || this.#state !== 'ready' || this.#queue.length === 0) return;
    this.#sending = this.#commitBatch(this.#queue.takeBatch()).finally(() => {
      this.#sending = null;
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  async #commitBatch(units: readonly WaitingUnit[]): Promise<void> {
    const { thread, limits } = this.#deps;
    try {
      const answer = await thread.call('commit', toBatch(units), limits.commitTimeoutMs);
      for (const [index, stored] of storedOf(units, answer).entries()) {
        const unit = units[index] as WaitingUnit;
        if (stored !== null) this.#acknowledged = stored.sequence;
        this.#noteSure(unit);
        unit.resolve(stored);
      }
    } catch (error) {
      for (const unit of units) {
        this.#noteUnsure(unit);
        unit.reject(error as StoreError);
      }
      this.#fail(error as StoreError);
    }
  }

  #noteUnsure({ effects }: WaitingUnit): void {
    for (const { kind, callId } of effects) {
      const unsure = kind === 'opens' ? this.#unsureOpens : this.#unsureCloses;
      if (unsure.size < UNSURE_CALLS_MAX) unsure.add(callId);
    }
  }

  #noteSure({ effects }: WaitingUnit): void {
    if (this.#unsureCloses.size === 0) return;
    for (const { callId } of effects) this.#unsureCloses.delete(callId);
  }

  #fail(error: StoreError): void {
    if (this.#state === 'closed') return;
    this.#problem = error.message;
    if (this.#state === 'failing') return;
    this.#state = 'failing';
    for (const unit of this.#queue.takeAll()) unit.reject(new StoreError('unavailable', error.message));
    void this.#recover(error.message, this.#deps.clock.nowMs());
  }

  async #recover(problem: string, sinceMs: number): Promise<void> {
    const { limits, onRecovered } = this.#deps;
    while (this.#state === 'failing') {
      await sleep(limits.probeIntervalMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
      try {
        await this.#probe(problem, sinceMs);
        this.#state = 'ready';
      } catch (error) {
        this.#problem = (error as StoreError).message;
      }
    }
    try {
      await this.#closeUndispatched();
      onRecovered();
    } catch {
      // Failed again, so this runs again too.
    }
  }

  /** Reopens the database if need be and writes an entry. Waits for as long as the worker does, so that probes do not pile up. */
  async #probe(problem: string, sinceMs: number): Promise<void> {
    const { thread, clock } = this.#deps;
    await thread.call('open', { create: false, sequenceMin: this.#acknowledged });
    const detail = `the store could not be written since ${formatTimestamp(sinceMs)}: ${problem}`;
    const entry: GatewayEntry = {
      kind: 'gateway',
      timeMs: clock.nowMs(),
      change: 'recovered',
      policyVersion: null,
      by: null,
      detail,
    };
    const nobody = { resolve: () => undefined, reject: () => undefined };
    const unit = encodeUnit({ entries: [entry], mutation: null }, this.#unsureCloses, nobody);
    const [stored] = storedOf([unit], await thread.call('commit', toBatch([unit])));
    this.#acknowledged = stored?.sequence ?? this.#acknowledged;
  }

  /** Who was told that a decision could not be stored did not dispatch, although it may have been stored after all. */
  async #closeUndispatched(): Promise<void> {
    const unsure = [...this.#unsureOpens];
    if (unsure.length === 0) return;
    const open = (await this.ask('open-calls', null)).filter(({ callId }) => this.#unsureOpens.has(callId));
    if (open.length > 0) await this.commit(endCalls(open, 'not-dispatched', this.#deps.clock.nowMs()));
    for (const callId of unsure) this.#unsureOpens.delete(callId);
  }
}

const WRITABLE: AuditHealth = { writable: true, problem: null };
