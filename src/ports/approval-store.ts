import type { ApprovalChange } from '../core/approval/apply-change.ts';
import type { Approval, ApprovalId, ApprovalStatus } from '../core/approval/approval.ts';
import type { ApprovalPreview } from '../core/approval/preview.ts';
import type { AuditEntry } from '../core/audit/entry.ts';

/** An approval without the text of its arguments, which can be large. */
export type ApprovalHead = Omit<Approval, 'argumentsShown'>;

export interface ApprovalQuery {
  readonly status: ApprovalStatus | null;
  readonly limit: number;
  /** Only those from before this one. An approval that is not there has none before it. */
  readonly before?: ApprovalId;
  /** Only those that this principal asked for. */
  readonly principal?: string;
}

/** What of earlier approvals tells an approver how usual one is. Only those count that somebody approved. */
export interface ApprovalHistory {
  /** The newest before it of the same tool, whoever asked. */
  readonly lastOfTool: Approval | null;
  /** Whether the same principal had this tool approved before. */
  readonly knowsTool: boolean;
  /** Of the same principal, newest first; at most `HISTORY_MAX`. */
  readonly own: readonly Pick<ApprovalHead, 'createdMs' | 'binding'>[];
}

export const HISTORY_MAX = 200;

/** What identifies "the same call again": the newest approval for it is the one a retry attaches to. */
export interface ApprovalKey {
  readonly principal: string;
  readonly client: string;
  readonly upstream: string;
  readonly tool: string;
  readonly argsDigest: string;
}

/** What must still be so in the very transaction that creates an approval. */
export interface CreateConditions {
  /** The newest approval for the same key: of two equal calls that come together, one asks and the other attaches. */
  readonly newest: ApprovalId | null;
  /** The caps of the queue: how many may be pending afterwards. */
  readonly pendingMax: number;
  readonly pendingPerPrincipalMax: number;
  /** Of one principal for one tool. */
  readonly pendingPerToolMax: number;
  /** A pending one of the same person and tool that ends by this: its place in the queue is the new one's. */
  readonly replaces?: { readonly id: ApprovalId; readonly change: ApprovalChange };
}

/** Every change is stored in one transaction with its audit entries. Throws `StoreError` when it cannot be. */
export interface ApprovalStore {
  /** Resolves to `false`, with nothing stored, when a condition does not hold. */
  create(approval: Approval, conditions: CreateConditions, entries: readonly AuditEntry[]): Promise<boolean>;
  /**
   * Compare and set: changes the approval only while its status is `from`, and resolves to the changed approval. Resolves to
   * `null`, with nothing stored, when someone else was first, or when this approver has approved already.
   */
  transition(
    id: ApprovalId,
    from: ApprovalStatus,
    change: ApprovalChange,
    entries: readonly AuditEntry[],
  ): Promise<Approval | null>;
  find(id: ApprovalId): Promise<Approval | null>;
  findNewest(key: ApprovalKey): Promise<Approval | null>;
  /** Newest first. */
  list(query: ApprovalQuery): Promise<readonly Approval[]>;
  findHistory(approval: ApprovalHead): Promise<ApprovalHistory>;
  findPreview(id: ApprovalId): Promise<ApprovalPreview | null>;
  /** The read itself is in the log. Takes the place of an earlier one. */
  keepPreview(id: ApprovalId, preview: ApprovalPreview): Promise<void>;
  /** Those that a person decided at or after that time, the newest first, without their arguments. */
  listDecided(sinceMs: number, limit: number): Promise<readonly ApprovalHead[]>;
  /** Those that ended, and whose own time was over, before that time: the first of them, without an order that anybody may rely on. */
  listEnded(beforeMs: number, limit: number): Promise<readonly ApprovalId[]>;
  /** With their previews. Resolves to `false`, with nothing stored, when one of them can still be decided or spent, or runs. */
  remove(ids: readonly ApprovalId[], entries: readonly AuditEntry[]): Promise<boolean>;
  /** Every approval that could still be decided or spent, whatever their number and age. */
  listOpen(): Promise<readonly ApprovalHead[]>;
}
