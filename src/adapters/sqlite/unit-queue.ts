import { type CallEffect, callEffect } from '../../core/audit/call-effect.ts';
import { encodeEntry } from '../../core/audit/encode-entry.ts';
import type { AuditEntry, CallId } from '../../core/audit/entry.ts';
import type { StoreError } from '../../ports/store-error.ts';
import type { Approval } from '../../core/approval/approval.ts';
import { type Batch, type BatchAnswer, type EntryEffect, type Mutation, NO_VALUE } from './messages.ts';
import { nextSalt } from './salts.ts';
import type { StoreLimits } from './store-limits.ts';

/** What is stored as a whole or not at all: entries, and the change of state that they record. */
export interface Unit {
  readonly entries: readonly AuditEntry[];
  readonly mutation: Mutation | null;
}

/** `null`: the condition of its mutation did not hold, and nothing of it is stored. */
export type Stored = { readonly sequence: number; readonly changed: Approval | null } | null;

/** A unit that somebody waits for, encoded. */
export interface WaitingUnit {
  readonly mutation: Mutation | null;
  readonly entries: number;
  readonly values: readonly (string | null)[];
  readonly effects: readonly CallEffect[];
  readonly chars: number;
  readonly resolve: (stored: Stored) => void;
  readonly reject: (error: StoreError) => void;
}

/** Units in the order of their arrival, up to a number and a size. */
export class UnitQueue {
  readonly #limits: StoreLimits;
  #units: WaitingUnit[] = [];
  #chars = 0;

  constructor(limits: StoreLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#units.length;
  }

  /** `false`: it is full. An empty queue takes a unit of any size, and every queue a kill switch: overload is when one is needed. */
  push(unit: WaitingUnit): boolean {
    const { queueUnitsMax, queueCharsMax } = this.#limits;
    const isFull = this.#units.length >= queueUnitsMax || this.#chars + unit.chars > queueCharsMax;
    if (isFull && this.#units.length > 0 && unit.mutation?.kind !== 'save-kill-switches') return false;
    this.#units.push(unit);
    this.#chars += unit.chars;
    return true;
  }

  /** What fits one commit; at least one unit, unless there is none. */
  takeBatch(): readonly WaitingUnit[] {
    const { batchUnitsMax, batchCharsMax } = this.#limits;
    let count = 0;
    let chars = 0;
    for (const unit of this.#units) {
      if (count > 0 && (count >= batchUnitsMax || chars + unit.chars > batchCharsMax)) break;
      count += 1;
      chars += unit.chars;
    }
    this.#chars -= chars;
    if (count === this.#units.length) return this.takeAll();
    return this.#units.splice(0, count);
  }

  takeAll(): readonly WaitingUnit[] {
    const all = this.#units;
    this.#units = [];
    this.#chars = 0;
    return all;
  }
}

/** Encoded here rather than in the worker, which has the disk to wait for. Outcomes of `unsureCloses` may be stored already. */
export function encodeUnit(
  unit: Unit,
  unsureCloses: ReadonlySet<CallId>,
  waiter: Pick<WaitingUnit, 'resolve' | 'reject'>,
): WaitingUnit {
  const values: (string | null)[] = [];
  const effects: CallEffect[] = [];
  let chars = 0;
  for (const entry of unit.entries) {
    const { body, payload } = encodeEntry(entry, hasPayload(entry) ? nextSalt() : '');
    const effect = callEffect(entry);
    chars += body.length + (payload?.length ?? 0);
    if (effect === null) {
      values.push(body, payload, null, null, null);
    } else {
      effects.push(effect);
      const approvalId = effect.kind === 'opens' ? effect.approvalId : null;
      const kind: EntryEffect =
        effect.kind === 'closes' && unsureCloses.has(effect.callId) ? 'closes-once' : effect.kind;
      values.push(body, payload, kind, effect.callId, approvalId);
    }
  }
  return { mutation: unit.mutation, entries: unit.entries.length, values, effects, chars, ...waiter };
}

function hasPayload(entry: AuditEntry): boolean {
  return entry.kind === 'decision' && entry.payload !== null;
}

export function toBatch(units: readonly WaitingUnit[]): Batch {
  const lengths: number[] = [];
  const counts: number[] = [];
  const mutations: [number, Mutation][] = [];
  let text = '';
  for (const [index, unit] of units.entries()) {
    for (const value of unit.values) {
      lengths.push(value === null ? NO_VALUE : value.length);
      if (value !== null) text += value;
    }
    counts.push(unit.entries);
    if (unit.mutation !== null) mutations.push([index, unit.mutation]);
  }
  return { text, lengths, counts, mutations };
}

/** What became of each unit of a batch. */
export function storedOf(units: readonly WaitingUnit[], answer: BatchAnswer): readonly Stored[] {
  if (typeof answer !== 'number') {
    const changed = new Map(answer.changed);
    return answer.sequences.map((sequence, index) =>
      sequence === null ? null : { sequence, changed: changed.get(index) ?? null },
    );
  }
  let sequence = answer - units.reduce((entries, unit) => entries + unit.entries, 0);
  return units.map(({ entries }) => ({ sequence: (sequence += entries), changed: null }));
}
