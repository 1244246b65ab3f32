import { addUse, createUsage, slotOf, type Usage, usedAt } from '../core/limits/usage.ts';
import type { CompiledPolicy } from '../core/policy/compile-policy.ts';
import type { PlacedWatch } from '../core/policy/policy-watch.ts';
import type { ReasonCode } from '../core/policy/reasons.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperatorReport } from './deps.ts';
import type { KillSwitches } from './kill-switches.ts';

/**
 * Counts what watch rules look out for. In memory alone: a restart begins anew, and so does whoever is pushed out by too many others.
 * What must be exact is a limit.
 */
export interface Watch {
  /** Counts a denial, and stops the person where that was one too many. */
  denied(policy: CompiledPolicy, denial: WatchedDenial): void;
  /** Counts a call, and gives the rule by which it is one too many of the same. */
  findTooMany(policy: CompiledPolicy, call: WatchedCall): PlacedWatch | null;
}

export interface WatchedDenial {
  readonly principal: string;
  /** `null` where the name stood for nothing: then the rules of every upstream count it. */
  readonly upstream: string | null;
  readonly codes: readonly ReasonCode[];
}

export interface WatchedCall {
  readonly principal: string;
  readonly upstream: string;
  readonly tool: string;
  readonly argsDigest: string;
}

export interface WatchDeps {
  readonly clock: Clock;
  readonly killSwitches: KillSwitches;
  readonly report: (problem: OperatorReport) => void;
}

/** Counters of each kind. The ones that were not used for longest go first. */
const COUNTERS_MAX = 20_000;

/** These say that the gateway or an upstream cannot, or not now, and nothing of what somebody tries. */
const NOT_TRIED: ReadonlySet<ReasonCode> = new Set([
  'kill_switch',
  'overloaded',
  'approval_backlog',
  'store_unavailable',
  'upstream_unavailable',
  'internal_error',
]);

export function createWatch(deps: WatchDeps): Watch {
  const denials = new Map<string, Usage>();
  const calls = new Map<string, Usage>();

  function freeze(principal: string, { place }: PlacedWatch, count: number): void {
    const isFrozen = deps.killSwitches
      .current()
      .some(({ scope }) => 'principal' in scope && scope.principal === principal);
    if (isFrozen) return;
    deps.report({ callId: null, problem: `a person is stopped after ${count} denials: ${place}` });
    const reason = `The watch rule at ${place} counted ${count} denials. Look at what was tried, then release this switch.`;
    // In force before it resolves; whether it is stored is reported by the switch itself.
    void deps.killSwitches.pull({ scope: { principal }, reason, expiresMs: null, by: 'gateway' });
  }

  return {
    denied(policy, { principal, upstream, codes }) {
      if (codes.some((code) => NOT_TRIED.has(code))) return;
      const rules = upstream === null ? [...policy.watch.values()].flat() : (policy.watch.get(upstream) ?? []);
      for (const rule of rules) {
        if (rule.on !== 'repeated-denials') continue;
        const key = JSON.stringify([rule.place, principal]);
        const counted = countOne(denials, key, rule.windowMs, deps.clock.nowMs());
        if (counted < rule.count) continue;
        denials.delete(key);
        freeze(principal, rule, counted);
      }
    },
    findTooMany(policy, { principal, upstream, tool, argsDigest }) {
      for (const rule of policy.watch.get(upstream) ?? []) {
        if (rule.on !== 'identical-calls') continue;
        const key = JSON.stringify([rule.place, principal, tool, argsDigest]);
        const counted = countOne(calls, key, rule.windowMs, deps.clock.nowMs());
        if (counted < rule.count) continue;
        deps.report({ callId: null, problem: `the same call came ${counted} times: ${rule.place}` });
        return rule;
      }
      return null;
    },
  };
}

function countOne(counters: Map<string, Usage>, key: string, windowMs: number, nowMs: number): number {
  const usage = counters.get(key) ?? createUsage();
  // Put at the end, so that the first is the one that was not used for longest.
  counters.delete(key);
  counters.set(key, usage);
  addUse(usage, slotOf(nowMs, windowMs), 1, nowMs, windowMs);
  const [oldest] = counters.keys();
  if (counters.size > COUNTERS_MAX && oldest !== undefined) counters.delete(oldest);
  return usedAt(usage, nowMs, windowMs);
}
