import { buildExposedNames } from '../core/catalog/exposed-name.ts';
import { listFingerprint } from '../core/catalog/list-fingerprint.ts';
import type { Definition, ListKind } from '../core/catalog/listed.ts';
import type { PinnedList } from '../core/catalog/pin.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Soon } from '../core/soon.ts';
import type { Clock } from '../ports/clock.ts';
import type { Upstream, UpstreamFault } from '../ports/upstream.ts';

/**
 * One list of one upstream as one principal is given it. INVARIANT: two lists with the same content are the same object for as long
 * as it is remembered, so that what is made of them can be shared between people.
 */
export interface UpstreamList {
  /** Tells it from every other list of this process. */
  readonly id: number;
  /** By the upstream's own names or URIs, in its order. */
  readonly byName: ReadonlyMap<string, Definition>;
  /** Of tools and prompts: the upstream's own names by those that the catalogue of all upstreams gives them. */
  readonly byExposedName: ReadonlyMap<string, string>;
}

/** What the upstreams offer, remembered for a while per principal: two principals may be shown different tools. */
export interface Catalogue {
  list(kind: ListKind, upstream: Upstream, principal: string): Soon<Result<UpstreamList, UpstreamFault>>;
  /** What the upstream says now, whatever is remembered. */
  newest(kind: ListKind, upstream: Upstream, principal: string): Promise<Result<UpstreamList, UpstreamFault>>;
  forget(upstream: string): void;
}

export interface CatalogueOptions {
  /** A list older than this is fetched again in the background when it is used. */
  readonly freshMs: number;
  /** A list older than this is not used at all. */
  readonly staleMs: number;
  readonly listTimeoutMs: number;
  /** How long callers wait for an upstream that failed when it was asked last. It is asked in the background meanwhile. */
  readonly waitAgainMs: number;
  readonly listsMax: number;
}

interface Listed {
  readonly list: UpstreamList;
  readonly atMs: number;
}

/** What of a list people may see at all; see `Pins`. */
export type ScreenList = (
  list: PinnedList,
  upstream: string,
  definitions: readonly Definition[],
) => Promise<readonly Definition[]>;

export function createCatalogue(
  clock: Clock,
  options: CatalogueOptions,
  screen: ScreenList = (_list, _upstream, definitions) => Promise.resolve(definitions),
): Catalogue {
  const lists = new Map<string, Listed>();
  const faults = new Map<string, UpstreamFault>();
  const fetching = new Map<string, Promise<Result<UpstreamList, UpstreamFault>>>();
  const indexList = createListIndex(options.listsMax);

  function fetchList(
    kind: ListKind,
    upstream: Upstream,
    principal: string,
    key: string,
  ): Promise<Result<UpstreamList, UpstreamFault>> {
    const running = fetching.get(key);
    if (running !== undefined) return running;
    const started = fetchWhole(kind, upstream, principal, options.listTimeoutMs)
      .then(async (listed): Promise<Result<UpstreamList, UpstreamFault>> => {
        if (!listed.ok) {
          keepNewest(faults, key, listed.error, options.listsMax);
          return listed;
        }
        faults.delete(key);
        const shown = kind === 'resources' ? listed.value : await screen(kind, upstream.name, listed.value);
        const list = indexList(kind, upstream.name, shown);
        // A list that was forgotten while it was on its way is for those who asked for it, and for nobody after.
        if (fetching.get(key) === started) {
          keepNewest(lists, key, { list, atMs: clock.monotonicMs() }, options.listsMax);
        }
        return ok(list);
      })
      .finally(() => {
        if (fetching.get(key) === started) fetching.delete(key);
      });
    fetching.set(key, started);
    return started;
  }

  return {
    list(kind, upstream, principal) {
      const key = keyOf(upstream.name, kind, principal);
      const listed = lists.get(key);
      const ageMs = listed === undefined ? Number.POSITIVE_INFINITY : clock.monotonicMs() - listed.atMs;
      if (listed === undefined || ageMs > options.staleMs) {
        const fetched = fetchList(kind, upstream, principal, key);
        const fault = faults.get(key);
        return fault === undefined ? fetched : unlessLate(fetched, options.waitAgainMs, fault);
      }
      if (ageMs > options.freshMs) void fetchList(kind, upstream, principal, key);
      return ok(listed.list);
    },
    newest: (kind, upstream, principal) => fetchList(kind, upstream, principal, keyOf(upstream.name, kind, principal)),
    forget(upstream) {
      const prefix = `${upstream}\n`;
      for (const known of [lists, fetching]) {
        for (const key of known.keys()) if (key.startsWith(prefix)) known.delete(key);
      }
    },
  };
}

async function fetchWhole(
  kind: ListKind,
  upstream: Upstream,
  principal: string,
  timeoutMs: number,
): Promise<Result<readonly Definition[], UpstreamFault>> {
  const signal = AbortSignal.timeout(timeoutMs);
  const listed = await (kind === 'tools'
    ? upstream.listTools({ principal }, signal)
    : upstream.list(kind, { principal }, signal));
  // Nobody but the clock gives up a listing.
  return !listed.ok && listed.error.kind === 'aborted' ? err(tooLate(timeoutMs)) : listed;
}

/** Makes lists out of what was fetched, each content once: a thousand people are mostly given the same five hundred tools. */
function createListIndex(
  listsMax: number,
): (kind: ListKind, upstream: string, definitions: readonly Definition[]) => UpstreamList {
  const known = new Map<string, UpstreamList>();
  let lastId = 0;
  return (kind, upstream, definitions) => {
    const key = keyOf(upstream, kind, listFingerprint(definitions.map(({ digest }) => digest)));
    const list = known.get(key) ?? indexList({ id: ++lastId, kind, upstream }, definitions);
    keepNewest(known, key, list, listsMax);
    return list;
  };
}

function indexList(
  { id, kind, upstream }: { readonly id: number; readonly kind: ListKind; readonly upstream: string },
  definitions: readonly Definition[],
): UpstreamList {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const named = kind === 'tools' || kind === 'prompts' ? definitions : [];
  const exposed = buildExposedNames(named.map(({ name }) => ({ upstream, tool: name }))).byExposedName;
  return { id, byName, byExposedName: new Map([...exposed].map(([name, { tool }]) => [name, tool])) };
}

const keyOf = (upstream: string, kind: ListKind, rest: string): string => `${upstream}\n${kind}\n${rest}`;

function tooLate(listTimeoutMs: number): UpstreamFault {
  return { kind: 'timeout', dispatched: false, detail: `no list within ${listTimeoutMs} ms` };
}

function keepNewest<T>(map: Map<string, T>, key: string, value: T, sizeMax: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= sizeMax) return;
    map.delete(oldest);
  }
}

/** One upstream that does not answer must not make every listing of all the others as late as itself. */
async function unlessLate<T>(
  fetched: Promise<Result<T, UpstreamFault>>,
  waitMs: number,
  fault: UpstreamFault,
): Promise<Result<T, UpstreamFault>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Result<T, UpstreamFault>>((resolve) => {
    timer = setTimeout(() => resolve(err(fault)), waitMs);
  });
  const first = await Promise.race([fetched, late]);
  clearTimeout(timer);
  return first;
}
