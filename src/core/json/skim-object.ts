import { Buffer, isUtf8 } from 'node:buffer';
import { type Result, err, ok } from '../result.ts';
import {
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COLON,
  COMMA,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTE,
} from './characters.ts';
import { createByteSearch } from './byte-search.ts';
import { type JsonFault, jsonFault } from './json-fault.ts';
import { REFUSED, type Skimmer, refuse, skimNumber, skimSpace, skimString, skimWord } from './skim-tokens.ts';

/** Limits that are checked before work is done on a text that is skimmed. */
export interface SkimLimits {
  readonly bytesMax: number;
  /** Arrays and objects inside each other; the outermost one counts as 1. */
  readonly depthMax: number;
  /** Own members of an object whose members are listed. */
  readonly membersMax: number;
}

/** Where a member stands in the bytes that were skimmed. `end` is the byte behind the last one of the value. */
export interface MemberSpan {
  /** The opening quote of the name. */
  readonly nameStart: number;
  /** The first byte of the value. */
  readonly start: number;
  readonly end: number;
}

/** Own members by their unescaped names, in the order of the text. */
export type MemberSpans = ReadonlyMap<string, MemberSpan>;

/**
 * Checks that `bytes` are exactly one JSON object (RFC 8259) and says where its own members stand, without building a value: a
 * result of a megabyte is sent on as it came, and reading it would cost more than all the rest of a call.
 *
 * Checked: size, UTF-8, the whole grammar at every level with no control character inside a string, depth, and that no two own
 * members have the same name after unescaping. Not checked, because nothing here is decided on it: duplicate names further down,
 * the range of numbers, and escapes of lone surrogates in values and in names further down.
 */
export function skimObject(bytes: Uint8Array, limits: SkimLimits): Result<MemberSpans, JsonFault> {
  const skimmed = skimNestedObject(bytes, limits, null);
  return skimmed.ok ? ok(skimmed.value.members) : skimmed;
}

/**
 * The same, and in the same pass the own members of the object that is the member `name`, held to the same rules. `inner` is `null`
 * where there is no such member, or it is no object. All places count from the beginning of `bytes`.
 */
export function skimNestedObject(
  bytes: Uint8Array,
  limits: SkimLimits,
  name: string | null,
): Result<{ readonly members: MemberSpans; readonly inner: MemberSpans | null }, JsonFault> {
  const { bytesMax } = limits;
  if (bytes.length > bytesMax) return jsonFault('too-large', bytesMax, `longer than ${bytesMax} bytes`);
  if (!isUtf8(bytes)) return jsonFault('not-utf8', 0, 'not well-formed UTF-8');
  const search = createByteSearch(bytes);
  const skimmer: ObjectSkimmer = { bytes: search.bytes, search, fault: null, limits };
  const outer: Listing = { members: new Map(), innerName: name, inner: null };
  skimWhole(skimmer, outer);
  if (skimmer.fault !== null) return err(skimmer.fault);
  return ok({ members: outer.members, inner: outer.inner?.members ?? null });
}

interface ObjectSkimmer extends Skimmer {
  readonly limits: SkimLimits;
}

/** What is noted of an object whose own members are listed. */
interface Listing {
  readonly members: Map<string, MemberSpan>;
  /** The member whose own members are listed too. */
  readonly innerName: string | null;
  inner: Listing | null;
}

function skimWhole(skimmer: ObjectSkimmer, listing: Listing): number {
  const { bytes } = skimmer;
  if (BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte)) {
    return refuse(skimmer, 0, 'byte-order-mark', 'a byte order mark before the value');
  }
  const start = skimSpace(bytes, 0);
  if (start === bytes.length) return refuse(skimmer, start, 'empty', 'no value');
  if (bytes[start] !== OPENING_BRACE) {
    return refuse(skimmer, start, 'not-an-object', 'something else than a JSON object');
  }
  const end = skimMembers(skimmer, start, 1, listing);
  if (end === REFUSED) return REFUSED;
  const rest = skimSpace(bytes, end);
  return rest === bytes.length ? end : refuse(skimmer, rest, 'syntax', 'something after the value');
}

const BYTE_ORDER_MARK: Uint8Array = Buffer.from('\u{feff}');

/** `depth` counts the arrays and objects around the value. The recursion is bounded by `depthMax`. */
function skimValue(skimmer: ObjectSkimmer, start: number, depth: number): number {
  switch (skimmer.bytes[start] ?? REFUSED) {
    case QUOTE:
      return skimString(skimmer, start);
    case OPENING_BRACE:
      return skimMembers(skimmer, start, depth + 1, null);
    case OPENING_BRACKET:
      return skimItems(skimmer, start, depth + 1);
    case LOWER_T:
      return skimWord(skimmer, start, TRUE);
    case LOWER_F:
      return skimWord(skimmer, start, FALSE);
    case LOWER_N:
      return skimWord(skimmer, start, NULL);
    default:
      return skimNumber(skimmer, start);
  }
}

const TRUE: Uint8Array = Buffer.from('true');
const FALSE: Uint8Array = Buffer.from('false');
const NULL: Uint8Array = Buffer.from('null');

function skimItems(skimmer: ObjectSkimmer, start: number, depth: number): number {
  const { bytes } = skimmer;
  if (depth > skimmer.limits.depthMax) return refuseDepth(skimmer, start);
  let position = skimSpace(bytes, start + 1);
  if (bytes[position] === CLOSING_BRACKET) return position + 1;
  for (;;) {
    position = skimValue(skimmer, position, depth);
    if (position === REFUSED) return REFUSED;
    position = skimSpace(bytes, position);
    if (bytes[position] === CLOSING_BRACKET) return position + 1;
    if (bytes[position] !== COMMA) {
      return refuse(skimmer, position, 'syntax', 'a comma or a closing bracket was expected');
    }
    position = skimSpace(bytes, position + 1);
  }
}

function skimMembers(skimmer: ObjectSkimmer, start: number, depth: number, listing: Listing | null): number {
  const { bytes } = skimmer;
  if (depth > skimmer.limits.depthMax) return refuseDepth(skimmer, start);
  let position = skimSpace(bytes, start + 1);
  if (bytes[position] === CLOSING_BRACE) return position + 1;
  for (;;) {
    position = skimMember(skimmer, position, depth, listing);
    if (position === REFUSED) return REFUSED;
    position = skimSpace(bytes, position);
    if (bytes[position] === CLOSING_BRACE) return position + 1;
    if (bytes[position] !== COMMA) {
      return refuse(skimmer, position, 'syntax', 'a comma or a closing brace was expected');
    }
    position = skimSpace(bytes, position + 1);
  }
}

function skimMember(skimmer: ObjectSkimmer, nameStart: number, depth: number, listing: Listing | null): number {
  const { bytes } = skimmer;
  if (bytes[nameStart] !== QUOTE) return refuse(skimmer, nameStart, 'syntax', 'a member name was expected');
  const nameEnd = skimString(skimmer, nameStart);
  if (nameEnd === REFUSED) return REFUSED;
  const colon = skimSpace(bytes, nameEnd);
  if (bytes[colon] !== COLON) return refuse(skimmer, colon, 'syntax', 'a colon was expected');
  const start = skimSpace(bytes, colon + 1);
  if (listing === null) return skimValue(skimmer, start, depth);

  const name = nameOf(bytes.toString('utf8', nameStart, nameEnd));
  if (name === null) return refuse(skimmer, nameStart, 'lone-surrogate', 'an escaped surrogate without its other half');
  if (listing.members.has(name)) {
    return refuse(skimmer, nameStart, 'duplicate-key', 'a member name for the second time');
  }
  const { membersMax } = skimmer.limits;
  if (listing.members.size === membersMax) {
    return refuse(skimmer, nameStart, 'too-many-keys', `more than ${membersMax} members`);
  }
  const end = skimListedValue(skimmer, start, depth, listing, name);
  listing.members.set(name, { nameStart, start, end });
  return end;
}

function skimListedValue(skimmer: ObjectSkimmer, start: number, depth: number, listing: Listing, name: string): number {
  if (name !== listing.innerName || skimmer.bytes[start] !== OPENING_BRACE) return skimValue(skimmer, start, depth);
  listing.inner = { members: new Map(), innerName: null, inner: null };
  return skimMembers(skimmer, start, depth + 1, listing.inner);
}

/** `literal` is a whole string of the text, quotes included. `null` for a name that is no sequence of characters. */
function nameOf(literal: string): string | null {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  const name = JSON.parse(literal) as string;
  return name.isWellFormed() ? name : null;
}

function refuseDepth(skimmer: ObjectSkimmer, offset: number): typeof REFUSED {
  return refuse(skimmer, offset, 'too-deep', `nested deeper than ${skimmer.limits.depthMax}`);
}
