import type { ApprovalId, ArgsDigest } from '../approval/approval.ts';
import type { DefinitionDigest, ToolClass } from '../catalog/tool.ts';
import type { AdminRole } from '../identity/principal.ts';
import type { JsonObject } from '../json/value.ts';
import type { KillScope } from '../kill-switch/kill-switch.ts';
import type { PolicyVersion } from '../policy/decision.ts';
import type { ReasonCode } from '../policy/reasons.ts';

/**
 * One appended record of the audit log. The union is closed: `docs/audit-format.md` explains each kind. A field that is not known
 * is `null`, never missing, so that the canonical form of a kind has one shape.
 */
export type AuditEntry =
  | RefusalEntry
  | PrincipalEntry
  | DecisionEntry
  | ShadowEntry
  | DispatchEntry
  | AskEntry
  | UninvitedEntry
  | OutcomeEntry
  | ApprovalEntry
  | KillSwitchEntry
  | TokenEntry
  | AccountEntry
  | SignInEntry
  | PinEntry
  | GatewayEntry;

/** Unique per request; joins the entries of one call. */
export type CallId = string;

/** A request that never reached a decision: malformed, unauthenticated, or no method of ours. */
export interface RefusalEntry {
  readonly kind: 'refusal';
  readonly timeMs: number;
  readonly callId: CallId;
  /** `null` before the person is known. */
  readonly principal: string | null;
  readonly client: string | null;
  readonly credentialId: string | null;
  readonly revision: string | null;
  readonly method: string | null;
  readonly reason: ReasonCode;
  /** Which check refused, for an operator. Never holds what was sent. */
  readonly detail: string;
  readonly httpStatus: number;
  /** How many alike this entry stands for: refusals before authentication are counted together under a flood. */
  readonly count: number;
}

/**
 * What a credential says of its holder, recorded before the first decision on it and once a day: decisions name the credential, and were
 * made with this.
 */
export interface PrincipalEntry {
  readonly kind: 'principal';
  readonly timeMs: number;
  readonly principal: string;
  readonly client: string;
  readonly credentialId: string;
  readonly issuer: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  readonly tenant: string | null;
}

/** The decision on one governed request, durable before anything is dispatched. */
export interface DecisionEntry {
  readonly kind: 'decision';
  readonly timeMs: number;
  readonly callId: CallId;
  readonly principal: string;
  readonly client: string;
  readonly credentialId: string;
  readonly revision: string;
  readonly traceId: string | null;
  readonly method: string;
  readonly upstream: string | null;
  readonly tool: string | null;
  readonly definitionDigest: DefinitionDigest | null;
  readonly class: ToolClass | null;
  readonly policyVersion: PolicyVersion;
  readonly decision: 'allow' | 'approve' | 'deny';
  readonly ruleId: string | null;
  readonly reasons: readonly ReasonCode[];
  readonly argsDigest: ArgsDigest | null;
  readonly approvalId: ApprovalId | null;
  /** What the call is about, where its rules say which arguments name it: `id=42`. */
  readonly records: readonly string[];
  /** Redacted arguments. Stored beside the entry and committed to by a salted digest, so that they can be pruned. */
  readonly payload: JsonObject | null;
}

/** What a shadow policy would have decided otherwise. It decided nothing. */
export interface ShadowEntry {
  readonly kind: 'shadow';
  readonly timeMs: number;
  /** The last of the calls that this entry stands for. */
  readonly callId: CallId;
  /** How many alike since the one before: the same person and thing, decided by the same rules. */
  readonly count: number;
  readonly principal: string;
  readonly method: string;
  readonly upstream: string;
  readonly tool: string;
  readonly policyVersion: PolicyVersion;
  readonly decision: 'allow' | 'approve' | 'deny';
  readonly ruleId: string | null;
  readonly shadowVersion: PolicyVersion;
  readonly shadowDecision: 'allow' | 'approve' | 'deny';
  readonly shadowRuleId: string | null;
  readonly shadowReasons: readonly ReasonCode[];
}

/** An approved call is about to run: the approval is spent in the same transaction. */
export interface DispatchEntry {
  readonly kind: 'dispatch';
  readonly timeMs: number;
  readonly callId: CallId;
  readonly approvalId: ApprovalId;
  readonly principal: string;
  readonly upstream: string;
  readonly tool: string;
  readonly policyVersion: PolicyVersion;
  readonly argsDigest: ArgsDigest;
  readonly decidedBy: string;
}

/** What an upstream asked the host of a running call, durable before the host sees the question and before the upstream sees an answer. */
export interface AskEntry {
  readonly kind: 'ask';
  readonly timeMs: number;
  /** The call that asks. */
  readonly callId: CallId;
  readonly change: 'asked' | 'refused' | 'answered' | 'unanswered' | 'continued';
  /** How many times this call has asked, this time included; `null` for `continued`. */
  readonly round: number | null;
  readonly upstream: string;
  /** What kinds of questions; the methods, where they were refused. */
  readonly asks: readonly string[];
  /** Keyed digest of the questions, or of the answers that the upstream got. */
  readonly digest: ArgsDigest | null;
  /** Of the request that brought answers back, for `continued`, with what it was decided by. */
  readonly viaCallId: CallId | null;
  readonly credentialId: string | null;
  readonly policyVersion: PolicyVersion | null;
  readonly ruleId: string | null;
  /** Why not, or what people chose: our words. */
  readonly detail: string | null;
}

/** What an upstream asked for without having been offered it. Nobody was asked. */
export interface UninvitedEntry {
  readonly kind: 'uninvited';
  readonly timeMs: number;
  readonly upstream: string;
  /** As the upstream wrote it, shortened; `null` where the entry stands for several. */
  readonly method: string | null;
  /** How many requests this entry stands for. */
  readonly count: number;
}

export const OUTCOMES = [
  'ok',
  'tool-error',
  'upstream-error',
  'upstream-unreachable',
  'timeout',
  'aborted',
  'killed',
  'not-dispatched',
  'unknown',
] as const;
export type OutcomeCode = (typeof OUTCOMES)[number];

/** What became of a dispatched call, durable before the host sees the result. */
export interface OutcomeEntry {
  readonly kind: 'outcome';
  readonly timeMs: number;
  readonly callId: CallId;
  readonly outcome: OutcomeCode;
  readonly approvalId: ApprovalId | null;
  readonly resultDigest: string | null;
  readonly resultBytes: number | null;
  readonly latencyMs: number | null;
  /** Our words, for an operator. */
  readonly detail: string | null;
}

export interface ApprovalEntry {
  readonly kind: 'approval';
  readonly timeMs: number;
  readonly approvalId: ApprovalId;
  /** `denied`: somebody tried to decide who may not. The request stays as it is. */
  readonly change: 'requested' | 'approved' | 'rejected' | 'expired' | 'withdrawn' | 'void' | 'denied';
  readonly callId: CallId | null;
  readonly principal: string;
  readonly upstream: string;
  readonly tool: string;
  readonly argsDigest: ArgsDigest;
  readonly by: string | null;
  readonly credentialId: string | null;
  readonly comment: string | null;
}

export interface KillSwitchEntry {
  readonly kind: 'kill-switch';
  readonly timeMs: number;
  readonly change: 'on' | 'off' | 'expired';
  readonly id: string;
  readonly scope: KillScope;
  readonly reason: string;
  readonly by: string;
}

export interface TokenEntry {
  readonly kind: 'token';
  readonly timeMs: number;
  readonly change: 'created' | 'revoked';
  readonly tokenId: string;
  readonly user: string;
  readonly plane: 'mcp' | 'admin';
  readonly by: string;
}

export interface AccountEntry {
  readonly kind: 'account';
  readonly timeMs: number;
  readonly change: 'created' | 'password-set' | 'rights-set' | 'disabled';
  readonly accountId: string;
  readonly user: string;
  readonly roles: readonly AdminRole[];
  readonly by: string;
}

/** A browser signed in to the console, or tried to. */
export interface SignInEntry {
  readonly kind: 'sign-in';
  readonly timeMs: number;
  readonly change: 'signed-in' | 'signed-out' | 'refused';
  readonly method: 'password' | 'token' | 'link' | 'oidc' | null;
  /** The name that was given, where it can be one; `null` where none was. */
  readonly user: string | null;
  readonly credentialId: string | null;
}

/** A tool definition was trusted at first sight, put into quarantine, or decided on by a person. */
export interface PinEntry {
  readonly kind: 'pin';
  readonly timeMs: number;
  readonly change: 'trusted' | 'quarantined' | 'approved' | 'rejected';
  /** `null` with `tool` and `digest` for all that were trusted together at first sight. */
  readonly pinId: string | null;
  readonly upstream: string;
  readonly tool: string | null;
  readonly digest: DefinitionDigest | null;
  readonly by: string | null;
  /** Our words: how many, or why a person is asked. */
  readonly detail: string;
}

/** The gateway about itself: starts, stops, policies loaded, recoveries. */
export interface GatewayEntry {
  readonly kind: 'gateway';
  readonly timeMs: number;
  readonly change:
    | 'started'
    | 'stopped'
    | 'policy-loaded'
    | 'shadow-loaded'
    | 'recovered'
    | 'payload-read'
    | 'exported'
    | 'pruned';
  readonly policyVersion: PolicyVersion | null;
  readonly by: string | null;
  readonly detail: string;
}
