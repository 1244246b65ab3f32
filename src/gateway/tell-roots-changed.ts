import { grantsSome } from '../core/policy/claims.ts';
import { admit } from './admit.ts';
import type { CallDeps } from './deps.ts';
import type { RequestContext } from './gateway.ts';
import { upstreamsOf } from './upstreams-of.ts';

/**
 * Passes on that the roots of a host have changed, without a word of the host's: to the upstreams that the operator lets ask for roots and
 * of which this person may use anything. Recorded, because it is a way to an upstream.
 */
export async function tellRootsChanged(deps: CallDeps, context: RequestContext): Promise<void> {
  if (!context.capabilities.roots) return;
  const { principal } = context;
  const told = upstreamsOf(deps, context).filter(({ name }) => {
    const facts = { principal: principal.id, client: principal.client, upstream: name, tool: null, class: null };
    const isAsked = deps.askRules(name).roots && grantsSome(deps.policy(), name, principal);
    return isAsked && deps.killSwitches.find(facts) === null;
  });
  if (told.length === 0 || (await admit(deps, context, 'notifications/roots/list_changed')) !== null) return;
  for (const upstream of told) upstream.tellRootsChanged({ principal: principal.id });
}
