import type { ApprovalEntry, AuditEntry, DispatchEntry, OutcomeEntry } from '../entry.ts';
import { type ApprovalBook, createApprovalBook, NEVER_ASKED_FOR } from './approval-book.ts';
import type { Report } from './log-fault.ts';

export interface ApprovalCheck {
  take(sequence: number, entry: AuditEntry): void;
}

/**
 * From `requested` to one end: approved by each person once, run at most once and only with the approval of those whom the dispatch names, and
 * nothing after a rejection or another end.
 */
export function createApprovalCheck(report: Report, isWhole: boolean): ApprovalCheck {
  const book = createApprovalBook(report, isWhole);
  return {
    take(sequence, entry) {
      if (entry.kind === 'approval') change(book, report, sequence, entry);
      if (entry.kind === 'dispatch') dispatch(book, report, sequence, entry);
      if (entry.kind === 'outcome') finish(book, entry);
    },
  };
}

function change(book: ApprovalBook, report: Report, sequence: number, entry: ApprovalEntry): void {
  const { approvalId: id } = entry;
  switch (entry.change) {
    case 'requested':
      if (book.stateOf(id) !== NEVER_ASKED_FOR)
        report(sequence, 'a request with an id of its own', `${id} is ${book.stateOf(id)}`);
      return book.put(id, { status: 'pending', about: entry, approvers: [] });
    case 'approved':
      return approve(book, report, sequence, entry);
    case 'rejected':
    case 'expired':
    case 'withdrawn':
    case 'void':
      book.find(id, { sequence, expected: `a pending or approved request to be ${entry.change}`, about: entry });
      return book.end(id, entry.change);
    // Nothing came of it.
    case 'denied':
      return;
  }
}

/** An approval that was given beforehand by another one, which ran: src/gateway/steps/renew-grant.ts. */
const BY_GRANT = /^by the grant of (\S+)$/;

function approve(book: ApprovalBook, report: Report, sequence: number, entry: ApprovalEntry): void {
  const { approvalId: id, by, comment } = entry;
  const granting = BY_GRANT.exec(comment ?? '')?.[1];
  if (granting !== undefined && book.stateOf(id) === NEVER_ASKED_FOR) {
    const giver = book.stateOf(granting);
    if (giver !== EXECUTED && (book.isWhole || giver !== NEVER_ASKED_FOR))
      report(sequence, `${granting}, whose grant it is, to be executed`, giver);
    return book.put(id, { status: 'approved', about: entry, approvers: [by ?? ''] });
  }
  const known = book.find(id, { sequence, expected: 'a pending request to approve', about: entry });
  if (known === null) return;
  if (by === null || known.approvers.includes(by)) report(sequence, 'another person to approve', by ?? 'nobody');
  book.put(id, { ...known, status: 'approved', approvers: [...known.approvers, by ?? ''] });
}

function dispatch(book: ApprovalBook, report: Report, sequence: number, entry: DispatchEntry): void {
  const { approvalId: id, decidedBy } = entry;
  const expected = 'an approved request to run';
  const known = book.find(id, { sequence, expected, about: entry });
  if (known?.status === 'pending') report(sequence, expected, `${id} is pending`);
  const approvers = known?.approvers.join(', ');
  if (known?.status === 'approved' && approvers !== decidedBy)
    report(sequence, `the people who approved ${id}: ${approvers}`, decidedBy);
  book.put(id, { status: 'executing', about: entry, approvers: known?.approvers ?? [] });
}

const EXECUTED = 'executed';

function finish(book: ApprovalBook, { approvalId, outcome }: OutcomeEntry): void {
  if (approvalId === null) return;
  book.end(approvalId, outcome === 'ok' ? EXECUTED : `over, with the outcome ${outcome}`);
}
