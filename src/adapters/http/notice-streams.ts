import type { NoticeStream } from './notice-stream.ts';

/** The open streams of one listener on which hosts hear what they did not ask for just now. */
export interface NoticeStreams {
  /** `false`: its principal has too many. INVARIANT: what is added is removed. */
  add(stream: NoticeStream, principal: string): boolean;
  remove(stream: NoticeStream, principal: string): void;
  /** Something to be done with every period of keep-alive; returns the way to stop. */
  everyPeriod(work: () => void): () => void;
  /** Ends all of them, and everything that comes later. */
  end(): void;
}

export interface NoticeStreamsLimits {
  readonly streamKeepAliveMs: number;
  readonly noticeStreamsPerPrincipalMax: number;
}

/**
 * Ten thousand timers that fire together would keep a call waiting for all of them, so each period is cut into ticks, and each tick
 * does its share.
 */
const TICKS = 30;

export function createNoticeStreams(limits: NoticeStreamsLimits): NoticeStreams {
  /** When each is due next, in ticks; in the order in which they are due. */
  const due = new Map<NoticeStream, number>();
  const counts = new Map<string, number>();
  const works = new Set<() => void>();
  let tick = 0;
  let isEnded = false;
  let timer: NodeJS.Timeout | undefined;

  function onTick(): void {
    tick += 1;
    if (tick % TICKS === 0) for (const work of works) work();
    // Twice the even share: those that came in a crowd are spread out, and none comes late for ever.
    let left = Math.ceil((2 * due.size) / TICKS);
    for (const [stream, at] of due) {
      if (at > tick || left-- === 0) return;
      due.delete(stream);
      due.set(stream, tick + TICKS);
      stream.keepAlive();
    }
  }

  return {
    add(stream, principal) {
      const count = counts.get(principal) ?? 0;
      if (isEnded || count >= limits.noticeStreamsPerPrincipalMax) return false;
      counts.set(principal, count + 1);
      due.set(stream, tick + TICKS);
      timer ??= setInterval(onTick, limits.streamKeepAliveMs / TICKS).unref();
      return true;
    },
    remove(stream, principal) {
      if (!due.delete(stream)) return;
      const count = counts.get(principal) ?? 0;
      if (count > 1) counts.set(principal, count - 1);
      else counts.delete(principal);
    },
    everyPeriod(work) {
      works.add(work);
      timer ??= setInterval(onTick, limits.streamKeepAliveMs / TICKS).unref();
      return () => void works.delete(work);
    },
    end() {
      isEnded = true;
      clearInterval(timer);
      for (const stream of due.keys()) stream.end();
    },
  };
}
