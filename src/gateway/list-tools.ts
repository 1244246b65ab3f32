import { exposedDefinition } from '../core/catalog/exposed-definition.ts';
import { exposedName } from '../core/catalog/exposed-name.ts';
import type { JsonObject } from '../core/json/value.ts';
import type { KillFacts } from '../core/kill-switch/kill-switch.ts';
import type { CompiledPolicy } from '../core/policy/compile-policy.ts';
import { decide } from '../core/policy/decide.ts';
import type { Upstream } from '../ports/upstream.ts';
import { admit } from './admit.ts';
import type { CallDeps } from './deps.ts';
import type { HostError, RequestContext, ToolList } from './gateway.ts';
import { invalidCursor } from './host-errors.ts';

/**
 * The tools that this person may use here: asked of the same `decide` that a call will be asked of. What is left out cannot be called
 * either; this list is a courtesy, never the control.
 */
export async function listTools(
  deps: CallDeps,
  context: RequestContext,
  cursor: string | null,
): Promise<ToolList | HostError> {
  const refused = await admit(deps, context, 'tools/list');
  if (refused !== null) return refused;
  // Everything fits one page, so no cursor was ever given out.
  if (cursor !== null) return invalidCursor();

  const policy = deps.policy();
  const upstreams = upstreamsOf(deps, context).filter(
    ({ name }) => deps.killSwitches.find(listFacts(context, name)) === null,
  );
  const lists = await Promise.all(upstreams.map((upstream) => listOne(deps, policy, context, upstream)));
  return { kind: 'tools', tools: lists.flat(), nextCursor: null };
}

/** Sorted by name, so that the same catalogue is always listed the same way. */
function upstreamsOf(deps: CallDeps, { endpoint }: RequestContext): readonly Upstream[] {
  if (endpoint.kind === 'one') {
    const upstream = deps.upstreams.get(endpoint.upstream);
    return upstream === undefined ? [] : [upstream];
  }
  return [...deps.upstreams.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** An upstream that cannot be reached leaves out its own tools and nobody else's. */
async function listOne(
  deps: CallDeps,
  policy: CompiledPolicy,
  context: RequestContext,
  upstream: Upstream,
): Promise<readonly JsonObject[]> {
  const { principal, endpoint } = context;
  const listed = await deps.catalogue.tools(upstream, principal.id);
  if (!listed.ok) {
    const problem = `the tools of ${upstream.name} cannot be listed: ${listed.error.kind}: ${listed.error.detail}`;
    deps.report({ callId: context.callId, problem });
    return [];
  }
  const tools: JsonObject[] = [];
  for (const { name: tool, definition } of listed.value.byName.values()) {
    const ref = { upstream: upstream.name, tool };
    if (
      decide(policy, { principal, target: { kind: 'tool', upstream: upstream.name, name: tool }, args: null })
        .effect === 'deny'
    )
      continue;
    tools.push(exposedDefinition(definition, endpoint.kind === 'one' ? tool : exposedName(ref)));
  }
  return tools;
}

function listFacts({ principal }: RequestContext, upstream: string): KillFacts {
  return { principal: principal.id, client: principal.client, upstream, tool: null, class: null };
}
