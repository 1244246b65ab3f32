import { ok, type Result } from '../../core/result.ts';
import type { Clock } from '../../ports/clock.ts';
import type { UpstreamFault } from '../../ports/upstream.ts';
import { beforeCall, notSent } from './fault.ts';
import { waitUnlessAborted } from './wait-unless-aborted.ts';

/** Remembers what was found out about an upstream, with a date: it belongs to the server, so it is found out once for all principals. */
export interface Verdicts<Verdict> {
  current(signal: AbortSignal): Result<Verdict, UpstreamFault> | Promise<Result<Verdict, UpstreamFault>>;
  /** An answer did not fit the verdict: ask again before the next call. */
  doubt(): void;
  known(): Verdict | null;
}

export interface VerdictsDeps<Verdict> {
  readonly clock: Clock;
  /** Asks the upstream. A fault is no evidence of anything. */
  readonly probe: () => Promise<Result<Verdict, UpstreamFault>>;
  readonly onChange: (verdict: Verdict) => void;
}

/** After a probe without evidence, the old verdict stands for this long before the next one. */
const RETRY_MS = 60_000;

export function createVerdicts<Verdict>(deps: VerdictsDeps<Verdict>, knownMs: number): Verdicts<Verdict> {
  let known: { readonly verdict: Verdict; readonly untilMs: number } | null = null;
  let probing: Promise<Result<Verdict, UpstreamFault>> | null = null;

  async function probe(): Promise<Result<Verdict, UpstreamFault>> {
    const found = await deps.probe();
    const before = known;
    const nowMs = deps.clock.monotonicMs();
    if (!found.ok && before === null) return beforeCall(found.error);
    const verdict = found.ok ? found.value : (before as { readonly verdict: Verdict }).verdict;
    known = { verdict, untilMs: nowMs + (found.ok ? knownMs : RETRY_MS) };
    if (before !== null && before.verdict !== verdict) deps.onChange(verdict);
    return ok(verdict);
  }

  return {
    current(signal) {
      if (known !== null && deps.clock.monotonicMs() < known.untilMs) return ok(known.verdict);
      probing ??= probe().finally(() => {
        probing = null;
      });
      return unlessAborted(probing, signal);
    },
    doubt() {
      if (known !== null) known = { verdict: known.verdict, untilMs: Number.NEGATIVE_INFINITY };
    },
    known: () => known?.verdict ?? null,
  };
}

async function unlessAborted<T>(
  shared: Promise<Result<T, UpstreamFault>>,
  signal: AbortSignal,
): Promise<Result<T, UpstreamFault>> {
  const outcome = await waitUnlessAborted(shared, signal);
  return outcome === 'aborted' ? notSent('aborted', 'given up before it was sent') : outcome;
}
