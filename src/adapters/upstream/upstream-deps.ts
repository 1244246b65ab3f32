import type { Clock } from '../../ports/clock.ts';

/**
 * Something an operator should know about an upstream. Holds no credential, argument or result, save what a local process wrote to its
 * standard error before it ended, and no text that can fake a line.
 */
export interface UpstreamIncident {
  readonly upstream: string;
  readonly problem: string;
}

export interface UpstreamDeps {
  readonly clock: Clock;
  readonly report: (incident: UpstreamIncident) => void;
}

/** How the gateway introduces itself: `clientInfo`. */
export interface ClientInfo {
  readonly name: string;
  readonly version: string;
}
