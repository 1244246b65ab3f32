import { Buffer } from 'node:buffer';
import { parseToolDefinition } from '../../core/catalog/parse-tool-definition.ts';
import type { ToolDefinition } from '../../core/catalog/tool.ts';
import { visibleText } from '../../core/content/visible-text.ts';
import type { Json } from '../../core/json/value.ts';
import type { Era } from '../../core/mcp/revisions.ts';
import { type Result, ok } from '../../core/result.ts';
import type { UpstreamFault } from '../../ports/upstream.ts';
import { sent } from './fault.ts';
import type { UpstreamLimits } from './limits.ts';
import type { ResultObject } from './rpc/read-message.ts';
import { readToolPage } from './rpc/read-tool-page.ts';

export interface ToolListing {
  readonly era: Era;
  readonly fetchPage: (cursor: string | null) => Promise<Result<ResultObject, UpstreamFault>>;
  /** Why a tool cannot be used on this transport, or `null`. */
  readonly rejectTool: (tool: ToolDefinition) => string | null;
  readonly report: (problem: string) => void;
}

type ListLimits = Pick<UpstreamLimits, 'pagesMax' | 'toolsMax' | 'listBytesMax' | 'cursorBytesMax'>;

/**
 * Fetches every page. A list that passes a limit is no list: half of one would hide tools from review. A tool that cannot be read or
 * named is dropped; a name that is listed twice is dropped both times, because order must not decide which definition it has.
 */
export async function listAllTools(
  listing: ToolListing,
  limits: ListLimits,
): Promise<Result<readonly ToolDefinition[], UpstreamFault>> {
  const definitions: Json[] = [];
  let unreadable = 0;
  let bytes = 0;
  let cursor: string | null = null;
  for (let pages = 1; ; pages++) {
    const fetched = await listing.fetchPage(cursor);
    if (!fetched.ok) return fetched;
    bytes += fetched.value.end - fetched.value.start;
    if (bytes > limits.listBytesMax) return sent('too-large', `a tool list of more than ${limits.listBytesMax} bytes`);
    const page = readToolPage(fetched.value, listing.era, limits.toolsMax - definitions.length - unreadable);
    if (!page.ok) return sent(page.error.kind, page.error.detail);
    definitions.push(...page.value.definitions);
    unreadable += page.value.unreadable;

    const next = page.value.nextCursor;
    if (next === null) return ok(keepUsable(listing, definitions, unreadable));
    if (pages === limits.pagesMax) return sent('too-large', `more than ${limits.pagesMax} pages of tools`);
    if (next === cursor) return sent('invalid-answer', 'a page of tools leads to itself');
    if (Buffer.byteLength(next) > limits.cursorBytesMax) return sent('too-large', 'a cursor is too long');
    cursor = next;
  }
}

function keepUsable(listing: ToolListing, definitions: readonly Json[], unreadable: number): readonly ToolDefinition[] {
  const tools = definitions.flatMap((json) => {
    const tool = parseToolDefinition(json);
    return tool.ok ? [tool.value] : [];
  });
  const timesListed = new Map<string, number>();
  for (const { name } of tools) timesListed.set(name, (timesListed.get(name) ?? 0) + 1);

  const dropped: string[] = [];
  const kept = tools.filter((tool) => {
    const times = timesListed.get(tool.name) ?? 0;
    const reason = times > 1 ? `listed ${times} times` : listing.rejectTool(tool);
    if (reason !== null) dropped.push(`${visibleText(tool.name)} (${reason})`);
    return reason === null;
  });
  reportDropped(listing, dropped, unreadable + definitions.length - tools.length);
  return kept;
}

const DROPPED_NAMED_MAX = 10;

function reportDropped(listing: ToolListing, dropped: readonly string[], nameless: number): void {
  if (nameless > 0) listing.report(`${nameless} listed tools have no readable definition or no usable name`);
  if (dropped.length === 0) return;
  const named = dropped.slice(0, DROPPED_NAMED_MAX).join(', ');
  const rest = dropped.length - DROPPED_NAMED_MAX;
  listing.report(`listed tools left out: ${named}${rest > 0 ? ` and ${rest} more` : ''}`);
}
