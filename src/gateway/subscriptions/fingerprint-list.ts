import { listFingerprint } from '../../core/catalog/list-fingerprint.ts';
import type { ListKind as CatalogueList } from '../../core/catalog/listed.ts';
import type { Principal } from '../../core/identity/principal.ts';
import type { ListKind } from '../../core/mcp/notices.ts';
import { speaksOf } from '../../core/policy/claims.ts';
import type { Upstream } from '../../ports/upstream.ts';
import type { CallDeps } from '../deps.ts';
import { visibleNames } from '../visible-names.ts';

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
  if (deps.killSwitches.find(facts) !== null) return '';
  const digests: string[] = [];
  for (const kind of LISTED[list]) {
    if (kind !== 'tools' && !speaksOf(deps.policy(), upstream.name, kind === 'prompts' ? 'prompts' : 'resources'))
      continue;
    const listed = await deps.catalogue.list(kind, upstream, principal.id);
    if (!listed.ok) return null;
    const names = visibleNames(
      deps,
      { principal, endpoint: { kind: 'one', upstream: upstream.name } },
      kind,
      upstream.name,
      listed.value,
    );
    digests.push(...names.map((name) => listed.value.byName.get(name)?.digest ?? ''));
  }
  return listFingerprint(digests);
}

/** A change of the templates is told as one of the resources (MCP, "List Changed Notification"). */
const LISTED: Readonly<Record<ListKind, readonly CatalogueList[]>> = {
  tools: ['tools'],
  prompts: ['prompts'],
  resources: ['resources', 'templates'],
};
