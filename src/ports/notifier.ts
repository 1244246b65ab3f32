import type { ApprovalNotice } from '../core/notify/approval-notice.ts';

/** Tells people outside. Never throws and never waits: nothing that is governed depends on whether somebody was told. */
export interface Notifier {
  notify(notice: ApprovalNotice): void;
}
