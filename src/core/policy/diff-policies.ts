import type { Principal, PrincipalId } from '../identity/principal.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import type { Json } from '../json/value.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { decide } from './decide.ts';
import type { CompiledRule } from './target-plan.ts';

/** What becomes of tools for somebody, and what became of the rules themselves. */
export interface PolicyDiff {
  readonly access: readonly AccessChange[];
  readonly rules: readonly RuleChange[];
}

export interface AccessChange {
  /** `everybody`, `group sales` or `user alice`. */
  readonly who: string;
  readonly change: 'gains' | 'loses';
  readonly upstream: string;
  /** A name, or a pattern as it is written in either policy. */
  readonly tool: string;
  readonly before: Access;
  readonly after: Access;
  /** When the two begin to differ; `null`: they do already. */
  readonly fromMs: number | null;
}

/** What a listing would be told: the most that some arguments could get. */
export type Access = 'hidden' | 'deny' | 'approve' | 'allow';

export interface RuleChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly upstream: string;
  readonly id: string;
  /** Keys of the rule that differ; empty unless it changed. */
  readonly keys: readonly string[];
}

/**
 * Who gains or loses which tools. People are taken for one group, or one user, at a time, each with every scope that a rule asks for:
 * whoever is in several groups can be better or worse off than any of them. What everybody gains or loses is said once. Rules that come
 * into force later count, at the first moment that differs.
 */
export function diffPolicies(before: CompiledPolicy, after: CompiledPolicy, nowMs: number): PolicyDiff {
  const upstreams = sorted([...before.upstreams.keys(), ...after.upstreams.keys()]);
  const rules = upstreams.flatMap((upstream) =>
    diffRules(rulesOf(before, upstream), rulesOf(after, upstream), upstream),
  );
  const access = upstreams.flatMap((upstream) => diffAccess(before, after, upstream, nowMs));
  return { access, rules };
}

function diffAccess(before: CompiledPolicy, after: CompiledPolicy, upstream: string, nowMs: number): AccessChange[] {
  const all = [...rulesOf(before, upstream), ...rulesOf(after, upstream)];
  const scopes = sorted(all.flatMap(({ rule }) => rule.who.scopes));
  const starts = all.flatMap(({ rule }) => rule.fromMs ?? []).filter((fromMs) => fromMs > nowMs);
  const moments = [nowMs, ...new Set(starts.toSorted((a, b) => a - b))];
  const tools = sorted([...toolsOf(before, upstream), ...toolsOf(after, upstream)]);
  return tools.flatMap((tool) => {
    const changeFor = ({ who, principal }: Person): AccessChange | null => {
      for (const momentMs of moments) {
        const accessIn = (policy: CompiledPolicy): Access => accessOf(policy, upstream, tool, principal, momentMs);
        const [was, is] = [accessIn(before), accessIn(after)];
        const change = OPENNESS[is] > OPENNESS[was] ? 'gains' : 'loses';
        const fromMs = momentMs === nowMs ? null : momentMs;
        if (was !== is) return { who, change, upstream, tool, before: was, after: is, fromMs };
      }
      return null;
    };
    const everybody = changeFor(person('everybody', '', [], scopes));
    const others = peopleOf(all, scopes).flatMap((each) => changeFor(each) ?? []);
    const isSame = ({ before: was, after: is }: AccessChange): boolean =>
      was === everybody?.before && is === everybody.after;
    return [...(everybody === null ? [] : [everybody]), ...others.filter((each) => !isSame(each))];
  });
}

const OPENNESS: Readonly<Record<Access, number>> = { hidden: 0, deny: 1, approve: 2, allow: 3 };

function accessOf(policy: CompiledPolicy, upstream: string, tool: string, principal: Principal, nowMs: number): Access {
  // A pattern stands for tools that nobody has named yet.
  const name = tool.replaceAll('*', 'x');
  const decision = decide(policy, { principal, target: { kind: 'tool', upstream, name }, args: null, nowMs });
  return decision.effect === 'deny' && decision.hidden ? 'hidden' : decision.effect;
}

interface Person {
  readonly who: string;
  readonly principal: Principal;
}

function peopleOf(rules: readonly CompiledRule[], scopes: readonly string[]): Person[] {
  const groups = sorted(rules.flatMap(({ rule }) => rule.who.groups ?? []));
  const users = sorted(rules.flatMap(({ rule }) => rule.who.users ?? []));
  return [
    ...groups.map((group) => person(`group ${group}`, '', [group], scopes)),
    ...users.map((user) => person(`user ${user}`, user, [], scopes)),
  ];
}

function person(who: string, user: string, groups: readonly string[], scopes: readonly string[]): Person {
  const id = user as PrincipalId;
  const principal = {
    id,
    name: user,
    groups,
    scopes,
    tenant: null,
    client: '',
    credentialId: '',
    issuer: '',
    resources: null,
  };
  return { who, principal };
}

function toolsOf(policy: CompiledPolicy, upstream: string): string[] {
  const named = rulesOf(policy, upstream).flatMap(({ rule }) =>
    rule.subject.kind === 'tools' ? rule.subject.patterns : [],
  );
  return [...named, ...(policy.upstreams.get(upstream)?.classified ?? [])];
}

function rulesOf(policy: CompiledPolicy, name: string): readonly CompiledRule[] {
  const upstream = policy.upstreams.get(name);
  return upstream === undefined ? [] : [...upstream.rules, ...upstream.rulesElsewhere];
}

function diffRules(before: readonly CompiledRule[], after: readonly CompiledRule[], upstream: string): RuleChange[] {
  const old = new Map(before.map((rule) => [rule.rule.id, rule]));
  const now = new Map(after.map((rule) => [rule.rule.id, rule]));
  return sorted([...old.keys(), ...now.keys()]).flatMap((id): RuleChange[] => {
    const [was, is] = [old.get(id), now.get(id)];
    if (was === undefined) return [{ change: 'added', upstream, id, keys: [] }];
    if (is === undefined) return [{ change: 'removed', upstream, id, keys: [] }];
    const keys = changedKeys(was, is);
    return keys.length === 0 ? [] : [{ change: 'changed', upstream, id, keys }];
  });
}

function changedKeys({ rule: before }: CompiledRule, { rule: after }: CompiledRule): string[] {
  const textOf = (value: unknown): string => canonicalJson(JSON.parse(JSON.stringify(value)) as Json);
  return sorted(Object.keys(after)).filter((key) => {
    const name = key as keyof typeof after;
    return textOf(before[name]) !== textOf(after[name]);
  });
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted();
}
