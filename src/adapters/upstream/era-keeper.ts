import type { Era } from '../../core/mcp/revisions.ts';
import { type Result, ok } from '../../core/result.ts';
import type { Clock } from '../../ports/clock.ts';
import type { UpstreamFault } from '../../ports/upstream.ts';
import { beforeCall, notSent } from './fault.ts';
import { waitUnlessAborted } from './wait-unless-aborted.ts';

export type EraSetting = 'auto' | 'legacy' | '2026-07-28';

/** Remembers which era an upstream is of. The era belongs to the server, so it is found out once for all principals. */
export interface EraKeeper {
  current(signal: AbortSignal): Result<Era, UpstreamFault> | Promise<Result<Era, UpstreamFault>>;
  /** An answer did not fit the verdict: ask again before the next call. */
  doubt(): void;
  known(): Era | null;
}

export interface EraKeeperDeps {
  readonly setting: EraSetting;
  readonly clock: Clock;
  /** Asks the upstream. A fault is no evidence of either era. */
  readonly probe: () => Promise<Result<Era, UpstreamFault>>;
  readonly onChange: (era: Era) => void;
}

/** After a probe without evidence, the old verdict stands for this long before the next one. */
const RETRY_MS = 60_000;

export function createEraKeeper(deps: EraKeeperDeps, knownMs: number): EraKeeper {
  const fixed = fixedEra(deps.setting);
  let verdict: { readonly era: Era; readonly untilMs: number } | null = null;
  let probing: Promise<Result<Era, UpstreamFault>> | null = null;

  async function probe(): Promise<Result<Era, UpstreamFault>> {
    const found = await deps.probe();
    const before = verdict;
    const nowMs = deps.clock.monotonicMs();
    if (!found.ok && before === null) return beforeCall(found.error);
    const era = found.ok ? found.value : (before?.era ?? 'legacy');
    verdict = { era, untilMs: nowMs + (found.ok ? knownMs : RETRY_MS) };
    if (before !== null && before.era !== era) deps.onChange(era);
    return ok(era);
  }

  return {
    current(signal) {
      if (fixed !== null) return ok(fixed);
      if (verdict !== null && deps.clock.monotonicMs() < verdict.untilMs) return ok(verdict.era);
      probing ??= probe().finally(() => {
        probing = null;
      });
      return unlessAborted(probing, signal);
    },
    doubt() {
      if (verdict !== null) verdict = { era: verdict.era, untilMs: Number.NEGATIVE_INFINITY };
    },
    known: () => fixed ?? verdict?.era ?? null,
  };
}

function fixedEra(setting: EraSetting): Era | null {
  if (setting === 'auto') return null;
  return setting === 'legacy' ? 'legacy' : 'modern';
}

async function unlessAborted<T>(
  shared: Promise<Result<T, UpstreamFault>>,
  signal: AbortSignal,
): Promise<Result<T, UpstreamFault>> {
  const outcome = await waitUnlessAborted(shared, signal);
  return outcome === 'aborted' ? notSent('aborted', 'given up before it was sent') : outcome;
}
