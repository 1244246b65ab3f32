import {
  BACKSLASH,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COMMA,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTE,
  SPACE,
} from '../../../core/json/characters.ts';
import { UPSTREAM_MESSAGE_LIMITS } from '../../../core/json/limits.ts';
import { readJson } from '../../../core/json/read-json.ts';
import type { Json } from '../../../core/json/value.ts';
import type { Era } from '../../../core/mcp/revisions.ts';
import { type Result, err, ok } from '../../../core/result.ts';
import { type ResultObject, readMember } from './read-message.ts';
import { isComplete } from './read-tool-result.ts';

/** One page of a list. */
export interface ListPage {
  readonly definitions: readonly Json[];
  /** Entries that are not acceptable JSON, such as one with a name twice. They cost themselves, not the whole list. */
  readonly unreadable: number;
  /** `null` on the last page. An empty text is a cursor like any other. */
  readonly nextCursor: string | null;
}

/** Why a page cannot be used. */
export interface ListPageFault {
  readonly kind: 'invalid-answer' | 'too-large';
  readonly detail: string;
}

/** Each entry is read strictly and by itself, and none of them before it is known that there are not too many. */
export function readListPage(
  result: ResultObject,
  era: Era,
  { member, itemsMax }: { readonly member: string; readonly itemsMax: number },
): Result<ListPage, ListPageFault> {
  const invalid = (detail: string): Result<never, ListPageFault> =>
    err({ kind: 'invalid-answer', detail: `list of ${member}: ${detail}` });
  if (!isComplete(result, era)) return invalid('resultType is not "complete"');
  const { message, members } = result;
  const list = members.get(member);
  if (list === undefined || message[list.start] !== OPENING_BRACKET) return invalid('it is no array');
  const cursor = members.has('nextCursor') ? readMember(message, members.get('nextCursor')) : null;
  if (typeof cursor !== 'string' && cursor !== null) return invalid('nextCursor is no text');

  const items = splitItems(message.subarray(list.start, list.end), itemsMax);
  if (items === null) return err({ kind: 'too-large', detail: `more ${member} than are taken` });
  const read = items.map((item) => readJson(item, UPSTREAM_MESSAGE_LIMITS));
  const definitions = read.flatMap((json) => (json.ok ? [json.value] : []));
  return ok({ definitions, unreadable: read.length - definitions.length, nextCursor: cursor });
}

/** The items of an array that is known to be well-formed JSON; `null` where there are more than `itemsMax`. */
function splitItems(array: Uint8Array, itemsMax: number): Uint8Array[] | null {
  const items: Uint8Array[] = [];
  const end = array.length - 1;
  let start = 1;
  let depth = 0;
  let isInString = false;
  for (let at = 1; at < end; at++) {
    const byte = array[at];
    if (byte === QUOTE) isInString = !isInString;
    else if (isInString) at += byte === BACKSLASH ? 1 : 0;
    else if (byte === OPENING_BRACKET || byte === OPENING_BRACE) depth++;
    else if (byte === CLOSING_BRACKET || byte === CLOSING_BRACE) depth--;
    else if (byte === COMMA && depth === 0) {
      if (items.length === itemsMax) return null;
      items.push(array.subarray(start, at));
      start = at + 1;
    }
  }
  const last = array.subarray(start, end);
  if (!last.every((byte) => byte <= SPACE)) items.push(last);
  return items.length > itemsMax ? null : items;
}
