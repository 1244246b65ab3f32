import type { KillFacts } from '../core/kill-switch/kill-switch.ts';
import type { DurableRound } from '../core/mcp/request-state.ts';
import type { Place } from './in-flight.ts';

/** What goes with a question, so that another process can go on with the call once its host has answered. */
export interface DurableAsk {
  /** For the host to carry, sealed. */
  readonly round: DurableRound;
  /** By which a kill switch finds the call, also while nobody runs it. */
  readonly facts: KillFacts;
  /** The one that the call was sent with: its end ends the call. */
  readonly credentialId: string;
  /** Where both find it in this process. */
  readonly place: Place;
}

/** The same for a call that its upstream made a task of: it waits for no host, so the store keeps all of it. */
export interface DurableTask {
  readonly upstream: string;
  /** By the name of its owner. */
  readonly target: string;
  /** Of the arguments with what the policy filled in. */
  readonly sentDigest: string;
  readonly bookmark: string;
}
