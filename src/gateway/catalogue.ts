import { buildExposedNames } from '../core/catalog/exposed-name.ts';
import type { ToolDefinition, ToolRef } from '../core/catalog/tool.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Clock } from '../ports/clock.ts';
import type { Upstream, UpstreamFault } from '../ports/upstream.ts';

/** The tools of one upstream as one principal sees them. */
export interface UpstreamTools {
  /** By the upstream's own names, in its order. */
  readonly byName: ReadonlyMap<string, ToolDefinition>;
  /** The names that the catalogue of all upstreams gives them. */
  readonly byExposedName: ReadonlyMap<string, ToolRef>;
}

/** What the upstreams offer, remembered for a while per principal: two principals may be shown different tools. */
export interface Catalogue {
  tools(upstream: Upstream, principal: string): Promise<Result<UpstreamTools, UpstreamFault>>;
  /** What the upstream says now, whatever is remembered. */
  newestTools(upstream: Upstream, principal: string): Promise<Result<UpstreamTools, UpstreamFault>>;
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
  readonly tools: UpstreamTools;
  readonly atMs: number;
}

export function createCatalogue(clock: Clock, options: CatalogueOptions): Catalogue {
  const lists = new Map<string, Listed>();
  const faults = new Map<string, UpstreamFault>();
  const fetching = new Map<string, Promise<Result<UpstreamTools, UpstreamFault>>>();

  function fetchList(
    upstream: Upstream,
    principal: string,
    key: string,
  ): Promise<Result<UpstreamTools, UpstreamFault>> {
    const running = fetching.get(key);
    if (running !== undefined) return running;
    const started = upstream
      .listTools({ principal }, AbortSignal.timeout(options.listTimeoutMs))
      .then((listed): Result<UpstreamTools, UpstreamFault> => {
        if (!listed.ok) {
          const fault = listed.error.kind === 'aborted' ? tooLate(options.listTimeoutMs) : listed.error;
          keepNewest(faults, key, fault, options.listsMax);
          return err(fault);
        }
        faults.delete(key);
        const tools = indexTools(upstream.name, listed.value);
        // A list that was forgotten while it was on its way is for those who asked for it, and for nobody after.
        if (fetching.get(key) === started) {
          keepNewest(lists, key, { tools, atMs: clock.monotonicMs() }, options.listsMax);
        }
        return ok(tools);
      })
      .finally(() => {
        if (fetching.get(key) === started) fetching.delete(key);
      });
    fetching.set(key, started);
    return started;
  }

  return {
    tools(upstream, principal) {
      const key = keyOf(upstream.name, principal);
      const listed = lists.get(key);
      const ageMs = listed === undefined ? Number.POSITIVE_INFINITY : clock.monotonicMs() - listed.atMs;
      if (listed === undefined || ageMs > options.staleMs) {
        const fetched = fetchList(upstream, principal, key);
        const fault = faults.get(key);
        return fault === undefined ? fetched : unlessLate(fetched, options.waitAgainMs, fault);
      }
      if (ageMs > options.freshMs) void fetchList(upstream, principal, key);
      return Promise.resolve(ok(listed.tools));
    },
    newestTools: (upstream, principal) => fetchList(upstream, principal, keyOf(upstream.name, principal)),
    forget(upstream) {
      const prefix = keyOf(upstream, '');
      for (const known of [lists, fetching]) {
        for (const key of known.keys()) if (key.startsWith(prefix)) known.delete(key);
      }
    },
  };
}

function indexTools(upstream: string, definitions: readonly ToolDefinition[]): UpstreamTools {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const refs = definitions.map(({ name }) => ({ upstream, tool: name }));
  return { byName, byExposedName: buildExposedNames(refs).byExposedName };
}

const keyOf = (upstream: string, principal: string): string => `${upstream}\n${principal}`;

/** Nobody but the clock gives up a listing. */
function tooLate(listTimeoutMs: number): UpstreamFault {
  return { kind: 'timeout', dispatched: false, detail: `no list of tools within ${listTimeoutMs} ms` };
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
