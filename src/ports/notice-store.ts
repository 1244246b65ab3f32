import type { Notice } from '../core/notify/notice.ts';

/** A notice that a receiver has not taken yet. */
export interface WaitingNotice {
  /** Of the message: the same for every attempt. */
  readonly id: string;
  readonly receiver: string;
  readonly notice: Notice;
  /** When it happened. */
  readonly timeMs: number;
  /** How often it was tried. */
  readonly attempts: number;
  /** When it is tried next. */
  readonly dueMs: number;
}

export type NoticeKey = Pick<WaitingNotice, 'id' | 'receiver'>;

/** What a receiver calls the message that it made of a subject, so that it can be changed later. */
export interface NoticeMark {
  readonly receiver: string;
  readonly subject: string;
  readonly mark: string;
  readonly timeMs: number;
}

/**
 * Keeps what is to be told over restarts. It has no part in any decision, so it records nothing in the log. Throws `StoreError` when it
 * cannot answer.
 */
export interface NoticeStore {
  /** Everything that waits, the oldest first. */
  load(): Promise<readonly WaitingNotice[]>;
  /** Adds, or replaces the one with the same id and receiver. */
  put(notices: readonly WaitingNotice[]): Promise<void>;
  remove(keys: readonly NoticeKey[]): Promise<void>;
  /** Replaces the mark of the same subject, and forgets marks from before `forgetBeforeMs`. */
  saveMark(mark: NoticeMark, forgetBeforeMs: number): Promise<void>;
  /** `null` where there is none. */
  findMark(receiver: string, subject: string): Promise<string | null>;
}
