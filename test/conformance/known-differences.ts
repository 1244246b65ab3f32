import { UPSTREAMS } from './fixture-world.ts';
import type { Revision } from './run-suite.ts';

/** Checks that are green at the fixture and not through the gateway, and why. An entry that is needed no longer fails the run. */
export interface KnownDifference {
  readonly revision: Revision;
  readonly scenario: string;
  /** `null`: all of the scenario. */
  readonly checks: readonly string[] | null;
  readonly upstreams: readonly string[];
  readonly reason: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    revision: '2026-07-28',
    scenario: 'http-custom-header-server-validation',
    checks: null,
    upstreams: UPSTREAMS,
    reason: 'hosts are never told to repeat arguments in headers, where every middle box could read them',
  },
];
