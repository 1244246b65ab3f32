import { exposedListing } from '../core/catalog/exposed-listing.ts';
import { exposedName } from '../core/catalog/exposed-name.ts';
import type { ListKind } from '../core/catalog/listed.ts';
import { grantsSome, speaksOf } from '../core/policy/claims.ts';
import { OWN_UPSTREAM } from '../core/policy/own-policy.ts';
import { CORE_TASKS_REVISION } from '../core/tasks/task-support.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { UpstreamList } from './catalogue.ts';
import type { CallDeps } from './deps.ts';
import type { RequestContext } from './gateway.ts';
import { screenItems } from './screen-items.ts';
import { upstreamsOf } from './upstreams-of.ts';
import { heldTools, visibleNames, writingTools } from './visible-names.ts';

/** A list as one person sees it at one endpoint, encoded once for everybody who sees the same. */
export interface ListView {
  readonly items: readonly ListItem[];
  /** Upstreams whose part is missing, because they cannot be asked now. */
  readonly unavailable: readonly string[];
  /** The index after the entry of this key; `null` where there is no such entry any more. */
  indexOf(after: string): number | null;
  /** Entries as a JSON array. The whole list is joined only once. */
  slice(start: number, end: number): Uint8Array;
}

export interface ListItem {
  /** The name or URI that hosts ask for it by. */
  readonly key: string;
  readonly json: Buffer;
}

export interface ListViews {
  readonly byPerson: Map<string, PersonalView>;
  readonly byContent: Map<string, ListView>;
}

/** What somebody saw, and everything that it depended on. */
interface PersonalView {
  readonly facts: string;
  readonly policy: object;
  readonly lists: readonly (UpstreamList | null)[];
  readonly atMs: number;
  readonly view: ListView;
}

/**
 * How long a view is taken for what the policy would say now, all else being equal: rules can depend on the time of day. It delays
 * what a person sees, never what they may do.
 */
const VIEW_MS = 15_000;
const PERSONS_MAX = 20_000;
/** Different views that are kept encoded, each as large as a list. */
const CONTENTS_MAX = 256;

export function createListViews(): ListViews {
  return { byPerson: new Map(), byContent: new Map() };
}

export async function loadView(deps: CallDeps, context: RequestContext, kind: ListKind): Promise<ListView> {
  const { principal } = context;
  const shown = upstreamsOf(deps, context).filter(({ name }) => isShown(deps, context, kind, name));
  const lists = await Promise.all(shown.map((upstream) => listOne(deps, context, kind, upstream)));
  const policy = deps.policy();
  const nowMs = deps.clock.monotonicMs();
  const tasks = showsTasks(context, kind);
  const key = `${kind}\n${endpointKey(context)}\n${tasks}\n${principal.id}`;
  const facts = JSON.stringify([principal, shown.map(({ name }) => name)]);
  const known = deps.listViews.byPerson.get(key);
  const isSame =
    known !== undefined &&
    known.policy === policy &&
    nowMs - known.atMs < VIEW_MS &&
    known.facts === facts &&
    known.lists.every((list, index) => list === lists[index]);
  if (isSame) return known.view;

  const view = shareView(deps, context, kind, shown, lists);
  keepNewest(deps.listViews.byPerson, key, { facts, policy, lists, atMs: nowMs, view }, PERSONS_MAX);
  return view;
}

function isShown(deps: CallDeps, { principal }: RequestContext, kind: ListKind, upstream: string): boolean {
  const facts = { principal: principal.id, client: principal.client, upstream, tool: null, class: null };
  if (deps.killSwitches.find(facts) !== null) return false;
  // Nobody is made to wait for a list of which nothing would be shown, and no upstream is asked for one.
  if (!grantsSome(deps.policy(), upstream, principal)) return false;
  return kind === 'tools' || speaksOf(deps.policy(), upstream, kind === 'prompts' ? 'prompts' : 'resources');
}

/** An upstream that cannot be reached leaves out what is its own, and nobody else's. */
async function listOne(
  deps: CallDeps,
  { callId, principal }: RequestContext,
  kind: ListKind,
  upstream: Upstream,
): Promise<UpstreamList | null> {
  const listed = await deps.catalogue.list(kind, upstream, principal.id);
  if (listed.ok) return listed.value;
  const problem = `the ${kind} of ${upstream.name} cannot be listed: ${listed.error.kind}: ${listed.error.detail}`;
  deps.report({ callId, problem });
  return null;
}

/** Whoever sees the same entries of the same lists is given the same bytes. */
function shareView(
  deps: CallDeps,
  context: RequestContext,
  kind: ListKind,
  shown: readonly Upstream[],
  lists: readonly (UpstreamList | null)[],
): ListView {
  const all = shown.map(({ name }, index): Part => {
    const list = lists[index] ?? null;
    const names = list === null ? [] : visibleNames(deps, context, kind, name, list);
    return {
      upstream: name,
      list,
      names,
      held: kind === 'tools' ? heldTools(deps, context, name, names) : [],
      writing: kind === 'tools' ? writingTools(deps, name, names) : [],
    };
  });
  // Who can ask for nothing that needs approval is not told of a tool that tells of such requests.
  const asks = all.some(({ held }) => held.length > 0);
  const parts = all.filter(({ upstream }) => asks || upstream !== OWN_UPSTREAM || context.endpoint.kind === 'one');
  const content = parts.map(({ upstream, list, names, held, writing }) => [
    upstream,
    list?.id ?? null,
    names,
    held,
    writing,
  ]);
  const key = JSON.stringify([kind, endpointKey(context), showsTasks(context, kind), content]);
  const known = deps.listViews.byContent.get(key);
  const view = known ?? createView(deps, context, kind, parts);
  keepNewest(deps.listViews.byContent, key, view, CONTENTS_MAX);
  return view;
}

interface Part {
  readonly upstream: string;
  readonly list: UpstreamList | null;
  readonly names: readonly string[];
  /** Tools whose calls can be waited for by a task, where the revision has lists say so. */
  readonly held: readonly string[];
  /** Tools of which the policy takes some calls for more than reading. */
  readonly writing: readonly string[];
}

/** Revision 2025-11-25 alone lists which tools take tasks: with the extension of the next one, the server decides at each call. */
function showsTasks({ revision }: RequestContext, kind: ListKind): boolean {
  return kind === 'tools' && revision === CORE_TASKS_REVISION;
}

function createView(
  deps: Pick<CallDeps, 'passRules' | 'knownSecrets' | 'resultDetectors'>,
  context: RequestContext,
  kind: ListKind,
  parts: readonly Part[],
): ListView {
  const { endpoint } = context;
  const tasks = showsTasks(context, kind);
  const isPrefixed = endpoint.kind === 'all' && (kind === 'tools' || kind === 'prompts');
  const listed = parts.flatMap(({ upstream, list, names, held, writing }) =>
    names.flatMap((name): ListItem[] => {
      const definition = list?.byName.get(name);
      if (definition === undefined) return [];
      const key = isPrefixed ? exposedName({ upstream, tool: name }) : name;
      const rules = deps.passRules(upstream);
      const exposure = { name: key, rules, isReadOnly: !writing.includes(name) };
      const shown = exposedListing(kind, definition.definition, exposure);
      const entry = tasks && held.includes(name) ? { ...shown, execution: { taskSupport: 'optional' } } : shown;
      return [{ key, json: Buffer.from(JSON.stringify(entry)) }];
    }),
  );
  const shown = screenItems(
    deps,
    kind,
    listed.map(({ json }) => json),
  );
  const items = listed.map(({ key, json }, index) => ({ key, json: shown[index] ?? json }));
  const places = new Map(items.map(({ key }, index) => [key, index + 1]));
  const whole = joinItems(items);
  return {
    items,
    unavailable: parts.flatMap(({ upstream, list }) => (list === null ? [upstream] : [])),
    indexOf: (after) => places.get(after) ?? null,
    slice: (start, end) => (start === 0 && end === items.length ? whole : joinItems(items.slice(start, end))),
  };
}

export function endpointKey({ endpoint }: RequestContext): string {
  return endpoint.kind === 'all' ? '*' : endpoint.upstream;
}

function joinItems(items: readonly ListItem[]): Buffer {
  return Buffer.concat([
    Buffer.from('['),
    ...items.flatMap(({ json }, index) => (index === 0 ? [json] : [COMMA, json])),
    Buffer.from(']'),
  ]);
}

const COMMA = Buffer.from(',');

function keepNewest<T>(map: Map<string, T>, key: string, value: T, sizeMax: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > sizeMax && oldest !== undefined) map.delete(oldest);
}
