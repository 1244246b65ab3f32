import type { DatabaseSync } from 'node:sqlite';
import type { Approval } from '../../core/approval/approval.ts';
import { leafOf } from '../../core/audit/encode-entry.ts';
import { assertNever } from '../../core/result.ts';
import { type Batch, type BatchAnswer, type Mutation, NO_VALUE } from './messages.ts';
import type { Tables } from './tables.ts';

/**
 * Stores a batch in one transaction: one sync of the disk for all of its units. Each unit is stored as a whole or, where its condition
 * does not hold, not at all. Any failure takes back the whole batch and throws.
 *
 * INVARIANT: a mutation checks its condition before it writes anything, so a unit that is left out has nothing to undo.
 */
export function createBatchCommit(
  db: DatabaseSync,
  tables: Tables,
): (batch: Batch, lastSequence: number) => BatchAnswer {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  return (batch, lastSequence) => {
    begin.run();
    try {
      const answer = writeUnits(tables, batch, lastSequence);
      commit.run();
      return answer;
    } catch (error) {
      // After some failures SQLite has rolled back by itself.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };
}

function writeUnits(tables: Tables, batch: Batch, lastSequence: number): BatchAnswer {
  const nextValue = readValues(batch);
  const sequences: (number | null)[] = [];
  const changed: (readonly [number, Approval])[] = [];
  let sequence = lastSequence;
  let isEven = true;
  let mutations = 0;
  for (const [unit, count] of batch.counts.entries()) {
    const [unitOfMutation, mutation] = batch.mutations[mutations] ?? NONE;
    let applied: Applied | null = UNCONDITIONAL;
    if (unit === unitOfMutation) {
      mutations += 1;
      applied = applyMutation(tables, mutation);
      if (applied !== null && applied.changed !== null) changed.push([unit, applied.changed]);
    }
    const before = sequence;
    for (let entry = 0; entry < count; entry += 1) {
      const isWanted = applied?.isWanted(entry) ?? false;
      if (writeEntry(tables, nextValue, isWanted, sequence + 1)) sequence += 1;
    }
    sequences.push(applied === null ? null : sequence);
    isEven &&= applied !== null && sequence === before + count;
  }
  return isEven && changed.length === 0 ? sequence : { sequences, changed };
}

const NONE = [null, null] as const;

/** Gives one value of the batch after the other. */
function readValues({ text, lengths }: Batch): () => string | null {
  let values = 0;
  let end = 0;
  return () => {
    const length = lengths[values] ?? NO_VALUE;
    values += 1;
    if (length === NO_VALUE) return null;
    end += length;
    return text.slice(end - length, end);
  };
}

/** Takes the values of an entry. `false`: it is not stored, because it is not wanted or turned out to be stored already. */
function writeEntry(tables: Tables, nextValue: () => string | null, isWanted: boolean, sequence: number): boolean {
  const body = nextValue() ?? '';
  const payload = nextValue();
  const effect = nextValue();
  const callId = nextValue() ?? '';
  const approvalId = nextValue();
  if (!isWanted) return false;
  if (effect === 'opens') tables.openCalls.open(callId, approvalId);
  if (effect === 'closes') tables.openCalls.close(callId);
  if (effect === 'closes-once' && !tables.openCalls.close(callId)) return false;
  tables.audit.append(sequence, leafOf(body, sequence), payload);
  return true;
}

interface Applied {
  readonly changed: Approval | null;
  /** By the index of the entry in its unit. */
  readonly isWanted: (entry: number) => boolean;
}

const UNCONDITIONAL: Applied = { changed: null, isWanted: () => true };

/** `null`: its condition does not hold. */
function applyMutation(tables: Tables, mutation: Mutation): Applied | null {
  switch (mutation.kind) {
    case 'create-approval':
    case 'change-approval':
    case 'remove-approvals':
    case 'keep-approval-preview':
    case 'end-approvals':
      return applyToApprovals(tables, mutation);
    case 'create-task':
      return tables.tasks.create(mutation.task, mutation.conditions) ? UNCONDITIONAL : null;
    case 'forget-tasks':
      tables.tasks.forget(mutation.nowMs);
      return UNCONDITIONAL;
    case 'keep-task-result':
      return tables.tasks.keepResult(mutation.id, mutation.sealedResult) ? UNCONDITIONAL : null;
    case 'keep-open-call':
      return tables.openCalls.keep(mutation.call) ? UNCONDITIONAL : null;
    case 'take-round':
      return tables.openCalls.takeRound(mutation.round) ? UNCONDITIONAL : null;
    case 'add-limit-uses':
      tables.limits.add(mutation.uses, mutation.nowMs);
      return UNCONDITIONAL;
    case 'add-pins':
      tables.pins.add(mutation.pins);
      return UNCONDITIONAL;
    case 'decide-pin':
      return tables.pins.decide(mutation.id, mutation.decision) ? UNCONDITIONAL : null;
    case 'put-notices':
      tables.notices.put(mutation.notices);
      return UNCONDITIONAL;
    case 'remove-notices':
      tables.notices.remove(mutation.keys);
      return UNCONDITIONAL;
    case 'save-notice-mark':
      tables.notices.saveMark(mutation.mark, mutation.forgetBeforeMs);
      return UNCONDITIONAL;
    case 'create-token':
      return tables.tokens.create(mutation.token) ? UNCONDITIONAL : null;
    case 'revoke-token':
      return tables.tokens.revoke(mutation.id, mutation.revokedMs) ? UNCONDITIONAL : null;
    case 'create-account':
      return tables.accounts.create(mutation.account) ? UNCONDITIONAL : null;
    case 'change-account':
      return tables.accounts.change(mutation.id, mutation.change) ? UNCONDITIONAL : null;
    case 'save-kill-switches': {
      const stored = tables.killSwitches.generation();
      if (mutation.state.generation <= stored) return null;
      tables.killSwitches.replace(mutation.state);
      return { changed: null, isWanted: (entry) => (mutation.entryGenerations[entry] ?? 0) > stored };
    }
    default:
      return assertNever(mutation);
  }
}

type ApprovalMutation = Extract<
  Mutation,
  {
    readonly kind:
      | 'create-approval'
      | 'change-approval'
      | 'remove-approvals'
      | 'keep-approval-preview'
      | 'end-approvals';
  }
>;

function applyToApprovals(tables: Tables, mutation: ApprovalMutation): Applied | null {
  switch (mutation.kind) {
    case 'create-approval':
      return tables.approvals.create(mutation.approval, mutation.conditions) ? UNCONDITIONAL : null;
    case 'change-approval': {
      const changed = tables.approvals.change(mutation.id, mutation.from, mutation.change);
      return changed === null ? null : { ...UNCONDITIONAL, changed };
    }
    case 'remove-approvals':
      return tables.approvals.remove(mutation.ids) ? UNCONDITIONAL : null;
    case 'keep-approval-preview':
      tables.approvals.keepPreview(mutation.id, mutation.preview);
      return UNCONDITIONAL;
    case 'end-approvals':
      for (const id of mutation.ids) tables.approvals.change(id, 'executing', mutation.change);
      return UNCONDITIONAL;
    default:
      return assertNever(mutation);
  }
}
