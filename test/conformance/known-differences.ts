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

/** Servers of the old era behind hosts of the new one: they lack words for some of what those ask. */
const LEGACY_UPSTREAMS = ['http-legacy', 'stdio-legacy', 'sse-legacy'] as const;

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    revision: '2026-07-28',
    scenario: 'input-required-result-basic-elicitation',
    checks: ['sep-2322-elicitation-incomplete', 'sep-2322-elicitation-complete'],
    upstreams: LEGACY_UPSTREAMS,
    reason:
      'the suite looks for the key `user_name`; a question of a legacy server has no key, so the gateway makes one up',
  },
  {
    revision: '2026-07-28',
    scenario: 'input-required-result-ignore-extra-params',
    checks: null,
    upstreams: LEGACY_UPSTREAMS,
    reason:
      'the suite answers under that key before it is asked; a question without a key cannot be told to be the one',
  },
  {
    revision: '2026-07-28',
    scenario: 'server-stateless',
    checks: ['sep-2575-server-rejects-undeclared-capability', 'sep-2575-missing-capability-http-400'],
    upstreams: LEGACY_UPSTREAMS,
    reason:
      'a legacy server that misses a capability of its host has no code for it: its tool fails, and says so in words',
  },
  {
    revision: '2026-07-28',
    scenario: 'http-custom-header-server-validation',
    checks: null,
    upstreams: UPSTREAMS,
    reason: 'hosts are never told to repeat arguments in headers, where every middle box could read them',
  },
  {
    revision: '2025-11-25',
    scenario: 'server-sse-polling',
    checks: null,
    upstreams: UPSTREAMS,
    reason:
      'a call is answered on its own connection, which the gateway does not end before the answer; polling is optional',
  },
];
