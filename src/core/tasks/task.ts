import type { ApprovalId } from '../approval/approval.ts';
import type { Brand } from '../brand.ts';

/** 128 random bits, so that an id of someone else cannot be guessed: `task_` and 22 characters of base64url. */
export type TaskId = Brand<string, 'TaskId'>;

/**
 * A call that its host does not hold the line for. It has no state of its own: what has become of it is what has become of its
 * approval, so that the two can never say different things; or, where it needed none, whether its end is known.
 */
export interface Task {
  readonly id: TaskId;
  /** Who may ask about it: this principal, through this client, at this endpoint. Having the id gives no right. */
  readonly principal: string;
  readonly client: string;
  /** The upstream whose endpoint it was made at; `null` for the endpoint of all. */
  readonly endpoint: string | null;
  /** `null`: the call needed no approval. */
  readonly approvalId: ApprovalId | null;
  /** The call as it was asked for, sealed: arguments are in no other place that lasts, unless redacted. */
  readonly sealedCall: string;
  /** What the call came to, for its host, sealed; `null` while that is not known. */
  readonly sealedResult: string | null;
  readonly createdMs: number;
  /** From then on it is unknown, like one that never was. */
  readonly expiresMs: number;
}
