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
  /** A request that the upstream sent without having been offered it; it was refused, or left without an answer. */
  readonly onUninvited?: (upstream: string, method: string) => void;
}

/** What the parts of one upstream tell, which need not know its name. */
export interface Told {
  readonly report: (problem: string) => void;
  readonly onUninvited: (method: string) => void;
}

export function toldOf(upstream: string, { report, onUninvited }: UpstreamDeps): Told {
  return {
    report: (problem) => report({ upstream, problem }),
    onUninvited: (method) => onUninvited?.(upstream, method),
  };
}

/** How the gateway introduces itself: `clientInfo`. */
export interface ClientInfo {
  readonly name: string;
  readonly version: string;
}
