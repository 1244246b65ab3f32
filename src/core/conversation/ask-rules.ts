import type { AskCapabilities } from './capabilities.ts';

/** What the operator lets one upstream ask of people and their hosts. Everything is off until somebody turns it on. */
export interface AskRules extends AskCapabilities {
  /** Hosts that an elicitation may send people to: `login.example.com`, or `*.example.com` for every name below. */
  readonly elicitationUrlHosts: readonly string[];
  /** Whether log messages of this upstream reach hosts that ask for them. */
  readonly logging: boolean;
}

export const ASK_NOTHING: AskRules = {
  elicitationForm: false,
  elicitationUrl: false,
  elicitationUrlHosts: [],
  sampling: false,
  samplingTools: false,
  roots: false,
  apps: false,
  logging: false,
};

export function isHostAllowed(host: string, allowed: readonly string[]): boolean {
  return allowed.some((pattern) => (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern));
}
