import { z } from 'zod';
import { APPROVAL_STATUSES, type ApprovalStatus } from '../approval/approval.ts';

/** An approval as the admin API shows it. Times are RFC 3339 in UTC. */
export interface ApprovalView {
  readonly id: string;
  readonly status: ApprovalStatus;
  /** Who asked, by the id that policies know. */
  readonly requester: string;
  readonly client: string;
  readonly upstream: string;
  readonly tool: string;
  /** As the approver may see them: secrets are replaced by markers. */
  readonly arguments: unknown;
  /** Keyed digest of the exact arguments. */
  readonly argsDigest: string;
  readonly definitionDigest: string;
  readonly policyVersion: string;
  readonly ruleId: string | null;
  /** Why a person is asked. */
  readonly reason: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly approversNeeded: number;
  /** Who has approved so far, in order. */
  readonly approvedBy: readonly string[];
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly comment: string | null;
  /** Why it is `void`, `failed` or `outcome-unknown`. */
  readonly note: string | null;
}

export const approvalViewSchema: z.ZodType<ApprovalView> = z
  .object({
    id: z.string(),
    status: z.enum(APPROVAL_STATUSES),
    requester: z.string(),
    client: z.string(),
    upstream: z.string(),
    tool: z.string(),
    arguments: z.unknown().describe('Secrets are replaced by markers.'),
    argsDigest: z.string().describe('Keyed digest of the exact arguments.'),
    definitionDigest: z.string(),
    policyVersion: z.string(),
    ruleId: z.string().nullable(),
    reason: z.string(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    approversNeeded: z.int(),
    approvedBy: z.array(z.string()).describe('Who has approved so far.'),
    decidedBy: z.string().nullable(),
    decidedAt: z.iso.datetime().nullable(),
    comment: z.string().nullable(),
    note: z.string().nullable(),
  })
  .meta({ title: 'Approval' });

export interface ApprovalList {
  /** Newest first. */
  readonly approvals: readonly ApprovalView[];
}

export const approvalListSchema: z.ZodType<ApprovalList> = z.object({ approvals: z.array(approvalViewSchema) });
