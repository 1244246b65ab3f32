import { decide } from '../core/policy/decide.ts';
import type { CallDeps } from './deps.ts';
import { killFactsOf } from './governed-call.ts';
import type { HostCall } from './gateway.ts';
import { resolveTarget } from './steps/resolve-target.ts';

/** What is known of a call whose answer is asked for again. */
export type AnsweredCall = Pick<HostCall, 'context' | 'kind' | 'exposedName' | 'args'>;

/** Somebody who hears of a call again, maybe with another credential than the one that the call runs under. */
export interface Hearing {
  /** Aborts when they may hear no more: their credential is revoked, or a kill switch is pulled. */
  readonly signal: AbortSignal;
  leave(): void;
}

/**
 * Whether this very call could be made now: an answer that is told again is told by what is in force then. `null`: it could not. Nothing is
 * recorded; the request that asks for the answer is.
 */
export async function hearAgain(deps: CallDeps, call: AnsweredCall): Promise<Hearing | null> {
  const target = await resolveTarget(deps, call);
  if (target === null) return null;
  const { principal, signal } = call.context;
  const decision = decide(deps.policy(), { principal, target: target.ref, args: call.args, nowMs: deps.clock.nowMs() });
  if (decision.effect === 'deny') return null;
  const facts = killFactsOf(call, target, decision);
  // Entered before the switches are asked, so that none is pulled in between.
  const place = deps.inFlight.enter({ facts, credentialId: principal.credentialId }, signal);
  if (!place.signal.aborted && deps.killSwitches.find(facts) === null) return place;
  place.leave();
  return null;
}
