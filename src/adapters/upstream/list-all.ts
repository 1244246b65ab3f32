import { Buffer } from 'node:buffer';
import { type Definition, type ListKind, LISTS, parseDefinition } from '../../core/catalog/listed.ts';
import { visibleText } from '../../core/content/visible-text.ts';
import type { Json } from '../../core/json/value.ts';
import { RPC_ERRORS } from '../../core/mcp/errors.ts';
import type { Era } from '../../core/mcp/revisions.ts';
import { type Result, ok } from '../../core/result.ts';
import type { UpstreamFault } from '../../ports/upstream.ts';
import { sent } from './fault.ts';
import type { UpstreamLimits } from './limits.ts';
import type { ResultObject, RpcErrorMessage } from './rpc/read-message.ts';
import { readListPage } from './rpc/read-list-page.ts';

export interface Listing {
  readonly kind: ListKind;
  readonly era: Era;
  /** `null`: the upstream offers nothing of this kind. */
  readonly fetchPage: (cursor: string | null) => Promise<Result<ResultObject | null, UpstreamFault>>;
  /** Why an entry cannot be used on this transport, or `null`. */
  readonly rejectItem: (item: Definition) => string | null;
  readonly report: (problem: string) => void;
}

type ListLimits = Pick<UpstreamLimits, 'pagesMax' | 'toolsMax' | 'listBytesMax' | 'cursorBytesMax'>;

/**
 * Fetches every page. A list that passes a limit is no list: half of one would hide tools from review. An entry that cannot be read
 * or named is dropped; a name that is listed twice is dropped both times, because order must not decide which definition it has.
 */
export async function listAll(
  listing: Listing,
  limits: ListLimits,
): Promise<Result<readonly Definition[], UpstreamFault>> {
  const { member } = LISTS[listing.kind];
  const definitions: Json[] = [];
  let unreadable = 0;
  let bytes = 0;
  let cursor: string | null = null;
  for (let pages = 1; ; pages++) {
    const fetched = await listing.fetchPage(cursor);
    if (!fetched.ok) return fetched;
    if (fetched.value === null) return ok([]);
    bytes += fetched.value.end - fetched.value.start;
    if (bytes > limits.listBytesMax)
      return sent('too-large', `a list of ${member} of more than ${limits.listBytesMax} bytes`);
    const itemsMax = limits.toolsMax - definitions.length - unreadable;
    const page = readListPage(fetched.value, listing.era, { member, itemsMax });
    if (!page.ok) return sent(page.error.kind, page.error.detail);
    definitions.push(...page.value.definitions);
    unreadable += page.value.unreadable;

    const next = page.value.nextCursor;
    if (next === null) return ok(keepUsable(listing, definitions, unreadable));
    if (pages === limits.pagesMax) return sent('too-large', `more than ${limits.pagesMax} pages of ${member}`);
    if (next === cursor) return sent('invalid-answer', `a page of ${member} leads to itself`);
    if (Buffer.byteLength(next) > limits.cursorBytesMax) return sent('too-large', 'a cursor is too long');
    cursor = next;
  }
}

/** A server without resources or prompts does not know their methods. One without tools is none that was configured for a reason. */
export function offersNone(kind: ListKind, { code }: RpcErrorMessage): boolean {
  return kind !== 'tools' && code === RPC_ERRORS.methodNotFound;
}

function keepUsable(listing: Listing, definitions: readonly Json[], unreadable: number): readonly Definition[] {
  const items = definitions.flatMap((json) => {
    const item = parseDefinition(listing.kind, json);
    return item.ok ? [item.value] : [];
  });
  const timesListed = new Map<string, number>();
  for (const { name } of items) timesListed.set(name, (timesListed.get(name) ?? 0) + 1);

  const dropped: string[] = [];
  const kept = items.filter((item) => {
    const times = timesListed.get(item.name) ?? 0;
    const reason = times > 1 ? `listed ${times} times` : listing.rejectItem(item);
    if (reason !== null) dropped.push(`${visibleText(item.name)} (${reason})`);
    return reason === null;
  });
  reportDropped(listing, dropped, unreadable + definitions.length - items.length);
  return kept;
}

const DROPPED_NAMED_MAX = 10;

function reportDropped(listing: Listing, dropped: readonly string[], nameless: number): void {
  const { member } = LISTS[listing.kind];
  if (nameless > 0) listing.report(`${nameless} listed ${member} have no readable definition or no usable name`);
  if (dropped.length === 0) return;
  const named = dropped.slice(0, DROPPED_NAMED_MAX).join(', ');
  const rest = dropped.length - DROPPED_NAMED_MAX;
  listing.report(`listed ${member} left out: ${named}${rest > 0 ? ` and ${rest} more` : ''}`);
}
