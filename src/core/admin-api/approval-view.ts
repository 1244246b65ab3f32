import { z } from 'zod';
import { APPROVAL_STATUSES, type ApprovalStatus } from '../approval/approval.ts';
import { type ApprovalBadge, BADGES } from '../approval/badges.ts';
import { HIGH_RISKS, type HighRisk } from '../approval/high-risk.ts';

/** An approval as the admin API lists it. Times are RFC 3339 in UTC. */
export interface ApprovalView {
  readonly id: string;
  readonly status: ApprovalStatus;
  /** Who wants what, through which client: one line, with unseen characters written out. Untrusted text. */
  readonly summary: string;
  /** Who asked, by the id that policies know. */
  readonly requester: string;
  readonly requesterName: string;
  readonly client: string;
  /** Names the credential that asked. Never the secret. */
  readonly credentialId: string;
  readonly upstream: string;
  readonly tool: string;
  readonly class: string;
  /** As the approver may see them: secrets are replaced by markers. */
  readonly arguments: unknown;
  /** Keyed digest of the exact arguments. */
  readonly argsDigest: string;
  readonly definitionDigest: string;
  readonly policyVersion: string;
  readonly ruleId: string | null;
  /** Where the rule stands: `policies/crm.yaml:12:5`. */
  readonly rulePlace: string | null;
  /** Why a person is asked. */
  readonly reason: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Who may decide: `requester` is the acting person, and nobody else. */
  readonly by: 'approver' | 'requester';
  readonly approverGroups: readonly string[];
  readonly approverUsers: readonly string[];
  readonly approversNeeded: number;
  /** Who has approved so far, in order. */
  readonly approvedBy: readonly string[];
  /** What whoever approves must send as `confirm`, letter by letter. */
  readonly confirm: string | null;
  /** Whoever approves must have signed in within so many seconds. */
  readonly reauthenticateSeconds: number | null;
  /** What may be agreed to beforehand with `grant: true`: so many calls in all, exactly this one, within so many seconds. */
  readonly grantOffered: { readonly count: number; readonly forSeconds: number } | null;
  readonly grant: { readonly left: number; readonly until: string } | null;
  /** `edit`: proposed in place of that one, with other arguments. `grant`: that one was approved for this call as well. */
  readonly origin: { readonly kind: 'edit' | 'grant'; readonly id: string } | null;
  /** Who proposed these arguments in the place of others: they cannot approve them. */
  readonly proposedBy: string | null;
  /** The request with other arguments by which this one was rejected. */
  readonly supersededBy: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly comment: string | null;
  /** Why it is `void`, `failed` or `outcome-unknown`. */
  readonly note: string | null;
}

const members = {
  id: z.string(),
  status: z.enum(APPROVAL_STATUSES),
  summary: z.string().describe('Who wants what, in one line. Untrusted text.'),
  requester: z.string(),
  requesterName: z.string(),
  client: z.string(),
  credentialId: z.string().describe('Names the credential that asked.'),
  upstream: z.string(),
  tool: z.string(),
  class: z.string(),
  arguments: z.unknown().describe('Secrets are replaced by markers.'),
  argsDigest: z.string().describe('Keyed digest of the exact arguments.'),
  definitionDigest: z.string(),
  policyVersion: z.string(),
  ruleId: z.string().nullable(),
  rulePlace: z.string().nullable().describe('File, line and column.'),
  reason: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  by: z.enum(['approver', 'requester']).describe('Who may decide.'),
  approverGroups: z.array(z.string()),
  approverUsers: z.array(z.string()),
  approversNeeded: z.int(),
  approvedBy: z.array(z.string()).describe('Who has approved so far.'),
  confirm: z.string().nullable().describe('What whoever approves must send as `confirm`.'),
  reauthenticateSeconds: z.number().nullable().describe('How long ago whoever approves may have signed in.'),
  grantOffered: z
    .object({ count: z.int(), forSeconds: z.number() })
    .nullable()
    .describe('What may be agreed to beforehand with `grant`: calls in all, exactly this one.'),
  grant: z.object({ left: z.int(), until: z.iso.datetime() }).nullable(),
  origin: z.object({ kind: z.enum(['edit', 'grant']), id: z.string() }).nullable(),
  proposedBy: z.string().nullable().describe('Who proposed these arguments in the place of others.'),
  supersededBy: z.string().nullable().describe('The request with other arguments by which this one was rejected.'),
  decidedBy: z.string().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  comment: z.string().nullable(),
  note: z.string().nullable(),
};

export const approvalViewSchema: z.ZodType<ApprovalView> = z.object(members).meta({ title: 'Approval' });

export interface ApprovalList {
  /** Newest first. */
  readonly approvals: readonly ApprovalView[];
  /** For the next page, as `cursor`; `null`: this is the last. */
  readonly nextCursor: string | null;
}

export const approvalListSchema: z.ZodType<ApprovalList> = z.object({
  approvals: z.array(approvalViewSchema),
  nextCursor: z.string().nullable(),
});

/** One place at which two values differ: a JSON Pointer, and JSON texts; `null` where there is nothing. Untrusted text. */
export interface ChangeView {
  readonly place: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** One side of an edit, seen from the other. */
export interface EditView {
  /** The other request. */
  readonly id: string;
  readonly status: ApprovalStatus;
  /** Who proposed the arguments, and what they said. Untrusted text. */
  readonly by: string | null;
  readonly comment: string | null;
  /** From what was asked for to what was proposed; `null`: for approvers and auditors. */
  readonly changes: readonly ChangeView[] | null;
}

/** One approval with everything that its approver should see. */
export interface ApprovalDetail extends ApprovalView {
  /** The record before the call, and what it would be after. Made by a read with the requester's rights. */
  readonly preview: {
    /** `none`: the rule asks for none. `unavailable`: not made, or not yet. */
    readonly status: 'none' | 'ready' | 'failed' | 'unavailable';
    readonly tool: string | null;
    readonly at: string | null;
    /** Names the read in the audit log. */
    readonly callId: string | null;
    readonly note: string | null;
    readonly changes: readonly ChangeView[];
    readonly unchanged: readonly ChangeView[];
  };
  /** Against the arguments of the last call of the same tool that somebody approved; `null`: there was none. */
  readonly difference: {
    readonly id: string;
    readonly requester: string;
    readonly at: string;
    readonly changes: readonly ChangeView[];
  } | null;
  readonly badges: readonly ApprovalBadge[];
  /** Why approving it should be a deliberate act; empty: it is like any other. */
  readonly highRisks: readonly HighRisk[];
  /** The request in whose place these arguments were proposed; `null`: they are what the host asked for. */
  readonly editedFrom: EditView | null;
  /** The request with other arguments that took its place. */
  readonly editedTo: EditView | null;
  /** Whether whoever asks could decide now. Checked again when they do. */
  readonly mayDecide: {
    readonly allowed: boolean;
    /** They have to sign in again first. */
    readonly reauthenticate: boolean;
    /** They could propose other arguments. */
    readonly edit: boolean;
    /** Why not. */
    readonly why: string | null;
  };
  readonly timeline: readonly {
    readonly at: string;
    readonly change: ApprovalStatus;
    readonly by: string | null;
    readonly comment: string | null;
  }[];
}

const changes = z.array(z.object({ place: z.string(), before: z.string().nullable(), after: z.string().nullable() }));

const edit = z
  .object({
    id: z.string(),
    status: z.enum(APPROVAL_STATUSES),
    by: z.string().nullable(),
    comment: z.string().nullable(),
    changes: changes.nullable(),
  })
  .nullable();

export const approvalDetailSchema: z.ZodType<ApprovalDetail> = z
  .object({
    ...members,
    preview: z
      .object({
        status: z.enum(['none', 'ready', 'failed', 'unavailable']),
        tool: z.string().nullable(),
        at: z.iso.datetime().nullable(),
        callId: z.string().nullable().describe('Names the read in the audit log.'),
        note: z.string().nullable(),
        changes,
        unchanged: changes,
      })
      .describe('The record before the call and after it, by a read with the rights of the requester.'),
    difference: z
      .object({ id: z.string(), requester: z.string(), at: z.iso.datetime(), changes })
      .nullable()
      .describe('Against the arguments of the last call of the tool that somebody approved.'),
    badges: z.array(z.enum(BADGES)),
    highRisks: z.array(z.enum(HIGH_RISKS)).describe('Why approving it should be a deliberate act.'),
    editedFrom: edit.describe('The request in whose place these arguments were proposed.'),
    editedTo: edit.describe('The request with other arguments that took its place.'),
    mayDecide: z.object({
      allowed: z.boolean(),
      reauthenticate: z.boolean(),
      edit: z.boolean(),
      why: z.string().nullable(),
    }),
    timeline: z.array(
      z.object({
        at: z.iso.datetime(),
        change: z.enum(APPROVAL_STATUSES),
        by: z.string().nullable(),
        comment: z.string().nullable(),
      }),
    ),
  })
  .meta({ title: 'ApprovalDetail' });
