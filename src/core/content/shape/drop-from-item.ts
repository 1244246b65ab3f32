import { Buffer, isUtf8 } from 'node:buffer';
import { createJsonObject, isJsonArray, isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import type { FieldPicker } from './field-picker.ts';
import { createJsonShaping } from './shape-json.ts';

/** So much is looked at between two yields. */
const STEP_CHARS = 64 * 1024;

/** The members of a JSON text that are shown; `null`: it is no array or object. Yields now and then. */
export function* shapeJson(picker: FieldPicker, text: string): Generator<void, string | null> {
  const shaping = createJsonShaping(text, picker);
  while (!shaping.step(STEP_CHARS)) yield;
  return shaping.finish();
}

/** `null`: it is not shown, for it is no JSON, and only some fields may be shown or it speaks of one that is taken out. */
export function* shapeText(picker: FieldPicker, text: string): Generator<void, string | null> {
  const shaped = yield* shapeJson(picker, text);
  if (shaped !== null) return shaped;
  return picker.keep === null && !picker.speaksOfDropped(text) ? text : null;
}

/** The same of a text in base64; what is no text cannot be looked into. */
export function* shapeBlob(picker: FieldPicker, blob: string): Generator<void, string | null> {
  const decoded = Buffer.from(blob, 'base64');
  if (!isUtf8(decoded)) return picker.keep === null ? blob : null;
  const shaped = yield* shapeText(picker, decoded.toString());
  return shaped === null ? null : Buffer.from(shaped).toString('base64');
}

/**
 * An item of a result without the fields that are taken out, wherever in it they stand: in its texts, in those of what it holds, and
 * among its other members. `null`: it is not shown.
 */
export function* dropFromItem(picker: FieldPicker, item: JsonObject): Generator<void, JsonObject | null> {
  if (item['type'] === 'resource_link' && picker.speaksOfDropped(JSON.stringify(item))) return null;
  const shown = createJsonObject();
  for (const [name, value] of Object.entries(item)) {
    const member = yield* dropFromMember(picker, name, value);
    if (member === WITHHELD) return null;
    if (member !== undefined) shown[name] = member;
  }
  return shown;
}

/** `undefined`: it is taken out. */
function* dropFromMember(
  picker: FieldPicker,
  name: string,
  value: Json,
): Generator<void, Json | undefined | typeof WITHHELD> {
  if (typeof value === 'string') {
    if (name === 'text') return (yield* shapeText(picker, value)) ?? WITHHELD;
    if (name === 'blob') return (yield* shapeBlob(picker, value)) ?? WITHHELD;
    if (NEEDED.has(name)) return value;
  }
  if (HOLDERS.has(name) && isJsonObject(value)) return (yield* dropFromItem(picker, value)) ?? WITHHELD;
  if (HOLDERS.has(name) && isJsonArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const inner = isJsonObject(item) ? yield* dropFromItem(picker, item) : item;
      if (inner === null) return WITHHELD;
      items.push(inner);
    }
    return items;
  }
  const shaped = yield* shapeJson(picker, JSON.stringify({ [name]: value }));
  return shaped === null ? WITHHELD : (JSON.parse(shaped) as JsonObject)[name];
}

const WITHHELD: unique symbol = Symbol('withheld');
const HOLDERS: ReadonlySet<string> = new Set(['resource', 'content']);
/** Without these an item is none, whatever the fields of records are called. */
const NEEDED: ReadonlySet<string> = new Set(['type', 'uri', 'mimeType', 'data', 'role']);
