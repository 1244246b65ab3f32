import type { Notice } from '../core/notify/notice.ts';

/** Tells people outside. Never throws and never waits: nothing that is governed depends on whether somebody was told. */
export interface Notifier {
  notify(notice: Notice): void;
}
