import type { Principal } from '../identity/principal.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { DecisionTarget } from './decision.ts';
import { findUpstreamPolicy } from './own-policy.ts';
import type { SubjectKind } from './matchers/subject.ts';

/**
 * The upstreams of which some rule grants this URI, or every URI of this template, to anybody at all. Whose resource it is at the
 * endpoint of all upstreams: the only claimant's. It depends on the operator's words alone, so no upstream can claim what is
 * another's, and no person is led elsewhere than the next.
 */
export function claimantsOf(
  policy: CompiledPolicy,
  upstreams: readonly string[],
  target: Omit<DecisionTarget, 'upstream'>,
): readonly string[] {
  return upstreams.filter((name) => {
    const plan = policy.upstreams.get(name)?.planFor(target) ?? null;
    return plan !== null && plan.rulesFor('read').grants.length > 0;
  });
}

/** What a host may be told that there is, before anything of it is asked for. */
export interface Offers {
  readonly resources: boolean;
  readonly prompts: boolean;
  readonly completions: boolean;
}

/** Whether some rule grants this person something of the kind, of one of these upstreams. */
export function offersTo(policy: CompiledPolicy, upstreams: readonly string[], principal: Principal): Offers {
  const rules = upstreams.flatMap((name) => policy.upstreams.get(name)?.rules ?? []);
  const granted = rules.filter(
    ({ rule, matchWho }) =>
      rule.effect !== 'deny' && GRANTABLE.has(rule.subject.kind) && matchWho(principal).kind === 'matched',
  );
  const isAbout = (kind: SubjectKind): boolean => granted.some(({ rule }) => rule.subject.kind === `${kind}s`);
  const completions = granted.some(({ rule }) => 'completion' in rule.subject && rule.subject.completion);
  return { resources: isAbout('resource'), prompts: isAbout('prompt'), completions };
}

/** Whether this person has anything at all to do with the upstream, so that its name is no news. */
export function grantsSome(policy: CompiledPolicy, upstream: string, principal: Principal): boolean {
  const rules = findUpstreamPolicy(policy, upstream)?.rules ?? [];
  return rules.some(({ rule, matchWho }) => rule.effect !== 'deny' && matchWho(principal).kind === 'matched');
}

/** Whether some rule is about resources, or about prompts, of the upstream. */
export function speaksOf(policy: CompiledPolicy, upstream: string, kind: 'resources' | 'prompts'): boolean {
  return policy.upstreams.get(upstream)?.rules.some(({ rule }) => rule.subject.kind === kind) ?? false;
}

const GRANTABLE: ReadonlySet<string> = new Set(['resources', 'prompts']);
