import type { JsonObject } from '../../core/json/value.ts';
import type { Clock } from '../../ports/clock.ts';
import type { UpstreamProgress } from '../../ports/upstream.ts';

/**
 * Lets progress of one call through that an honest upstream would send: growing, for this very call, not too often. As many as a second
 * may have can come at once, because the first steps of a short call, and its last, do.
 */
export type ProgressGate = (params: JsonObject | null) => void;

const MESSAGE_CHARS_MAX = 1000;

export function createProgressGate(
  deps: { readonly clock: Clock; readonly token: number; readonly onProgress: (progress: UpstreamProgress) => void },
  perSecondMax: number,
): ProgressGate {
  const gapMs = 1000 / perSecondMax;
  let last = Number.NEGATIVE_INFINITY;
  /** When all that passed would have, had it come evenly. */
  let paidUntilMs = Number.NEGATIVE_INFINITY;

  return (params) => {
    const progress = parseProgress(params, deps.token);
    if (progress === null || progress.progress <= last) return;
    const nowMs = deps.clock.monotonicMs();
    if (paidUntilMs - nowMs > 1000 - gapMs) return;
    last = progress.progress;
    paidUntilMs = Math.max(paidUntilMs, nowMs) + gapMs;
    deps.onProgress(progress);
  };
}

function parseProgress(params: JsonObject | null, token: number): UpstreamProgress | null {
  if (params === null || params['progressToken'] !== token) return null;
  const { progress, total, message } = params;
  if (typeof progress !== 'number') return null;
  return {
    progress,
    total: typeof total === 'number' ? total : null,
    message: typeof message === 'string' ? message.slice(0, MESSAGE_CHARS_MAX).toWellFormed() : null,
  };
}
