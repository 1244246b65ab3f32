import { OPENING_BRACKET } from '../../../core/json/characters.ts';
import { UPSTREAM_MESSAGE_LIMITS } from '../../../core/json/limits.ts';
import { readJson } from '../../../core/json/read-json.ts';
import { splitItems } from '../../../core/json/split-items.ts';
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
