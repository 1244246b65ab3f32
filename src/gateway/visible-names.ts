import type { ListKind } from '../core/catalog/listed.ts';
import type { Principal } from '../core/identity/principal.ts';
import { claimantsOf } from '../core/policy/claims.ts';
import { decide } from '../core/policy/decide.ts';
import { findUpstreamPolicy } from '../core/policy/own-policy.ts';
import type { DecisionTarget } from '../core/policy/decision.ts';
import type { UpstreamList } from './catalogue.ts';
import type { CallDeps } from './deps.ts';
import type { Endpoint } from './gateway.ts';

/** Of one upstream's list what this person may use, in its order: nothing that a use of it would be denied. */
export function visibleNames(
  deps: Pick<CallDeps, 'policy' | 'clock' | 'upstreams'>,
  { principal, endpoint }: { readonly principal: Principal; readonly endpoint: Endpoint },
  kind: ListKind,
  upstream: string,
  list: UpstreamList,
): readonly string[] {
  const policy = deps.policy();
  const nowMs = deps.clock.nowMs();
  const isRouted = endpoint.kind === 'all' && (kind === 'resources' || kind === 'templates');
  // Arguments decide about tools and prompts, and a list does not know them; a resource is known by its URI.
  const args = isRouted || kind === 'resources' || kind === 'templates' ? {} : null;
  const visible: string[] = [];
  for (const name of list.byName.keys()) {
    const target = { kind: TARGETS[kind], upstream, name };
    if (decide(policy, { principal, target, args, nowMs }).effect === 'deny') continue;
    if (isRouted && claimantsOf(policy, [...deps.upstreams.keys()], target).length !== 1) continue;
    visible.push(name);
  }
  return visible;
}

/** Those of some tools that a person must agree to, as far as that can be told without arguments. */
export function heldTools(
  deps: Pick<CallDeps, 'policy' | 'clock'>,
  { principal }: { readonly principal: Principal },
  upstream: string,
  names: readonly string[],
): readonly string[] {
  const policy = deps.policy();
  const nowMs = deps.clock.nowMs();
  const isHeld = (name: string): boolean =>
    decide(policy, { principal, target: { kind: 'tool', upstream, name }, args: null, nowMs }).effect === 'approve';
  return names.filter(isHeld);
}

/** Those of some tools that do more than read, by the policy and for some arguments at least. */
export function writingTools(
  deps: Pick<CallDeps, 'policy'>,
  upstream: string,
  names: readonly string[],
): readonly string[] {
  const planFor = findUpstreamPolicy(deps.policy(), upstream)?.planFor;
  return names.filter((name) => {
    const plan = planFor?.({ kind: 'tool', name });
    return plan?.classifier.possible.every((toolClass) => toolClass === 'read') !== true;
  });
}

const TARGETS: Readonly<Record<ListKind, DecisionTarget['kind']>> = {
  tools: 'tool',
  resources: 'resource',
  templates: 'template',
  prompts: 'prompt',
};
