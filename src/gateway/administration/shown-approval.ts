import { type ApprovalBadge, badgesOf } from '../../core/approval/badges.ts';
import type { Approval } from '../../core/approval/approval.ts';
import { type HighRisk, highRisksOf } from '../../core/approval/high-risk.ts';
import type { ApprovalPreview } from '../../core/approval/preview.ts';
import type { Administrator } from '../../core/identity/principal.ts';
import { type FieldChange, fieldChanges } from '../../core/json/field-changes.ts';
import type { Json } from '../../core/json/value.ts';
import type { ApprovalStore } from '../../ports/approval-store.ts';
import { type Approvers, isActingPerson } from '../approvers.ts';
import { mayNotDecide, mustSignInAgain } from './may-decide.ts';

/** One approval with what its page tells about it. */
export interface ShownApproval {
  readonly approval: Approval;
  /** `null`: there is none. */
  readonly preview: ApprovalPreview | null;
  /** Against the last call of the same tool that somebody approved. */
  readonly difference: { readonly against: Approval; readonly changes: readonly FieldChange[] } | null;
  readonly badges: readonly ApprovalBadge[];
  readonly highRisks: readonly HighRisk[];
  /** The request in whose place a person proposed this one, and the one that took its own place. */
  readonly editedFrom: ShownEdit | null;
  readonly editedTo: ShownEdit | null;
  readonly mayDecide: {
    readonly allowed: boolean;
    readonly reauthenticate: boolean;
    /** They could propose other arguments. */
    readonly edit: boolean;
    readonly why: string | null;
  };
}

/** One side of an edit, seen from the other. */
export interface ShownEdit {
  readonly other: Approval;
  /** From what was asked for to what was proposed; `null`: not for whoever looks. */
  readonly changes: readonly FieldChange[] | null;
}

interface ShowDeps {
  readonly approvals: ApprovalStore;
  readonly approvers: Pick<Approvers, 'namesOf'>;
}

export async function showApproval(deps: ShowDeps, by: Administrator, approval: Approval): Promise<ShownApproval> {
  const { origin, byRequester, requester } = approval.particulars;
  const [names, preview, history, from, to] = await Promise.all([
    deps.approvers.namesOf(by),
    deps.approvals.findPreview(approval.id),
    deps.approvals.findHistory(approval),
    origin?.kind === 'edit' ? deps.approvals.find(origin.id) : null,
    approval.supersededBy === null ? null : deps.approvals.find(approval.supersededBy),
  ]);
  const isReader = mayReadArguments(by, approval);
  // The last one may be somebody else's: whoever asked knows the arguments of their own alone.
  const last = history.lastOfTool !== null && mayReadArguments(by, history.lastOfTool) ? history.lastOfTool : null;
  const fault = mayNotDecide(by, names, approval);
  const isOpen = approval.status === 'pending';
  const reauthenticate = isOpen && fault === null && mustSignInAgain(by, approval);
  const badges = badgesOf(approval, history);
  const shownEdit = (other: Approval | null, changes: (one: Approval) => readonly FieldChange[]): ShownEdit | null =>
    other === null ? null : { other, changes: isReader ? changes(other) : null };
  return {
    approval: shownTo(by, approval),
    preview: isReader ? preview : withheldPreview(preview),
    difference: !isReader || last === null ? null : { against: last, changes: changesSince(last, approval) },
    badges,
    highRisks: highRisksOf(approval, badges),
    editedFrom: shownEdit(from, (before) => changesSince(before, approval)),
    editedTo: shownEdit(to, (after) => changesSince(approval, after)),
    mayDecide: {
      allowed: isOpen && fault === null && !reauthenticate,
      reauthenticate,
      edit: isOpen && fault === null && !byRequester && requester !== undefined,
      why: isOpen
        ? reauthenticate
          ? 'the rule asks for a fresh sign-in'
          : (fault?.message ?? null)
        : `it is ${approval.status}`,
    },
  };
}

/** Arguments are payloads: whoever decides has to see them, auditors may, and whoever asked knows them. */
export function shownTo(by: Administrator, approval: Approval): Approval {
  if (mayReadArguments(by, approval)) return approval;
  const particulars = { ...approval.particulars, summary: null, confirm: null };
  return { ...approval, argumentsShown: WITHHELD, particulars };
}

function mayReadArguments(by: Administrator, approval: Approval): boolean {
  return by.roles.includes('approver') || by.roles.includes('auditor') || isActingPerson(by, approval);
}

const WITHHELD = JSON.stringify('[for approvers and auditors]');

function withheldPreview(preview: ApprovalPreview | null): ApprovalPreview | null {
  return preview === null ? null : { ...preview, changes: [], unchanged: [], note: 'for approvers and auditors' };
}

/** Both are our own canonical JSON. */
function changesSince(last: Approval, approval: Approval): readonly FieldChange[] {
  return fieldChanges(JSON.parse(last.argumentsShown) as Json, JSON.parse(approval.argumentsShown) as Json);
}
