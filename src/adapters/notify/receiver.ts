import { hash } from 'node:crypto';
import type { Notice, NoticeType } from '../../core/notify/notice.ts';

export interface Message {
  /** The same for every attempt to deliver it. */
  readonly id: string;
  readonly notice: Notice;
  /** What a digest is of; empty for any other notice. */
  readonly members: readonly Notice[];
  /** When it happened, the last of them. */
  readonly timeMs: number;
}

/** What came of one attempt. The problem is in our words: a receiver's answer is a stranger's. */
export type Delivered =
  | { readonly kind: 'taken' }
  /** Try again, `afterMs` at the earliest where the receiver says. `isForOperator`: nothing will mend it but a change of ours. */
  | {
      readonly kind: 'failed';
      readonly problem: string;
      readonly afterMs: number | null;
      readonly isForOperator?: true;
    }
  /** This message will never be taken. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** No message will, until the next start. */
  | { readonly kind: 'gone'; readonly problem: string };

/** One place that is told. */
export interface Receiver {
  /** The same after a restart; tells nothing of a secret. */
  readonly key: string;
  /** For messages to the operator, without what may be a secret. */
  readonly name: string;
  readonly wants: (notice: Notice) => boolean;
  /** Requests that come within so long after one was told are told together. 0: each at once. */
  readonly digestMs: number;
  /** Attempts at once. */
  readonly attemptsMax: number;
  /** A newer notice of the same subject takes the place of one that waits. */
  readonly isNewestEnough: boolean;
  /** Never throws. */
  readonly deliver: (message: Message, signal: AbortSignal) => Promise<Delivered>;
}

export function wantsType(types: ReadonlySet<NoticeType>): (notice: Notice) => boolean {
  return ({ type }) => type === 'approval.digest' || types.has(type);
}

const RETRY_AFTER_MAX_S = 3600;

/** `Retry-After` in seconds, as far as it is sensible. The form with a date is left aside. Source: RFC 9110, 10.2.3. */
export function parseRetryAfter(value: string | readonly string[] | undefined): number | null {
  if (typeof value !== 'string' || !/^[0-9]{1,6}$/.test(value)) return null;
  return Math.min(Number(value), RETRY_AFTER_MAX_S) * 1000;
}

/** Names a receiver without what may be a secret, such as its URL. */
export function receiverKey(kind: string, ...parts: readonly string[]): string {
  return `${kind}_${hash('sha256', parts.join('\n'), 'base64url').slice(0, 22)}`;
}

/** Never the words of an error: they may quote what a peer sent. */
export function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return String(code ?? name);
}
