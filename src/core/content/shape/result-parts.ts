import { Buffer } from 'node:buffer';
import { asBuffer } from '../../bytes/as-buffer.ts';
import { skimObject } from '../../json/skim-object.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../json/value.ts';

/** A result, taken apart by its own members. Each is the bytes of a JSON text. */
export type ResultParts = Map<string, Uint8Array>;

/** Where the items of a result stand, of which each may hold a text: of a tool, of a resource, of a prompt. */
export const ITEM_LISTS = ['content', 'contents', 'messages'] as const;

export type ItemList = (typeof ITEM_LISTS)[number];

const LIMITS = { bytesMax: 64 * 1024 * 1024, depthMax: 1024, membersMax: 4096 };

/** Throws where it is no object: the adapter of the upstream has checked that it is. */
export function takeApart(json: readonly Uint8Array[]): ResultParts {
  const bytes = Buffer.concat(json);
  const members = skimObject(bytes, LIMITS);
  if (!members.ok) throw new Error(`INVARIANT: only a checked result is shaped (${members.error.detail})`);
  return new Map([...members.value].map(([name, { start, end }]) => [name, bytes.subarray(start, end)]));
}

export function putTogether(parts: ResultParts): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (const [name, bytes] of parts) {
    pieces.push(Buffer.from(`${pieces.length === 0 ? '{' : ','}${JSON.stringify(name)}:`), bytes);
  }
  pieces.push(Buffer.from(pieces.length === 0 ? '{}' : '}'));
  return pieces;
}

export function bytesOf(json: readonly Uint8Array[]): number {
  return json.reduce((sum, piece) => sum + piece.length, 0);
}

export function encodePart(value: Json): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

export function partText(bytes: Uint8Array): string {
  return asBuffer(bytes).toString();
}

/** `null`: there is no such list. What is no object in it is left out, as no host takes it. */
export function itemsOf(parts: ResultParts, list: ItemList): readonly JsonObject[] | null {
  const bytes = parts.get(list);
  if (bytes === undefined) return null;
  const items = JSON.parse(partText(bytes)) as Json;
  return isJsonArray(items) ? items.filter((item) => isJsonObject(item)) : null;
}

/** The text of an item: its own, that of its resource, or that of the content of a message. `null`: it has none. */
export function textOf(item: JsonObject): string | null {
  const holder = holderOf(item);
  const text = holder['text'];
  return typeof text === 'string' ? text : null;
}

/** The same item with another text. */
export function withText(item: JsonObject, text: string): JsonObject {
  for (const name of INNER) {
    const inner = item[name];
    if (isJsonObject(inner)) return { ...item, [name]: { ...inner, text } };
  }
  return { ...item, text };
}

/** What takes the place of an item of a list that is not shown. */
export function textItem(list: ItemList, item: JsonObject, text: string): JsonObject {
  switch (list) {
    case 'content':
      return { type: 'text', text };
    case 'contents':
      return { uri: item['uri'] ?? '', mimeType: 'text/plain', text };
    case 'messages':
      return { role: item['role'] ?? 'user', content: { type: 'text', text } };
  }
}

/** Where an item keeps what it says. */
export function holderOf(item: JsonObject): JsonObject {
  for (const name of INNER) {
    const inner = item[name];
    if (isJsonObject(inner)) return inner;
  }
  return item;
}

const INNER = ['resource', 'content'] as const;
