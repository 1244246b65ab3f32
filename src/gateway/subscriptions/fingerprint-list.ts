import { listFingerprint } from '../../core/catalog/list-fingerprint.ts';
import type { Principal } from '../../core/identity/principal.ts';
import type { ListKind } from '../../core/mcp/notices.ts';
import { decide } from '../../core/policy/decide.ts';
import type { Upstream } from '../../ports/upstream.ts';
import type { CallDeps } from '../deps.ts';

/**
 * A text that is another whenever a list, as this principal may see it, is another; empty for an empty one. `null`: the upstream cannot
 * be asked now. Made of what a listing is made of, so that nobody hears of what they could not list.
 */
export async function fingerprintList(
  deps: CallDeps,
  principal: Principal,
  upstream: Upstream,
  list: ListKind,
): Promise<string | null> {
  const facts = { principal: principal.id, client: principal.client, upstream: upstream.name, tool: null, class: null };
  if (list !== 'tools' || deps.killSwitches.find(facts) !== null) return '';
  const listed = await deps.catalogue.tools(upstream, principal.id);
  if (!listed.ok) return null;
  const policy = deps.policy();
  const visible = [...listed.value.byName.values()].filter(({ name }) => {
    const target = { kind: 'tool', upstream: upstream.name, name } as const;
    return decide(policy, { principal, target, args: null }).effect !== 'deny';
  });
  return listFingerprint(visible.map(({ digest }) => digest));
}
