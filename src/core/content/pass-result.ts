import { Buffer } from 'node:buffer';
import { asBuffer } from '../bytes/as-buffer.ts';
import { joinBytes } from '../bytes/join-bytes.ts';
import { OPENING_BRACKET } from '../json/characters.ts';
import type { JsonLimits } from '../json/limits.ts';
import { readJson } from '../json/read-json.ts';
import { type MemberSpan, skimObject } from '../json/skim-object.ts';
import { splitItems } from '../json/split-items.ts';
import type { Json } from '../json/value.ts';
import { passBlock, passContents, passedMeta, passMessage } from './pass-block.ts';
import type { PassRules } from './pass-rules.ts';

export interface PassOptions {
  readonly rules: PassRules;
  /** Hosts before 2026-07-28 know structured content that is an object, and nothing else. */
  readonly withoutStructured: boolean;
}

/**
 * A result as a host may see it: of `_meta` only what the operator lets through, no icons, no links that a host must not follow, no
 * pages of apps that are not allowed. Texts, pictures and structured content stay the bytes they were. `pieces` are those of one
 * well-formed JSON object.
 *
 * Most results hold nothing of the kind, and are not read for it: a search of their bytes for the few names that matter says so.
 */
export function passResult(pieces: readonly Uint8Array[], options: PassOptions): readonly Uint8Array[] {
  const bytes = joinBytes(pieces);
  if (!options.withoutStructured && !mayHold(bytes)) return [bytes];
  const members = skimObject(bytes, RESULT_LIMITS);
  if (!members.ok) throw new Error(`INVARIANT: a result is a JSON object: ${members.error.detail}`);
  const kept: Uint8Array[] = [];
  for (const [name, span] of members.value) {
    const value = passMember(name, bytes.subarray(span.start, span.end), options);
    if (value === null) continue;
    kept.push(kept.length === 0 ? OPENING : COMMA, nameOf(bytes, span), ...value);
  }
  return kept.length === 0 ? [EMPTY] : [Buffer.concat([...kept, CLOSING])];
}

/** As large as an answer can be at all; the adapter that took it has its own limits. */
const RESULT_LIMITS = { bytesMax: 512 * 1024 * 1024, depthMax: 256, membersMax: 2_000 };
/** One item is a picture at most, or a page. */
const ITEM_LIMITS: JsonLimits = { bytesMax: 256 * 1024 * 1024, depthMax: 64, keysMax: 20_000, itemsMax: 200_000 };
const ITEMS_MAX = 100_000;
const EMPTY = Buffer.from('{}');
const OPENING = Buffer.from('{');
const COMMA = Buffer.from(',');
const CLOSING = Buffer.from('}');

const NEEDLES: readonly Buffer[] = ['_meta"', '"icons"', '"resource', '"contents"'].map((text) => Buffer.from(text));
/** An escape of a letter of these names is found as well, so that no spelling of them is missed. */
const ESCAPED: readonly Buffer[] = ['\\u004', '\\u005', '\\u006', '\\u007'].map((text) => Buffer.from(text));
/** Where there is none of these, which is one search, there is none of those. */
const ESCAPE = Buffer.from('\\u00');

function mayHold(bytes: Buffer): boolean {
  const holds = (needle: Buffer): boolean => bytes.includes(needle);
  return NEEDLES.some(holds) || (holds(ESCAPE) && ESCAPED.some(holds));
}

/** Media types are compared without regard to case, and a resource is small enough to be searched for one. */
function mayBePage(bytes: Buffer): boolean {
  return mayHold(bytes) || /profile/i.test(bytes.toString('latin1'));
}

function nameOf(bytes: Buffer, { nameStart, start }: MemberSpan): Uint8Array {
  return bytes.subarray(nameStart, start);
}

const PASS_ITEM: ReadonlyMap<string, (item: Json, rules: PassRules) => Json> = new Map([
  ['content', passBlock],
  ['contents', passContents],
  ['messages', passMessage],
]);

/** The value in pieces; `null` where the member is left out. */
function passMember(name: string, value: Buffer, { rules, withoutStructured }: PassOptions): Uint8Array[] | null {
  if (name === 'structuredContent' && withoutStructured) return null;
  if (name === '_meta') {
    const meta = readJson(value, ITEM_LIMITS);
    const kept = meta.ok ? passedMeta(meta.value, rules) : {};
    return Object.keys(kept).length === 0 ? null : [Buffer.from(JSON.stringify(kept))];
  }
  const passItem = PASS_ITEM.get(name);
  if (passItem === undefined || value[0] !== OPENING_BRACKET) return [value];
  const mayMatter = name === 'contents' ? mayBePage : mayHold;
  return passItems(value, mayMatter, (item) => passItem(item, rules));
}

function passItems(array: Buffer, mayMatter: (item: Buffer) => boolean, passItem: (item: Json) => Json): Uint8Array[] {
  const items = splitItems(array, ITEMS_MAX) ?? [];
  const passed = items.flatMap((item) => {
    const bytes = asBuffer(item);
    if (!mayMatter(bytes)) return [bytes];
    const json = readJson(bytes, ITEM_LIMITS);
    // What cannot be read in one way only could be read by its host in another.
    return json.ok ? [Buffer.from(JSON.stringify(passItem(json.value)))] : [];
  });
  return [OPENING_ARRAY, ...passed.flatMap((item, index) => (index === 0 ? [item] : [COMMA, item])), CLOSING_ARRAY];
}

const OPENING_ARRAY = Buffer.from('[');
const CLOSING_ARRAY = Buffer.from(']');
