import type { GrantTerms } from '../approval/particulars.ts';
import type { PolicyOptions } from './compile-policy.ts';
import type { ApprovalTerms } from './decision.ts';
import type { PolicyApproval } from './policy-file.ts';
import type { CompiledRule } from './target-plan.ts';

type Defaults = Pick<PolicyOptions, 'approvalExpiresMs' | 'approversMin'>;

/** Where no rule says more. */
export function defaultTerms({ approvalExpiresMs, approversMin }: Defaults): ApprovalTerms {
  return {
    approverGroups: [],
    approversNeeded: approversMin,
    expiresInMs: approvalExpiresMs,
    approverUsers: [],
    byRequester: false,
    summary: null,
    preview: null,
    confirm: null,
    reauthenticateMs: null,
    grant: null,
  };
}

/**
 * The terms that satisfy every rule that asks for approval: approvers whom all of them accept, as many as the strictest wants, before
 * the first of them expires. The requester confirms only where every rule leaves it to them, and the environment asks for no second
 * person.
 * `null` where their groups or people have none in common: whoever is in both may exist, but to guess that would be to weaken one of
 * the rules.
 */
export function combineTerms(asking: readonly CompiledRule[], defaults: Defaults): ApprovalTerms | null {
  const asked = asking.map(({ rule }) => rule.approval ?? null);
  const said = asked.filter((each) => each !== null);
  const approverGroups = common(said.map(({ groups }) => groups));
  const approverUsers = common(said.map(({ users }) => users));
  if (approverGroups === null || approverUsers === null) return null;
  const standard = defaultTerms(defaults);
  const first = <T>(of: (terms: PolicyApproval) => T | null): T | null =>
    said.map(of).find((value) => value !== null) ?? null;
  return {
    approverGroups,
    approverUsers,
    approversNeeded: Math.max(standard.approversNeeded, ...said.map(({ count }) => count)),
    expiresInMs: Math.min(...asked.map((each) => each?.expiresMs ?? standard.expiresInMs)),
    byRequester: standard.approversNeeded <= 1 && asked.every((each) => each?.byRequester === true),
    summary: first(({ summary }) => summary),
    preview: first(({ preview }) => preview),
    confirm: first(({ confirm }) => confirm),
    reauthenticateMs: leastOf(said.map(({ reauthenticateMs }) => reauthenticateMs)),
    grant: asked.every((each) => each !== null) ? commonGrant(said.map(({ grant }) => grant)) : null,
  };
}

/**
 * The same for a listing, which cannot tell which conditions on arguments will hold: where all of them together leave nobody to ask, those that
 * ask in any case count, or else one of the others.
 */
export function possibleTerms(asking: readonly CompiledRule[], defaults: Defaults): ApprovalTerms | null {
  const all = combineTerms(asking, defaults);
  const certain = asking.filter(({ condition }) => condition?.usesArgs !== true);
  if (all !== null || certain.length === asking.length) return all;
  return combineTerms(certain.length === 0 ? asking.slice(0, 1) : certain, defaults);
}

/** Empty means "nobody in particular is asked for", so an empty intersection must not get that far: `null`. */
function common(lists: readonly (readonly string[])[]): readonly string[] | null {
  const asked = lists.filter((list) => list.length > 0);
  const [first] = asked;
  if (first === undefined) return [];
  const shared = first.filter((name) => asked.every((list) => list.includes(name)));
  return shared.length === 0 ? null : shared.toSorted();
}

function leastOf(values: readonly (number | null)[]): number | null {
  const given = values.filter((value) => value !== null);
  return given.length === 0 ? null : Math.min(...given);
}

/** Only what every rule offers. */
function commonGrant(grants: readonly (GrantTerms | null)[]): GrantTerms | null {
  const offered = grants.filter((grant) => grant !== null);
  if (offered.length === 0 || offered.length < grants.length) return null;
  return {
    count: Math.min(...offered.map(({ count }) => count)),
    forMs: Math.min(...offered.map(({ forMs }) => forMs)),
  };
}
