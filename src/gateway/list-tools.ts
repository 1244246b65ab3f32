import { exposedDefinition } from '../core/catalog/exposed-definition.ts';
import { exposedName } from '../core/catalog/exposed-name.ts';
import type { JsonObject } from '../core/json/value.ts';
import type { CompiledPolicy } from '../core/policy/compile-policy.ts';
import { decide } from '../core/policy/decide.ts';
import { StoreError } from '../ports/store-error.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { CallDeps } from './deps.ts';
import type { HostError, RequestContext, ToolList } from './gateway.ts';
import { internalError, invalidCursor, stoppedBySwitch, storeUnavailable } from './host-errors.ts';
import { requestFields } from './steps/record-decision.ts';

/**
 * The tools that this person may use here: asked of the same `decide` that a call will be asked of. What is left out cannot be called
 * either; this list is a courtesy, never the control.
 */
export async function listTools(
  deps: CallDeps,
  context: RequestContext,
  cursor: string | null,
): Promise<ToolList | HostError> {
  try {
    return await listFor(deps, context, cursor);
  } catch (error) {
    deps.report({ callId: context.callId, problem: 'a listing was denied because a step failed', error });
    return error instanceof StoreError ? storeUnavailable() : internalError();
  }
}

async function listFor(deps: CallDeps, context: RequestContext, cursor: string | null): Promise<ToolList | HostError> {
  const policy = deps.policy();
  const stopped = deps.killSwitches.find(listFacts(context, null)) !== null;
  await deps.audit.record([
    {
      ...requestFields(deps, context, 'tools/list'),
      upstream: context.endpoint.kind === 'one' ? context.endpoint.upstream : null,
      tool: null,
      definitionDigest: null,
      class: null,
      policyVersion: policy.version,
      decision: stopped ? 'deny' : 'allow',
      ruleId: null,
      reasons: [stopped ? 'kill_switch' : 'rule_allows'],
      argsDigest: null,
      approvalId: null,
      payload: null,
    },
  ]);
  if (stopped) return stoppedBySwitch();
  // Everything fits one page, so no cursor was ever given out.
  if (cursor !== null) return invalidCursor();

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
    if (decide(policy, { principal, ...ref, args: null }).effect === 'deny') continue;
    tools.push(exposedDefinition(definition, endpoint.kind === 'one' ? tool : exposedName(ref)));
  }
  return tools;
}

function listFacts({ principal }: RequestContext, upstream: string | null) {
  return { principal: principal.id, client: principal.client, upstream, tool: null, class: null };
}
