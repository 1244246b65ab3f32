import { exposedName } from '../../core/catalog/exposed-name.ts';
import type { ToolDefinition, ToolRef } from '../../core/catalog/tool.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Upstream, UpstreamFault } from '../../ports/upstream.ts';
import type { UpstreamTools } from '../catalogue.ts';
import type { CallDeps } from '../deps.ts';
import type { ToolCall } from '../gateway.ts';

/** The tool that a call names, as far as the name alone tells; whether the upstream has it is asked later. */
export interface NamedTool {
  readonly upstream: Upstream;
  readonly ref: ToolRef;
}

/** `null`: the name stands for no configured upstream, or is not one that this catalogue could have given out. */
export async function resolveName(deps: CallDeps, call: ToolCall): Promise<NamedTool | null> {
  const { endpoint, principal } = call.context;
  if (endpoint.kind === 'one') return named(deps, endpoint.upstream, call.exposedName);

  const end = call.exposedName.indexOf('__');
  if (end < 1) return null;
  const plain = named(deps, call.exposedName.slice(0, end), call.exposedName.slice(end + 2));
  if (plain === null || exposedName(plain.ref) === call.exposedName) return plain;

  // A name that was cut or mangled: only the list it was given out with knows what it stands for.
  const listed = await deps.catalogue.tools(plain.upstream, principal.id);
  const ref = listed.ok ? listed.value.byExposedName.get(call.exposedName) : undefined;
  return ref === undefined ? null : { upstream: plain.upstream, ref };
}

function named(deps: CallDeps, upstreamName: string, tool: string): NamedTool | null {
  const upstream = deps.upstreams.get(upstreamName);
  if (upstream === undefined || tool === '') return null;
  return { upstream, ref: { upstream: upstreamName, tool } };
}

/** The definition that the upstream gives this principal; `null` where it lists no such tool. */
export async function loadDefinition(
  deps: CallDeps,
  tool: NamedTool,
  principal: string,
): Promise<Result<ToolDefinition | null, UpstreamFault>> {
  return definitionIn(await deps.catalogue.tools(tool.upstream, principal), tool);
}

/** The same, as the upstream gives it at this moment. */
export async function loadNewestDefinition(
  deps: CallDeps,
  tool: NamedTool,
  principal: string,
): Promise<Result<ToolDefinition | null, UpstreamFault>> {
  return definitionIn(await deps.catalogue.newestTools(tool.upstream, principal), tool);
}

function definitionIn(
  listed: Result<UpstreamTools, UpstreamFault>,
  { ref }: NamedTool,
): Result<ToolDefinition | null, UpstreamFault> {
  return listed.ok ? ok(listed.value.byName.get(ref.tool) ?? null) : err(listed.error);
}
