import type { ApprovalChange } from '../../core/approval/apply-change.ts';
import type { Approval, ApprovalId, ApprovalStatus } from '../../core/approval/approval.ts';
import type { ApprovalPreview } from '../../core/approval/preview.ts';
import type { CallId } from '../../core/audit/entry.ts';
import type { Pin } from '../../core/catalog/pin.ts';
import type { KillSwitch } from '../../core/kill-switch/kill-switch.ts';
import type { Task, TaskId } from '../../core/tasks/task.ts';
import type { AccountChange, StoredAccount } from '../../ports/account-store.ts';
import type {
  ApprovalHead,
  ApprovalHistory,
  ApprovalKey,
  ApprovalQuery,
  CreateConditions,
} from '../../ports/approval-store.ts';
import type { AuditQuery, AuditRecord } from '../../ports/audit-log.ts';
import type { StoredUse } from '../../ports/limit-store.ts';
import type { KeptCall, LeftCall, TakenRound } from '../../ports/open-call-store.ts';
import type { NoticeKey, NoticeMark, WaitingNotice } from '../../ports/notice-store.ts';
import type { PinDecision } from '../../ports/pin-store.ts';
import type { StoreError } from '../../ports/store-error.ts';
import type { TaskConditions, TaskHead } from '../../ports/task-store.ts';
import type { StoredToken } from '../../ports/token-store.ts';
import type { StoreLimits } from './store-limits.ts';
import type { WorkerLine } from './worker-line.ts';

export interface StoreSettings {
  readonly path: string;
  readonly limits: StoreLimits;
}

/** What the worker is started with. */
export interface WorkerSettings extends StoreSettings {
  readonly line: WorkerLine;
}

/** All that the worker can be asked: each name with its question and its answer. */
export interface Requests {
  /** Opens the database unless it is open. The answer is the newest sequence number. */
  open: { ask: OpenRequest; answer: number };
  commit: { ask: Batch; answer: BatchAnswer };
  'read-audit': { ask: AuditQuery; answer: readonly AuditRecord[] };
  'find-audit': { ask: number; answer: AuditRecord | null };
  'find-approval': { ask: ApprovalId; answer: Approval | null };
  'find-newest-approval': { ask: ApprovalKey; answer: Approval | null };
  'list-approvals': { ask: ApprovalQuery; answer: readonly Approval[] };
  'find-approval-history': { ask: HistoryKey; answer: ApprovalHistory };
  'find-approval-preview': { ask: ApprovalId; answer: ApprovalPreview | null };
  'list-decided-approvals': {
    ask: { readonly sinceMs: number; readonly limit: number };
    answer: readonly ApprovalHead[];
  };
  'list-open-approvals': { ask: null; answer: readonly ApprovalHead[] };
  'list-ended-approvals': {
    ask: { readonly beforeMs: number; readonly limit: number };
    answer: readonly ApprovalId[];
  };
  'find-token': { ask: string; answer: StoredToken | null };
  'list-tokens': { ask: null; answer: readonly StoredToken[] };
  'find-account': { ask: string; answer: StoredAccount | null };
  'find-account-by-name': { ask: string; answer: StoredAccount | null };
  'list-accounts': { ask: null; answer: readonly StoredAccount[] };
  'find-task': { ask: TaskKey; answer: Task | null };
  'find-task-for': { ask: TaskOfApproval; answer: Task | null };
  'list-tasks': { ask: TaskOwner; answer: readonly TaskHead[] };
  'load-pins': { ask: null; answer: readonly Pin[] };
  'load-notices': { ask: null; answer: readonly WaitingNotice[] };
  'find-notice-mark': { ask: MarkKey; answer: string | null };
  'load-limit-uses': { ask: number; answer: readonly StoredUse[] };
  'load-kill-switches': { ask: null; answer: KillSwitchRows };
  /** Calls that an upstream may have seen and that have no outcome entry. */
  'open-calls': { ask: null; answer: readonly OpenCall[] };
  'kept-calls': { ask: null; answer: readonly LeftCall[] };
  'executing-approvals': { ask: null; answer: readonly ApprovalId[] };
  close: { ask: null; answer: null };
}

export type RequestName = keyof Requests;

export type RequestMessage = {
  readonly [Name in RequestName]: { readonly name: Name; readonly ask: Requests[Name]['ask'] };
}[RequestName];

/** Answers come in the order of the requests. A number goes as it is, at a fraction of what an object costs. */
export type AnswerMessage =
  | number
  | { readonly ok: true; readonly value: Requests[RequestName]['answer'] }
  | { readonly ok: false; readonly code: StoreError['code']; readonly message: string };

export interface OpenRequest {
  readonly create: boolean;
  /** The newest sequence number that was acknowledged. A database that ends before it has lost entries and is not opened. */
  readonly sequenceMin: number;
}

/** Units for one transaction, as one text and flat arrays: to cross between threads, every string costs more than its characters. */
export interface Batch {
  /** Five values for each entry, in order: body, payload, what it does to a call, call id, approval id. Joined. */
  readonly text: string;
  /** Of each value, in UTF-16 code units; `NO_VALUE` for a value that is `null`. */
  readonly lengths: readonly number[];
  /** How many entries each unit has. */
  readonly counts: readonly number[];
  /** Changes of state, by the index of their unit. Most units have none. */
  readonly mutations: readonly (readonly [number, Mutation])[];
}

export const NO_VALUE = -1;

/** `closes-once`: the entry may be stored already; it is left out unless its call is still open. */
export type EntryEffect = 'opens' | 'closes' | 'closes-once';

/** Of almost every batch the newest sequence number alone: every unit is stored, with all of its entries, and no approval changed. */
export type BatchAnswer = number | UnevenAnswer;

export interface UnevenAnswer {
  /** For each unit the sequence number after it, or `null` where its condition did not hold and nothing of it is stored. */
  readonly sequences: readonly (number | null)[];
  /** Approvals as they are after their change, by the index of their unit. */
  readonly changed: readonly (readonly [number, Approval])[];
}

/** A change of state that is stored with its entries. Every one has a condition; where it does not hold, the unit is left out. */
export type Mutation =
  | { readonly kind: 'create-approval'; readonly approval: Approval; readonly conditions: CreateConditions }
  | {
      readonly kind: 'change-approval';
      readonly id: ApprovalId;
      readonly from: ApprovalStatus;
      readonly change: ApprovalChange;
    }
  | {
      /** Ends approvals whose call was lost sight of; those that are not executing are left as they are. */
      readonly kind: 'end-approvals';
      readonly ids: readonly ApprovalId[];
      readonly change: ApprovalChange;
    }
  | { readonly kind: 'remove-approvals'; readonly ids: readonly ApprovalId[] }
  | { readonly kind: 'keep-approval-preview'; readonly id: ApprovalId; readonly preview: ApprovalPreview }
  | { readonly kind: 'create-task'; readonly task: Task; readonly conditions: TaskConditions }
  | { readonly kind: 'forget-tasks'; readonly nowMs: number }
  | { readonly kind: 'keep-task-result'; readonly id: TaskId; readonly sealedResult: string }
  | { readonly kind: 'keep-open-call'; readonly call: KeptCall }
  | { readonly kind: 'take-round'; readonly round: TakenRound }
  | { readonly kind: 'add-limit-uses'; readonly uses: readonly StoredUse[]; readonly nowMs: number }
  | { readonly kind: 'add-pins'; readonly pins: readonly Pin[] }
  | { readonly kind: 'decide-pin'; readonly id: string; readonly decision: PinDecision }
  | { readonly kind: 'put-notices'; readonly notices: readonly WaitingNotice[] }
  | { readonly kind: 'remove-notices'; readonly keys: readonly NoticeKey[] }
  | { readonly kind: 'save-notice-mark'; readonly mark: NoticeMark; readonly forgetBeforeMs: number }
  | { readonly kind: 'create-token'; readonly token: StoredToken }
  | { readonly kind: 'revoke-token'; readonly id: string; readonly revokedMs: number }
  | { readonly kind: 'create-account'; readonly account: StoredAccount }
  | { readonly kind: 'change-account'; readonly id: string; readonly change: AccountChange }
  | {
      readonly kind: 'save-kill-switches';
      readonly state: KillSwitchState;
      /** For each entry of the unit the save that it belongs to: what the database has already is not written twice. */
      readonly entryGenerations: readonly number[];
    };

/** The switches after a save. Saves are counted, so that it can be told which ones the database has. */
export interface KillSwitchState {
  readonly generation: number;
  readonly switches: readonly KillSwitch[];
}

/** As found in the database, not yet checked; the scopes are JSON texts. */
export interface KillSwitchRows {
  readonly generation: number;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** The approval whose history is asked for. */
export type HistoryKey = Pick<Approval, 'id'> & Pick<Approval['binding'], 'principal' | 'upstream' | 'tool'>;

/** Which tasks are asked for; only those whose time is not over. */
export interface TaskKey {
  readonly id: TaskId;
  readonly nowMs: number;
}

export interface TaskOfApproval {
  readonly approvalId: ApprovalId;
  readonly nowMs: number;
}

export interface TaskOwner {
  readonly principal: string;
  readonly client: string;
  readonly nowMs: number;
}

export interface MarkKey {
  readonly receiver: string;
  readonly subject: string;
}

export interface OpenCall {
  readonly callId: CallId;
  readonly approvalId: ApprovalId | null;
  /** Until when another process can go on with it; `null`: none can. */
  readonly untilMs: number | null;
}
