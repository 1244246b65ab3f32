import type { AnswerRoom } from '../../ports/answer-room.ts';
import type { McpPlaneLimits } from './plane-options.ts';
import { shareOf } from './share-of.ts';

type UnreadLimits = Pick<McpPlaneLimits, 'unreadBytesMax' | 'unreadWaitsMax'>;

/** What large answers take that are arriving, or that their readers have not taken yet. */
export interface UnreadAnswers {
  open(principal: string): UnreadAnswer;
}

export interface UnreadAnswer extends AnswerRoom {
  /** It is there, and takes exactly this much. */
  settle(bytes: number): void;
  /** It is read, or its reader is gone. What still arrives for it is bounded by others. */
  close(): void;
}

interface Account {
  readonly principal: string;
  bytes: number;
  isClosed: boolean;
}

interface Wait {
  readonly account: Account;
  readonly bytes: number;
  readonly onTaken: () => void;
}

/**
 * One principal gets no more than their share, so that readers who do not read leave room to others. One answer at a time may take more
 * than there is, beside what is counted: one that has begun to arrive and of which nobody could tell how long it is, or the only one of
 * its principal. Without it, several that are half there could wait for each other, and one that is larger than everything in vain.
 */
export function createUnreadAnswers({ unreadBytesMax, unreadWaitsMax }: UnreadLimits): UnreadAnswers {
  const byPrincipal = new Map<string, number>();
  const waits = new Set<Wait>();
  let allBytes = 0;
  let overdrawn: Account | null = null;

  function add(account: Account, bytes: number): void {
    allBytes += bytes;
    account.bytes += bytes;
    const own = ownOf(account) + bytes;
    if (own === 0) byPrincipal.delete(account.principal);
    else byPrincipal.set(account.principal, own);
  }

  const ownOf = ({ principal }: Account): number => byPrincipal.get(principal) ?? 0;
  const fits = (account: Account, bytes: number): boolean =>
    allBytes + bytes <= unreadBytesMax && ownOf(account) + bytes <= shareOf(unreadBytesMax);

  function take(account: Account, bytes: number): boolean {
    if (account.isClosed || overdrawn === account) return true;
    if (fits(account, bytes)) add(account, bytes);
    else if (overdrawn === null && (account.bytes > 0 || ownOf(account) === 0)) overdrawn = account;
    else return false;
    return true;
  }

  function wake(): void {
    for (const wait of waits) {
      if (!take(wait.account, wait.bytes)) continue;
      waits.delete(wait);
      wait.onTaken();
    }
  }

  function settle(account: Account, bytes: number): void {
    const more = bytes - account.bytes;
    if (account.isClosed || (overdrawn === account && !fits(account, more))) return;
    if (overdrawn === account) overdrawn = null;
    add(account, more);
    wake();
  }

  return {
    open(principal) {
      const account: Account = { principal, bytes: 0, isClosed: false };
      return {
        take: (bytes) => take(account, bytes),
        wait(bytes, onTaken) {
          if (waits.size >= unreadWaitsMax) return null;
          const wait = { account, bytes, onTaken };
          waits.add(wait);
          return () => waits.delete(wait);
        },
        giveBack: () => settle(account, 0),
        settle: (bytes) => settle(account, bytes),
        close() {
          account.isClosed = true;
          if (overdrawn === account) overdrawn = null;
          add(account, -account.bytes);
          wake();
        },
      };
    },
  };
}
