import { type ListKind, LISTS } from '../core/catalog/listed.ts';
import { isJsonObject } from '../core/json/value.ts';
import { readJson } from '../core/json/read-json.ts';
import { grantsSome } from '../core/policy/claims.ts';
import { admit } from './admit.ts';
import type { CallDeps } from './deps.ts';
import type { HostError, HostList, RequestContext } from './gateway.ts';
import { invalidCursor } from './host-errors.ts';
import { endpointKey, type ListView, loadView } from './list-view.ts';

/** Hosts that do not turn pages are shown as much as they are likely to bear. */
const PAGE_ITEMS_MAX = 1_000;
const PAGE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * What this person may use here: asked of the same `decide` that its use will be asked of. What is left out cannot be used either;
 * this list is a courtesy, never the control.
 */
export async function listCatalogue(
  deps: CallDeps,
  context: RequestContext,
  kind: ListKind,
  cursor: string | null,
): Promise<HostList | HostError> {
  const refused = await admit(deps, context, LISTS[kind].method);
  if (refused !== null) return refused;
  const policyVersion = deps.policy().version;
  const place: Place = { kind, principal: context.principal.id, endpoint: endpointKey(context), policyVersion };
  const after = cursor === null ? null : openCursor(deps, cursor, place);
  if (cursor !== null && after === null) return invalidCursor();
  const view = await loadView(deps, context, kind);
  const start = after === null ? 0 : view.indexOf(after);
  if (start === null) return invalidCursor();
  const page = pageOf(deps, view, start, place);
  const unavailable = view.unavailable.filter((name) => grantsSome(deps.policy(), name, context.principal));
  return { kind: 'list', list: kind, ...page, unavailable };
}

function pageOf(deps: CallDeps, view: ListView, start: number, place: Place): Pick<HostList, 'items' | 'nextCursor'> {
  const { items } = view;
  let end = start;
  let bytes = 0;
  while (end < items.length && end - start < PAGE_ITEMS_MAX) {
    bytes += items[end]?.json.length ?? 0;
    if (bytes > PAGE_BYTES_MAX && end > start) break;
    end += 1;
  }
  const last = items[end - 1];
  const nextCursor = end < items.length && last !== undefined ? sealCursor(deps, last.key, place) : null;
  return { items: view.slice(start, end), nextCursor };
}

/** What a cursor is good for: a page of the same list for the same person, as long as the same policy is in force. */
interface Place {
  readonly kind: ListKind;
  readonly principal: string;
  readonly endpoint: string;
  readonly policyVersion: string;
}

function sealCursor(deps: CallDeps, after: string, place: Place): string {
  return deps.cursorSealer.seal(JSON.stringify({ ...place, after }));
}

/** The key of the entry to go on after; `null` for a cursor of somebody or something else, or one that was altered. */
function openCursor(deps: CallDeps, cursor: string, place: Place): string | null {
  const text = deps.cursorSealer.open(cursor);
  const json = text === null ? null : readJson(Buffer.from(text), CURSOR_LIMITS);
  if (json === null || !json.ok || !isJsonObject(json.value)) return null;
  const { after, ...rest } = json.value;
  const isHere = (Object.keys(place) as (keyof Place)[]).every((name) => rest[name] === place[name]);
  return isHere && typeof after === 'string' ? after : null;
}

const CURSOR_LIMITS = { bytesMax: 16 * 1024, depthMax: 1, keysMax: 8, itemsMax: 1 };
