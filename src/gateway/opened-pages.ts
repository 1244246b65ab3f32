import type { Clock } from '../ports/clock.ts';

/** A page that a person was sent to by an upstream, which can say later that they are through with it (2025-11-25, "Elicitation"). */
export interface OpenedPage {
  readonly upstream: string;
  readonly principal: string;
  /** The upstream's own id, which the host never sees. */
  readonly elicitationId: string;
  /** Tells the session that was asked, and no other. */
  readonly tell: () => void;
}

export interface OpenedPages {
  add(page: OpenedPage): void;
  /** `principal`: in whose session it was said; `null`: in a process that all share. Told once; an id that is unknown tells nobody. */
  done(upstream: string, principal: string | null, elicitationId: string): void;
  /** Those whose time is over. */
  forgetOver(): void;
}

const PAGES_MAX = 500;
/** As long as a call may wait for people, and once more for the page. */
const KEPT_MS = 20 * 60_000;

export function createOpenedPages(clock: Clock): OpenedPages {
  /** In the order in which they were opened. */
  const pages = new Map<string, { readonly page: OpenedPage; readonly untilMs: number }>();
  return {
    add(page) {
      // Anew, so that the first is always the one that was opened first.
      pages.delete(keyOf(page));
      pages.set(keyOf(page), { page, untilMs: clock.monotonicMs() + KEPT_MS });
      const [oldest] = pages.keys();
      if (pages.size > PAGES_MAX && oldest !== undefined) pages.delete(oldest);
    },
    forgetOver() {
      for (const [key, { untilMs }] of pages) {
        if (untilMs > clock.monotonicMs()) break;
        pages.delete(key);
      }
    },
    done(upstream, principal, elicitationId) {
      for (const [key, { page, untilMs }] of pages) {
        const isIt = page.upstream === upstream && page.elicitationId === elicitationId;
        if (!isIt || (principal !== null && page.principal !== principal)) continue;
        pages.delete(key);
        if (untilMs > clock.monotonicMs()) page.tell();
      }
    },
  };
}

const keyOf = ({ upstream, principal, elicitationId }: OpenedPage): string =>
  JSON.stringify([upstream, principal, elicitationId]);
