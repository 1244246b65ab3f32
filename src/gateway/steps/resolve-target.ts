import { exposedName } from '../../core/catalog/exposed-name.ts';
import type { Definition, ListKind } from '../../core/catalog/listed.ts';
import type { Target } from '../../core/catalog/target.ts';
import type { DefinitionDigest } from '../../core/catalog/tool.ts';
import type { JsonObject } from '../../core/json/value.ts';
import { claimantsOf } from '../../core/policy/claims.ts';
import { assertNever, err, ok, type Result } from '../../core/result.ts';
import type { Soon } from '../../core/soon.ts';
import type { Upstream, UpstreamFault } from '../../ports/upstream.ts';
import type { UpstreamList } from '../catalogue.ts';
import type { CallDeps } from '../deps.ts';
import type { HostCall } from '../gateway.ts';

/** What a call names, as far as the name alone tells; whether the upstream has it is asked later. */
export interface NamedTarget {
  readonly upstream: Upstream;
  readonly ref: Target;
}

/** The part of a call that names something. */
export type NamingCall = Pick<HostCall, 'context' | 'kind' | 'exposedName'>;

/**
 * `null`: the name stands for no configured upstream, or is not one that this catalogue could have given out; or the URI belongs to
 * no upstream, or to several.
 */
export function resolveTarget(deps: CallDeps, call: NamingCall): Soon<NamedTarget | null> {
  const { kind, exposedName: name } = call;
  const { endpoint } = call.context;
  if (endpoint.kind === 'one') return named(deps, { kind, upstream: endpoint.upstream, name });
  switch (kind) {
    case 'tool':
      return resolveName(deps, call, 'tools');
    case 'prompt':
    case 'prompt-argument':
      return resolveName(deps, call, 'prompts');
    case 'resource':
    case 'template-argument':
      return resolveOwner(deps, { kind, name });
    default:
      return assertNever(kind);
  }
}

/** At the endpoint of all upstreams, a name says whose it is. */
function resolveName(deps: CallDeps, call: NamingCall, list: 'tools' | 'prompts'): Soon<NamedTarget | null> {
  const { kind } = call;
  const end = call.exposedName.indexOf('__');
  if (end < 1) return null;
  const upstream = call.exposedName.slice(0, end);
  const plain = named(deps, { kind, upstream, name: call.exposedName.slice(end + 2) });
  if (plain === null || exposedName({ upstream, tool: plain.ref.name }) === call.exposedName) return plain;

  return resolveMangled(deps, call, list, plain.upstream);
}

/** A name that was cut or mangled: only the list it was given out with knows what it stands for. */
async function resolveMangled(
  deps: CallDeps,
  { kind, context, exposedName }: NamingCall,
  list: 'tools' | 'prompts',
  upstream: Upstream,
): Promise<NamedTarget | null> {
  const listed = await deps.catalogue.list(list, upstream, context.principal.id);
  const name = listed.ok ? listed.value.byExposedName.get(exposedName) : undefined;
  return name === undefined ? null : named(deps, { kind, upstream: upstream.name, name });
}

/** At the endpoint of all upstreams, a URI is read from the only one of which policy grants it to anybody. */
function resolveOwner(deps: CallDeps, target: Omit<Target, 'upstream'>): NamedTarget | null {
  const [upstream, ...others] = claimantsOf(deps.policy(), [...deps.upstreams.keys()], target);
  return upstream === undefined || others.length > 0 ? null : named(deps, { ...target, upstream });
}

function named(deps: CallDeps, ref: Target): NamedTarget | null {
  const upstream = deps.upstreams.get(ref.upstream);
  return upstream === undefined || ref.name === '' ? null : { upstream, ref };
}

/** What an upstream says of a target. Resources have no definition, because any URI of a template may be read. */
export type LoadedDefinition = Omit<Definition, 'digest'> & { readonly digest: DefinitionDigest | null };

/** The definition that the upstream gives this principal; `null` where it lists nothing of that name. */
export function loadDefinition(
  deps: CallDeps,
  target: NamedTarget,
  principal: string,
): Soon<Result<LoadedDefinition | null, UpstreamFault>> {
  return findDefinition(deps, target, principal, 'list');
}

/** The same, as the upstream gives it at this moment. */
export function loadNewestDefinition(
  deps: Pick<CallDeps, 'catalogue'>,
  target: NamedTarget,
  principal: string,
): Soon<Result<LoadedDefinition | null, UpstreamFault>> {
  return findDefinition(deps, target, principal, 'newest');
}

function findDefinition(
  { catalogue }: Pick<CallDeps, 'catalogue'>,
  { upstream, ref }: NamedTarget,
  principal: string,
  how: 'list' | 'newest',
): Soon<Result<LoadedDefinition | null, UpstreamFault>> {
  const kind = LISTED_IN[ref.kind];
  if (kind === null) return ok({ name: ref.name, definition: NOTHING, digest: null });
  const listed = catalogue[how](kind, upstream, principal);
  return listed instanceof Promise ? listed.then((list) => pick(list, ref.name)) : pick(listed, ref.name);
}

function pick(
  listed: Result<UpstreamList, UpstreamFault>,
  name: string,
): Result<LoadedDefinition | null, UpstreamFault> {
  return listed.ok ? ok(listed.value.byName.get(name) ?? null) : err(listed.error);
}

const NOTHING: JsonObject = Object.freeze(Object.setPrototypeOf({}, null) as JsonObject);

const LISTED_IN: Readonly<Record<Target['kind'], ListKind | null>> = {
  tool: 'tools',
  resource: null,
  prompt: 'prompts',
  'prompt-argument': 'prompts',
  'template-argument': 'templates',
};
