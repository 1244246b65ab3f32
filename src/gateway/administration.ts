import type { BatchResultView } from '../core/admin-api/batch-view.ts';
import type { FiguresView } from '../core/admin-api/figures-view.ts';
import type { ExplanationView, SimulationView } from '../core/admin-api/explanation-view.ts';
import type { PolicyView, ToolView } from '../core/admin-api/policy-view.ts';
import type { ShadowView } from '../core/admin-api/shadow-view.ts';
import type { Approval, ApprovalStatus } from '../core/approval/approval.ts';
import type { Pin, PinStatus } from '../core/catalog/pin.ts';
import type { AdminRole, Administrator } from '../core/identity/principal.ts';
import type { FieldChange } from '../core/json/field-changes.ts';
import type { JsonObject } from '../core/json/value.ts';
import type { KillScope, KillSwitch } from '../core/kill-switch/kill-switch.ts';
import type { NameLookup } from '../core/kill-switch/name-lookup.ts';
import type { DecisionTarget } from '../core/policy/decision.ts';
import type { Result } from '../core/result.ts';
import type { StoredAccount } from '../ports/account-store.ts';
import type { AuditQuery, AuditRecord } from '../ports/audit-log.ts';
import type { StoredToken } from '../ports/token-store.ts';
import type { HoldRecord } from './hold-records.ts';
import type { VerificationState } from './log-verification.ts';
import type { ShownApproval } from './administration/shown-approval.ts';
import type { UpstreamStatus } from '../ports/upstream.ts';

/** Why an administrator's wish was not carried out, with the next step in `help`. */
export interface AdminFault {
  readonly kind: 'not-found' | 'forbidden' | 'conflict' | 'invalid' | 'unavailable';
  readonly message: string;
  readonly help: string;
}

export interface TokenRequest {
  readonly plane: 'mcp' | 'admin';
  readonly user: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  readonly roles: readonly AdminRole[];
  readonly ttlMs: number;
}

/** An account, with what else the operator says that its owner goes by. */
export type KnownAccount = StoredAccount & { readonly alsoKnownAs: readonly string[] };

export interface AccountRequest {
  readonly user: string;
  readonly password: string;
  readonly groups: readonly string[];
  readonly roles: readonly AdminRole[];
}

/** What comes with an approval, where its rule asks for it or offers it. */
export interface ApprovalAnswer {
  readonly argsDigest?: string | null;
  /** What the rule wants typed. */
  readonly confirm?: string;
  /** The further calls that the rule offers are agreed to as well. */
  readonly grant?: boolean;
}

export interface BatchRequest {
  readonly decision: 'approve' | 'reject';
  /** Each with the digest of the arguments that were looked at. */
  readonly approvals: readonly { readonly id: string; readonly argsDigest: string }[];
  readonly comment: string | null;
}

/** Which entries are exported. What is `null` leaves none out. */
export interface AuditExportQuery {
  /** From the first entry of that time or later. */
  readonly sinceMs: number | null;
  /** Up to the first entry, after that, of this time or later, which is not among them. */
  readonly untilMs: number | null;
  readonly kind: string | null;
  /** Words that an entry must have, all of them, in any case. */
  readonly words: string | null;
}

export interface KillRequest {
  readonly scope: KillScope;
  readonly reason: string;
  readonly expiresMs: number | null;
}

/** Whose call is thought through. */
export interface ImaginedPerson {
  readonly user: string;
  /** `null` with `scopes`: those of the newest live token of this user, or none where there is no such token. */
  readonly groups: readonly string[] | null;
  readonly scopes: readonly string[] | null;
  readonly tenant: string | null;
  readonly client: string | null;
  /** When the call comes; `null`: now. */
  readonly nowMs: number | null;
}

/** A call that is thought through. */
export interface PolicyQuestion {
  readonly target: DecisionTarget;
  /** `null` asks what a listing asks: could any arguments be allowed? */
  readonly args: JsonObject | null;
}

export interface Readiness {
  readonly ready: boolean;
  /** One line per check, without names of people, tools or arguments. */
  readonly checks: Readonly<Record<string, 'ok' | 'failing'>>;
}

/**
 * What the admin plane can do. Each method checks the administrator's roles itself, so that no route can forget to. Nothing throws.
 */
export interface Administration {
  listApprovals(
    by: Administrator,
    status: ApprovalStatus | null,
    limit: number,
    /** The id of an approval: only those from before it. */
    before?: string,
  ): Promise<Result<readonly Approval[], AdminFault>>;
  showApproval(by: Administrator, id: string): Promise<Result<ShownApproval, AdminFault>>;
  /** `argsDigest`, where given, must be the one of the request: the approver saw exactly these arguments. */
  approve(
    by: Administrator,
    id: string,
    comment: string | null,
    argsDigest: string | null,
    more?: Omit<ApprovalAnswer, 'argsDigest'>,
  ): Promise<Result<Approval, AdminFault>>;
  reject(by: Administrator, id: string, comment: string | null): Promise<Result<Approval, AdminFault>>;
  /**
   * Rejects the request and asks in its place about other arguments, all of them, which somebody else must approve and the host send itself.
   */
  edit(by: Administrator, id: string, args: unknown, comment: string | null): Promise<Result<Approval, AdminFault>>;
  /** After how long hosts have given up waiting for an approval. */
  listHolds(by: Administrator): Result<readonly HoldRecord[], AdminFault>;
  /** Refused as a whole, with nothing decided, unless all are alike: of one tool, by one rule, with arguments of one shape. */
  decideBatch(by: Administrator, request: BatchRequest): Promise<Result<readonly BatchResultView[], AdminFault>>;
  /** How people decided in so many days up to now. */
  approvalFigures(by: Administrator, days: number): Promise<Result<FiguresView, AdminFault>>;

  listKillSwitches(by: Administrator): Result<readonly KillSwitch[], AdminFault>;
  /** In force when this resolves, and before it is stored; `recorded: false` where the log will get the entry later. */
  pullKillSwitch(
    by: Administrator,
    request: KillRequest,
  ): Promise<Result<{ killSwitch: KillSwitch; recorded: boolean; name: NameLookup }, AdminFault>>;
  releaseKillSwitch(by: Administrator, id: string): Promise<Result<KillSwitch, AdminFault>>;

  /** Payloads are there for auditors only, unless they are left out; reading them is itself recorded. */
  readAudit(by: Administrator, query: AuditQuery): Promise<Result<readonly AuditRecord[], AdminFault>>;
  showAudit(by: Administrator, sequence: number): Promise<Result<AuditRecord, AdminFault>>;
  /** Texts of whole lines, each an entry as it is stored, without payloads. That it was asked for is recorded first. */
  exportAudit(by: Administrator, query: AuditExportQuery): Promise<Result<AsyncIterable<string>, AdminFault>>;
  /** What is known of the log. Begins a check unless one is under way, or was within the last minute. */
  verifyAudit(by: Administrator): Result<VerificationState, AdminFault>;

  createToken(
    by: Administrator,
    request: TokenRequest,
  ): Promise<Result<{ token: StoredToken; secret: string }, AdminFault>>;
  listTokens(by: Administrator): Promise<Result<readonly StoredToken[], AdminFault>>;
  revokeToken(by: Administrator, id: string): Promise<Result<true, AdminFault>>;

  createAccount(by: Administrator, request: AccountRequest): Promise<Result<KnownAccount, AdminFault>>;
  listAccounts(by: Administrator): Promise<Result<readonly KnownAccount[], AdminFault>>;
  /** Ends the account's sessions, as does `disableAccount`. */
  setPassword(by: Administrator, id: string, password: string): Promise<Result<KnownAccount, AdminFault>>;
  disableAccount(by: Administrator, id: string): Promise<Result<KnownAccount, AdminFault>>;

  listPins(by: Administrator, status: PinStatus | null): Result<readonly Pin[], AdminFault>;
  /** With where it differs from the definition of the same tool that hosts see. */
  showPin(
    by: Administrator,
    id: string,
  ): Result<{ readonly pin: Pin; readonly differences: readonly FieldChange[] }, AdminFault>;
  decidePin(by: Administrator, id: string, status: 'trusted' | 'rejected'): Promise<Result<Pin, AdminFault>>;

  showPolicy(by: Administrator): Result<PolicyView, AdminFault>;
  /** The candidate that decides beside it; `null`: there is none. */
  showShadow(by: Administrator): Result<ShadowView | null, AdminFault>;
  /** What would be decided, rule by rule. Nothing is called, counted or recorded. */
  explainPolicy(
    by: Administrator,
    person: ImaginedPerson,
    question: PolicyQuestion,
  ): Promise<Result<ExplanationView, AdminFault>>;
  /** What would be decided of each; without questions, of every tool that the policy names, as a listing asks. */
  simulatePolicy(
    by: Administrator,
    person: ImaginedPerson,
    questions: readonly PolicyQuestion[] | null,
  ): Promise<Result<SimulationView, AdminFault>>;
  listTools(by: Administrator, upstream: string): Promise<Result<readonly ToolView[], AdminFault>>;
  upstreams(by: Administrator): Result<readonly UpstreamStatus[], AdminFault>;
  readiness(): Readiness;
}
