import type { ToolDefinition } from '../../core/catalog/tool.ts';
import { type ParameterHeader, parseParameterHeaders } from '../../core/mcp/parameter-headers.ts';

/** Which arguments each tool wants mirrored into headers, by the list that the principal was last given. */
export interface KnownTools {
  remember(principal: string, tools: readonly ToolDefinition[]): void;
  /** `null` where the principal has been given no list yet. */
  headersOf(principal: string, tool: string): readonly ParameterHeader[] | null;
}

export function createKnownTools(principalsMax: number): KnownTools {
  const lists = new Map<string, ReadonlyMap<string, readonly ParameterHeader[]>>();
  return {
    remember(principal, tools) {
      const [oldest] = lists.keys();
      if (!lists.delete(principal) && lists.size >= principalsMax && oldest !== undefined) lists.delete(oldest);
      lists.set(principal, new Map(tools.flatMap(withHeaders)));
    },
    headersOf(principal, tool) {
      const list = lists.get(principal);
      return list === undefined ? null : (list.get(tool) ?? NONE);
    },
  };
}

const NONE: readonly ParameterHeader[] = [];

/** Most tools mirror nothing; those take no room. */
function withHeaders({ name, definition }: ToolDefinition): readonly (readonly [string, readonly ParameterHeader[]])[] {
  const headers = parseParameterHeaders(definition['inputSchema']);
  return headers.ok && headers.value.length > 0 ? [[name, headers.value]] : [];
}
