import type { UpstreamNotice } from '../../core/mcp/notices.ts';

type NoticeListener = (notice: UpstreamNotice, principal: string | null) => void;

/** Whom to tell what an upstream tells beside its answers. */
export interface NoticeBoard {
  readonly add: (listener: NoticeListener) => void;
  readonly announce: NoticeListener;
}

/** Different things that are told in one turn of the event loop. The rest is left out: no honest upstream has so much to tell. */
const TOLD_PER_TURN_MAX = 1_000;

/**
 * Tells the same thing once in a turn of the event loop: no list can have come between two announcements that are read together, and
 * an upstream that sends thousands of them must not make everybody's lists be gone through for each.
 */
export function createNoticeBoard(): NoticeBoard {
  const listeners = new Set<NoticeListener>();
  const told = new Set<string>();
  return {
    add: (listener) => {
      listeners.add(listener);
    },
    announce: (notice, principal) => {
      const key = JSON.stringify([notice, principal]);
      if (told.has(key) || told.size >= TOLD_PER_TURN_MAX) return;
      if (told.size === 0) setImmediate(() => told.clear());
      told.add(key);
      for (const listener of listeners) listener(notice, principal);
    },
  };
}
