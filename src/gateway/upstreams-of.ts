import type { Upstream } from '../ports/upstream.ts';
import type { CallDeps } from './deps.ts';
import type { RequestContext } from './gateway.ts';

/** The upstreams of an endpoint, sorted by name, so that the same catalogue is always listed the same way. */
export function upstreamsOf(
  { upstreams }: Pick<CallDeps, 'upstreams'>,
  { endpoint }: Pick<RequestContext, 'endpoint'>,
): readonly Upstream[] {
  if (endpoint.kind === 'all') return [...upstreams.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const upstream = upstreams.get(endpoint.upstream);
  return upstream === undefined ? [] : [upstream];
}
