import { exposedName } from '../../core/catalog/exposed-name.ts';
import type { Target } from '../../core/catalog/target.ts';
import type { ToolDefinition } from '../../core/catalog/tool.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Upstream, UpstreamFault } from '../../ports/upstream.ts';
import type { UpstreamTools } from '../catalogue.ts';
import type { CallDeps } from '../deps.ts';
import type { HostCall } from '../gateway.ts';

/** What a call names, as far as the name alone tells; whether the upstream has it is asked later. */
export interface NamedTarget {
  readonly upstream: Upstream;
  readonly ref: Target;
}

/** The part of a call that names something. */
export type NamingCall = Pick<HostCall, 'context' | 'kind' | 'exposedName'>;

/** `null`: the name stands for no configured upstream, or is not one that this catalogue could have given out. */
export function resolveTarget(deps: CallDeps, call: NamingCall): Promise<NamedTarget | null> {
  // Only tools are offered.
  return call.kind === 'tool' ? resolveTool(deps, call) : Promise.resolve(null);
}

async function resolveTool(deps: CallDeps, call: NamingCall): Promise<NamedTarget | null> {
  const { endpoint, principal } = call.context;
  if (endpoint.kind === 'one') return named(deps, endpoint.upstream, call.exposedName);

  const end = call.exposedName.indexOf('__');
  if (end < 1) return null;
  const plain = named(deps, call.exposedName.slice(0, end), call.exposedName.slice(end + 2));
  if (plain === null) return null;
  const { upstream: upstreamName, name } = plain.ref;
  if (exposedName({ upstream: upstreamName, tool: name }) === call.exposedName) return plain;

  // A name that was cut or mangled: only the list it was given out with knows what it stands for.
  const listed = await deps.catalogue.tools(plain.upstream, principal.id);
  const ref = listed.ok ? listed.value.byExposedName.get(call.exposedName) : undefined;
  return ref === undefined ? null : named(deps, upstreamName, ref.tool);
}

function named(deps: CallDeps, upstreamName: string, name: string): NamedTarget | null {
  const upstream = deps.upstreams.get(upstreamName);
  if (upstream === undefined || name === '') return null;
  return { upstream, ref: { kind: 'tool', upstream: upstreamName, name } };
}

/** The definition that the upstream gives this principal; `null` where it lists no such tool. */
export async function loadDefinition(
  deps: CallDeps,
  target: NamedTarget,
  principal: string,
): Promise<Result<ToolDefinition | null, UpstreamFault>> {
  return definitionIn(await deps.catalogue.tools(target.upstream, principal), target);
}

/** The same, as the upstream gives it at this moment. */
export async function loadNewestDefinition(
  deps: CallDeps,
  target: NamedTarget,
  principal: string,
): Promise<Result<ToolDefinition | null, UpstreamFault>> {
  return definitionIn(await deps.catalogue.newestTools(target.upstream, principal), target);
}

function definitionIn(
  listed: Result<UpstreamTools, UpstreamFault>,
  { ref }: NamedTarget,
): Result<ToolDefinition | null, UpstreamFault> {
  return listed.ok ? ok(listed.value.byName.get(ref.name) ?? null) : err(listed.error);
}
