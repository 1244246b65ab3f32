import type { Brand } from '../brand.ts';
import type { DefinitionDigest } from '../catalog/tool.ts';
import type { PolicyVersion } from '../policy/decision.ts';
import type { ApprovalParticulars } from './particulars.ts';

/** 128 random bits, so that an id of someone else cannot be guessed: `apr_` and 22 characters of base64url. */
export type ApprovalId = Brand<string, 'ApprovalId'>;
/** HMAC-SHA256, in hex, of the canonical arguments. Keyed, so that short arguments cannot be found by trying. */
export type ArgsDigest = Brand<string, 'ArgsDigest'>;

export const APPROVAL_STATUSES = [
  'pending',
  'approved',
  'executing',
  'executed',
  'failed',
  'outcome-unknown',
  'rejected',
  'expired',
  'withdrawn',
  'void',
] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** The one call that an approval is about. Every field is compared again at dispatch. */
export interface ApprovalBinding {
  readonly principal: string;
  readonly client: string;
  readonly upstream: string;
  readonly tool: string;
  readonly argsDigest: ArgsDigest;
  readonly definitionDigest: DefinitionDigest;
  readonly policyVersion: PolicyVersion;
  readonly environment: string;
}

/** One step in the life of an approval, as its page tells it. */
export interface ApprovalStep {
  readonly atMs: number;
  /** The state that it came to; `approved` also for each of several people. */
  readonly change: ApprovalStatus;
  /** The person, or `null` where the gateway did it. */
  readonly by: string | null;
  /** What the person said, or why the gateway did it. */
  readonly comment: string | null;
}

/** Further calls that a person agreed to beforehand, all of them exactly this one. */
export interface ApprovalGrant {
  /** How many are left. */
  readonly left: number;
  readonly untilMs: number;
}

export interface Approval {
  readonly id: ApprovalId;
  readonly status: ApprovalStatus;
  readonly binding: ApprovalBinding;
  /** The requester's display name, compared as well as the id so that nobody approves their own call under a second account. */
  readonly requesterName: string;
  readonly ruleId: string | null;
  readonly reason: string;
  readonly approverGroups: readonly string[];
  /** How many people must approve. */
  readonly approversNeeded: number;
  /** Who has approved so far, in order; each person once. */
  readonly approvedBy: readonly string[];
  /** Canonical JSON of the arguments, secrets replaced by markers. */
  readonly argumentsShown: string;
  readonly createdMs: number;
  readonly expiresMs: number;
  /** Who decided last: the one whose approval was still missing, or who rejected. */
  readonly decidedBy: string | null;
  readonly decidedMs: number | null;
  readonly comment: string | null;
  /** When the call ended, for how long its result is kept. */
  readonly finishedMs: number | null;
  /** Why it is `void`, `failed` or `outcome-unknown`. */
  readonly note: string | null;
  /** The request with other arguments that a person proposed in its place, and by which this one was `rejected`. */
  readonly supersededBy: ApprovalId | null;
  readonly particulars: ApprovalParticulars;
  /** `null`: for this one call alone. */
  readonly grant: ApprovalGrant | null;
  /** From `pending` on, in order. */
  readonly timeline: readonly ApprovalStep[];
}
