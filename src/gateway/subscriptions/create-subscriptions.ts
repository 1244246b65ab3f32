import type { Principal } from '../../core/identity/principal.ts';
import type { KillFacts } from '../../core/kill-switch/kill-switch.ts';
import { RESOURCES_WISHED_MAX } from '../../core/mcp/listen-params.ts';
import type { HostWish, ListKind, UpstreamNotice } from '../../core/mcp/notices.ts';
import type { TaskId } from '../../core/tasks/task.ts';
import type { TaskHead } from '../../ports/task-store.ts';
import type { Upstream } from '../../ports/upstream.ts';
import { admit } from '../admit.ts';
import type { CallDeps } from '../deps.ts';
import type { Endpoint, HostError, RequestContext } from '../gateway.ts';
import { tooManySubscriptions } from '../host-errors.ts';
import { openTask } from '../tasks/open-task.ts';
import { createInterests, type Interests } from './interests.ts';
import { Listener } from './listener.ts';
import type { HostNotice, Listening, ListenRequest, TaskNotice } from './listening.ts';
import { createListWatch, type ListWatch, type LookPauses, viewOf } from './list-watch.ts';
import type { ResourceRights } from '../resource-rights.ts';

/** What hosts are told beside the answers to their requests: that a list which they can see changed, or a resource that they may read. */
export interface Subscriptions {
  /** Decided and recorded like every request. */
  listen(request: ListenRequest): Promise<Listening | HostError>;
  /** What people may see could have changed: all lists, or those of one upstream. Tells whose really did. */
  lookAgain(upstream?: string): void;
  /** Something has become of a task: tells those of its owner's hosts that want to know. */
  hasTaskListeners(): boolean;
  tellTask(task: TaskHead, notice: () => Promise<TaskNotice | null>): Promise<void>;
  close(): void;
}

export interface SubscriptionsDeps extends CallDeps {
  /** See `ListWatchDeps`. */
  readonly fingerprint: (principal: Principal, upstream: Upstream, list: ListKind) => Promise<string | null>;
  readonly resources: ResourceRights;
  readonly pauses: LookPauses;
}

export function createSubscriptions(deps: SubscriptionsDeps): Subscriptions {
  const interests = createInterests();
  const listeners: Listeners = new Map();
  const watches = new Map<string, ListWatch>();
  const world: World = { deps, interests, listeners, watches };
  for (const upstream of deps.upstreams.values()) {
    watches.set(
      upstream.name,
      createListWatch({
        upstream: upstream.name,
        fingerprint: (principal, list) => deps.fingerprint(principal, upstream, list),
        pauses: deps.pauses,
        onVisible: (listener) => attendLists(world, upstream, listener),
      }),
    );
    upstream.onNotice((notice, principal) => onNotice(world, upstream, notice, principal));
  }
  deps.killSwitches.onChange(() => lookAgain(world, undefined));
  const policyWatch = watchPolicy(world);
  return {
    listen: (request) => listen(world, request),
    lookAgain: (upstream) => lookAgain(world, upstream),
    hasTaskListeners: () => listeners.values().some((own) => own.values().some(({ taskIds }) => taskIds.length > 0)),
    tellTask: (task, notice) => tellTask(world, task, notice),
    close() {
      clearInterval(policyWatch);
      for (const watch of watches.values()) watch.close();
    },
  };
}

/** By principal. */
type Listeners = Map<string, Set<Listener>>;

interface World {
  readonly deps: SubscriptionsDeps;
  readonly interests: Interests;
  readonly listeners: Listeners;
  readonly watches: ReadonlyMap<string, ListWatch>;
}

/** Each resource is decided on by itself, also where several are asked for at once. */
const SUBSCRIBE = 'resources/subscribe';
const POLICY_WATCH_MS = 1_000;
const FIRST_LOOK_MS_MAX = 1_000;

/** Whoever puts another policy in force need not know who listens. */
function watchPolicy(world: World): NodeJS.Timeout {
  let known = world.deps.policy().version;
  return setInterval(() => {
    const { version } = world.deps.policy();
    if (version !== known) lookAgain(world, undefined);
    known = version;
  }, POLICY_WATCH_MS).unref();
}

async function listen(world: World, { context, method, wish, tell }: ListenRequest): Promise<Listening | HostError> {
  const { deps, listeners } = world;
  const { principal, endpoint } = context;
  const refused = method === null ? null : await admit(deps, context, method);
  if (refused !== null) return refused;

  const mayTellNow = (each: Listener, notice: HostNotice): boolean => mayTell(deps, each, notice);
  const listener = new Listener({
    principal,
    endpoint,
    lists: wish.lists,
    taskIds: wish.taskIds,
    tell,
    mayTell: mayTellNow,
  });
  const own = listeners.get(principal.id) ?? new Set();
  listeners.set(principal.id, own.add(listener));
  try {
    return await begin(world, listener, context, wish);
  } catch (error) {
    // Nobody has it, so nobody would close it.
    closeListener(world, listener);
    throw error;
  }
}

async function begin(world: World, listener: Listener, context: RequestContext, wish: HostWish): Promise<Listening> {
  const { deps } = world;
  const { endpoint } = context;
  const resourceUris: string[] = [];
  for (const uri of wish.resourceUris) {
    if ((await subscribe(world, listener, context, SUBSCRIBE, uri)) === null) resourceUris.push(uri);
  }
  if (wish.taskIds !== 'own') listener.taskIds = await ownTasks(deps, context, wish.taskIds);
  await beginWatches(world, listener);
  return {
    granted: { lists: wish.lists, resourceUris, taskIds: listener.taskIds },
    subscribe: (request, uri) => subscribe(world, listener, request, SUBSCRIBE, uri),
    async unsubscribe(request, uri) {
      const stopped = await admit(deps, request, 'resources/unsubscribe');
      if (stopped === null) forgetResource(world, listener, uri);
      return stopped;
    },
    tellTasks() {
      if (listener.taskIds !== 'own') for (const id of listener.taskIds) deps.desk.wake(id);
    },
    mayTell: (notice) => mayTell(deps, listener, notice),
    renew(renewed) {
      const before = listener.principal;
      if (renewed.id !== before.id || renewed === before) return;
      listener.principal = renewed;
      if (viewOf(renewed) !== viewOf(before)) lookAt(world, listener, undefined);
    },
    enter: (request) =>
      deps.inFlight.enter(
        { facts: factsOf(request.principal, endpoint), credentialId: request.principal.credentialId },
        request.signal,
      ),
    close: () => closeListener(world, listener),
  };
}

/**
 * Who is told that changes will be told must hear of the next one, so it must not become a part of what was seen first. An upstream that
 * is slow to answer is not waited for: its first look comes when it comes.
 */
async function beginWatches({ deps, watches }: World, listener: Listener): Promise<void> {
  const begun = upstreamsOf(deps, listener.endpoint).map(async ({ name }) => {
    await watches.get(name)?.begin(listener, listener.lists);
  });
  const patience = Promise.withResolvers<void>();
  const timer = setTimeout(patience.resolve, FIRST_LOOK_MS_MAX);
  await Promise.race([Promise.all(begun), patience.promise]);
  clearTimeout(timer);
}

/** Each is asked for like by any other request about it, and recorded. */
async function ownTasks(deps: CallDeps, context: RequestContext, ids: readonly TaskId[]): Promise<readonly TaskId[]> {
  const own: TaskId[] = [];
  for (const id of ids) {
    const opened = await openTask(deps, context, { method: 'subscriptions/listen', id, onDenied: () => undefined });
    if (opened.ok) own.push(id);
  }
  return own;
}

async function tellTask({ listeners }: World, task: TaskHead, notice: () => Promise<TaskNotice | null>): Promise<void> {
  const wanting = [...(listeners.get(task.principal) ?? [])].filter((each) => each.wantsTask(task));
  if (wanting.length === 0) return;
  const told = await notice();
  if (told !== null) for (const listener of wanting) listener.queue(told);
}

async function subscribe(
  world: World,
  listener: Listener,
  context: RequestContext,
  method: string,
  uri: string,
): Promise<HostError | null> {
  const { deps, interests } = world;
  if (!listener.resources.has(uri) && listener.resources.size >= RESOURCES_WISHED_MAX) return tooManySubscriptions();
  const resource = await deps.resources.decide(context, method, uri);
  if ('kind' in resource) return resource;
  const upstream = deps.upstreams.get(resource.upstream);
  if (upstream === undefined) throw new Error('a resource was resolved to an upstream that is not there');
  if (listener.isClosed || listener.resources.has(uri)) return null;
  listener.resources.set(uri, resource);
  if (await interests.addResource(upstream, listener.principal.id, resource.uri)) return null;
  listener.resources.delete(uri);
  return tooManySubscriptions();
}

function forgetResource({ deps, interests }: World, listener: Listener, uri: string): void {
  const resource = listener.resources.get(uri);
  const upstream = resource === undefined ? undefined : deps.upstreams.get(resource.upstream);
  if (resource === undefined || upstream === undefined) return;
  listener.resources.delete(uri);
  interests.removeResource(upstream, listener.principal.id, resource.uri);
}

function closeListener(world: World, listener: Listener): void {
  if (listener.isClosed) return;
  listener.close();
  const { deps, interests, listeners } = world;
  for (const uri of listener.resources.keys()) forgetResource(world, listener, uri);
  for (const name of listener.attended) {
    const upstream = deps.upstreams.get(name);
    if (upstream !== undefined) interests.removeLists(upstream, listener.principal.id, listener.lists);
  }
  const own = listeners.get(listener.principal.id);
  own?.delete(listener);
  if (own?.size === 0) listeners.delete(listener.principal.id);
}

/** Nobody has an upstream tell them of lists of which they may see nothing. */
async function attendLists({ interests }: World, upstream: Upstream, listener: Listener): Promise<void> {
  if (listener.attended.has(upstream.name)) return;
  listener.attended.add(upstream.name);
  await interests.addLists(upstream, listener.principal.id, listener.lists);
}

/** `principal`: in whose session or process it was said. Others have their own, and are told there. */
function onNotice(world: World, upstream: Upstream, notice: UpstreamNotice, principal: string | null): void {
  const { deps, listeners, watches } = world;
  if (notice.kind === 'page-done') return deps.pages.done(upstream.name, principal, notice.elicitationId);
  const concerned = principal === null ? [...listeners.values()] : [listeners.get(principal) ?? new Set<Listener>()];
  if (notice.kind === 'list-changed') deps.catalogue.forget(upstream.name);
  for (const own of concerned) {
    for (const listener of own) {
      if (!listener.covers(upstream.name)) continue;
      if (notice.kind === 'resource-updated') queueUpdate(listener, upstream.name, notice.uri);
      else if (listener.lists.includes(notice.list)) watches.get(upstream.name)?.look(listener, [notice.list]);
    }
  }
}

/** What is updated may be a part of what was subscribed to (2025-11-25, "Resources"). */
function queueUpdate(listener: Listener, upstream: string, uri: string): void {
  for (const [known, resource] of listener.resources) {
    if (resource.upstream !== upstream) continue;
    const isPart = uri.startsWith(resource.uri.endsWith('/') ? resource.uri : `${resource.uri}/`);
    if (uri === resource.uri || isPart) listener.queue({ kind: 'resource-updated', uri: known });
  }
}

function lookAgain(world: World, upstream: string | undefined): void {
  for (const own of world.listeners.values()) for (const listener of own) lookAt(world, listener, upstream);
}

function lookAt({ deps, watches }: World, listener: Listener, upstream: string | undefined): void {
  for (const { name } of upstreamsOf(deps, listener.endpoint)) {
    if (upstream === undefined || upstream === name) watches.get(name)?.look(listener, listener.lists);
  }
}

function upstreamsOf({ upstreams }: CallDeps, endpoint: Endpoint): readonly Upstream[] {
  if (endpoint.kind === 'all') return [...upstreams.values()];
  const upstream = upstreams.get(endpoint.upstream);
  return upstream === undefined ? [] : [upstream];
}

function mayTell(
  deps: SubscriptionsDeps,
  { principal, endpoint, resources, isClosed }: Listener,
  notice: HostNotice,
): boolean {
  if (isClosed || deps.killSwitches.find(factsOf(principal, endpoint)) !== null) return false;
  if (notice.kind === 'list-changed' || notice.kind === 'page-done') return true;
  if (notice.kind === 'task') return notice.mayTell(principal);
  const resource = resources.get(notice.uri);
  if (resource === undefined) return false;
  const facts = { ...factsOf(principal, endpoint), upstream: resource.upstream };
  return deps.killSwitches.find(facts) === null && deps.resources.mayRead(principal, resource);
}

function factsOf({ id, client }: Principal, endpoint: Endpoint): KillFacts {
  return {
    principal: id,
    client,
    upstream: endpoint.kind === 'one' ? endpoint.upstream : null,
    tool: null,
    class: null,
  };
}
