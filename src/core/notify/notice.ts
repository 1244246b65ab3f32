export const NOTICE_TYPES = [
  'approval.requested',
  'approval.decided',
  'approval.expired',
  'approval.executed',
  'kill-switch.changed',
  'tool.drift',
  'config.reload-failed',
] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** Beside `type`, `summary` and `url`. What a type does not know is left out. */
export const NOTICE_FACTS = [
  'approvalId',
  'killSwitchId',
  'pinId',
  'status',
  'requester',
  'client',
  'upstream',
  'tool',
  'reason',
  'expiresAt',
  'decidedBy',
] as const;
export type NoticeFacts = Readonly<Partial<Record<(typeof NOTICE_FACTS)[number], string>>>;

/**
 * What people outside are told: enough to know that somebody must look, and where. Never the arguments: a notice goes through systems that
 * the gateway knows nothing of, and deciding happens on the authenticated page.
 */
export interface Notice {
  /** `approval.digest`: several requests in one, for a receiver that wants them so. */
  readonly type: NoticeType | 'approval.digest';
  /** Notices of one subject tell its states, one after the other. */
  readonly subject: string;
  readonly facts: NoticeFacts;
  /** Where a person finds it, after signing in. */
  readonly url: string;
  /** All of it in one sentence. */
  readonly summary: string;
}
