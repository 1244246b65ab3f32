import { countText } from '../core/audit/verify/say-verdict.ts';
import type { CliContext } from './cli-context.ts';

/** How far something long is, on one line of a terminal; nothing elsewhere. */
export interface Progress {
  show(entries: number): void;
  /** Takes the line away. */
  end(): void;
}

const EVERY_MS = 200;

export function createProgress(context: Pick<CliContext, 'stderr' | 'isStderrTty' | 'nowMs'>): Progress {
  let shownMs = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    show(entries) {
      const nowMs = context.nowMs();
      if (!context.isStderrTty || nowMs - shownMs < EVERY_MS) return;
      shownMs = nowMs;
      isShown = true;
      context.stderr.write(`\r${countText(entries)} entries`);
    },
    end() {
      if (isShown) context.stderr.write('\r\u001b[K');
    },
  };
}
