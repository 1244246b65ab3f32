import type { Era } from '../../core/mcp/revisions.ts';
import { ok } from '../../core/result.ts';
import { createVerdicts, type Verdicts, type VerdictsDeps } from './verdicts.ts';

export type EraSetting = 'auto' | 'legacy' | '2026-07-28';

/** Remembers which era an upstream is of. */
export type EraKeeper = Verdicts<Era>;

export interface EraKeeperDeps extends VerdictsDeps<Era> {
  readonly setting: EraSetting;
}

export function createEraKeeper(deps: EraKeeperDeps, knownMs: number): EraKeeper {
  if (deps.setting === 'auto') return createVerdicts(deps, knownMs);
  const fixed: Era = deps.setting === 'legacy' ? 'legacy' : 'modern';
  return { current: () => ok(fixed), doubt: () => undefined, known: () => fixed };
}
