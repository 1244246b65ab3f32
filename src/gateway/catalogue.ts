import { buildExposedNames } from '../core/catalog/exposed-name.ts';
import type { ToolDefinition, ToolRef } from '../core/catalog/tool.ts';
import { ok, type Result } from '../core/result.ts';
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
  forget(upstream: string): void;
}

export interface CatalogueOptions {
  /** A list older than this is fetched again in the background when it is used. */
  readonly freshMs: number;
  /** A list older than this is not used at all. */
  readonly staleMs: number;
  readonly listTimeoutMs: number;
  readonly listsMax: number;
}

interface Listed {
  readonly tools: UpstreamTools;
  readonly atMs: number;
}

export function createCatalogue(clock: Clock, options: CatalogueOptions): Catalogue {
  const lists = new Map<string, Listed>();
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
        if (!listed.ok) return listed;
        const tools = indexTools(upstream.name, listed.value);
        lists.delete(key);
        lists.set(key, { tools, atMs: clock.monotonicMs() });
        dropOldest(lists, options.listsMax);
        return ok(tools);
      })
      .finally(() => fetching.delete(key));
    fetching.set(key, started);
    return started;
  }

  return {
    tools(upstream, principal) {
      const key = keyOf(upstream.name, principal);
      const listed = lists.get(key);
      const ageMs = listed === undefined ? Number.POSITIVE_INFINITY : clock.monotonicMs() - listed.atMs;
      if (listed === undefined || ageMs > options.staleMs) return fetchList(upstream, principal, key);
      if (ageMs > options.freshMs) void fetchList(upstream, principal, key);
      return Promise.resolve(ok(listed.tools));
    },
    forget(upstream) {
      for (const key of lists.keys()) if (key.startsWith(keyOf(upstream, ''))) lists.delete(key);
    },
  };
}

function indexTools(upstream: string, definitions: readonly ToolDefinition[]): UpstreamTools {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const refs = definitions.map(({ name }) => ({ upstream, tool: name }));
  return { byName, byExposedName: buildExposedNames(refs).byExposedName };
}

const keyOf = (upstream: string, principal: string): string => `${upstream}\n${principal}`;

function dropOldest(lists: Map<string, Listed>, listsMax: number): void {
  for (const key of lists.keys()) {
    if (lists.size <= listsMax) return;
    lists.delete(key);
  }
}
