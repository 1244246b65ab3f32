import { Buffer } from 'node:buffer';
import type { Json, JsonObject } from '../../json/value.ts';
import { redactionMarker } from '../redact-text.ts';
import { dropFromItem, shapeBlob, shapeJson, shapeText } from './drop-from-item.ts';
import type { FieldPicker } from './field-picker.ts';
import {
  bytesOf,
  encodePart,
  holderOf,
  ITEM_LISTS,
  partText,
  type ItemList,
  itemsOf,
  putTogether,
  takeApart,
  textItem,
} from './result-parts.ts';

export interface ShapedResult {
  readonly json: readonly Uint8Array[];
  /** Parts in whose place a marker stands. */
  readonly withheld: number;
}

/** What is longer is withheld as a whole: to take it apart would keep everybody else waiting. */
const SHAPED_BYTES_MAX = 8 * 1024 * 1024;

/**
 * A result with the fields that a policy shows: of its structured content, and of every text that is JSON. What fields cannot be picked
 * of (other texts, images, links) is withheld where only some fields may be shown; where some are taken out, a text is withheld that
 * speaks of one of them. Yields now and then, for other calls to come in between.
 */
export function* shapeResult(json: readonly Uint8Array[], picker: FieldPicker): Generator<void, ShapedResult> {
  const shaping: Shaping = { picker, withheld: 0 };
  if (bytesOf(json) > SHAPED_BYTES_MAX) return { json: [encodePart(TOO_LONG)], withheld: 1 };
  const parts = takeApart(json);
  for (const [name, bytes] of parts) {
    const list = ITEM_LISTS.find((each) => each === name);
    const items = list === undefined ? null : itemsOf(parts, list);
    if (list !== undefined && items !== null) parts.set(name, encodePart(yield* shapeItems(shaping, list, items)));
    else if (name === 'structuredContent') parts.set(name, yield* shapeStructured(shaping, bytes));
    else if (picker.keep !== null && name !== 'isError') parts.delete(name);
    else if (name !== 'isError') parts.set(name, (yield* shapeBytes(picker, bytes)) ?? bytes);
  }
  return { json: putTogether(parts), withheld: shaping.withheld };
}

interface Shaping {
  readonly picker: FieldPicker;
  withheld: number;
}

const MARKER = redactionMarker('withheld');
const NOT_SHOWN = `${MARKER} The policy shows only some fields of this result. This part is not JSON, so it is not shown.`;
const TOO_LONG: JsonObject = {
  content: [{ type: 'text', text: `${MARKER} The result is too long to pick out the fields that the policy shows.` }],
  isError: true,
};

function* shapeStructured(shaping: Shaping, bytes: Uint8Array): Generator<void, Uint8Array> {
  const shaped = yield* shapeBytes(shaping.picker, bytes);
  if (shaped !== null) return shaped;
  shaping.withheld += 1;
  return encodePart({ status: 'withheld' });
}

function* shapeBytes(picker: FieldPicker, bytes: Uint8Array): Generator<void, Uint8Array | null> {
  const shaped = yield* shapeJson(picker, partText(bytes));
  return shaped === null ? null : Buffer.from(shaped);
}

function* shapeItems(shaping: Shaping, list: ItemList, items: readonly JsonObject[]): Generator<void, readonly Json[]> {
  const shown: Json[] = [];
  for (const item of items) {
    const shaped = yield* shapeItem(shaping.picker, list, item);
    if (shaped === null) shaping.withheld += 1;
    shown.push(shaped ?? textItem(list, item, NOT_SHOWN));
  }
  return shown;
}

/** `null`: it is not shown. */
function* shapeItem(picker: FieldPicker, list: ItemList, item: JsonObject): Generator<void, JsonObject | null> {
  if (picker.keep === null) return yield* dropFromItem(picker, item);
  const { text, blob } = holderOf(item);
  if (typeof text === 'string') {
    const shaped = yield* shapeText(picker, text);
    return shaped === null ? null : withPart(list, item, { text: shaped });
  }
  const shaped = typeof blob === 'string' ? yield* shapeBlob(picker, blob) : null;
  return shaped === null ? null : withPart(list, item, { blob: shaped });
}

/** Of an item of which only some fields are shown, beside them what an item must have. */
function withPart(list: ItemList, item: JsonObject, part: JsonObject): JsonObject {
  const holder = holderOf(item);
  const { uri, mimeType } = holder;
  const named = { ...(uri === undefined ? {} : { uri }), ...(mimeType === undefined ? {} : { mimeType }), ...part };
  if (list === 'contents') return named;
  return holder === item ? { type: 'text', ...part } : { type: 'resource', resource: named };
}
