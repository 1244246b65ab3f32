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
import { type JsonFault, jsonFault } from './json-fault.ts';
import type { JsonLimits } from './limits.ts';
import { readNumber } from './read-number.ts';
import { readString } from './read-string.ts';
import { type TextCursor, refuseAt, skipSpace } from './text-cursor.ts';
import { type Json, createJsonObject } from './value.ts';

/**
 * Reads one untrusted JSON text (RFC 8259), and refuses what two readers could understand differently: duplicate names at any
 * depth, numbers that a double cannot hold, lone surrogates, a byte order mark, bytes that are not UTF-8. So the value that the
 * policy sees, the canonical text of it that is sent on, and what the upstream makes of that text are the same.
 *
 * Size is checked first, depth and number of members while reading, so no refused text costs more than an accepted one. Objects
 * have a null prototype; `__proto__` is a name like any other.
 */
export function readJson(bytes: Uint8Array, limits: JsonLimits): Result<Json, JsonFault> {
  const { bytesMax } = limits;
  if (bytes.length > bytesMax) return jsonFault('too-large', bytesMax, `longer than ${bytesMax} bytes`);
  if (!isUtf8(bytes)) return jsonFault('not-utf8', 0, 'not well-formed UTF-8');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const reader: Reader = { text, limits, position: 0, keys: 0, items: 0, fault: null };
  const value = readWhole(reader);
  if (value !== undefined) return ok(value);
  if (reader.fault === null) throw new Error('INVARIANT: a value is missing only after a fault');
  return err(reader.fault);
}

interface Reader extends TextCursor {
  readonly limits: JsonLimits;
  /** What counts towards `keysMax`, so far. */
  keys: number;
  /** Values in arrays, so far. */
  items: number;
}

function readWhole(reader: Reader): Json | undefined {
  if (reader.text.startsWith('\u{feff}')) {
    return refuseAt(reader, 0, 'byte-order-mark', 'a byte order mark before the value');
  }
  skipSpace(reader);
  if (reader.position === reader.text.length) return refuseAt(reader, reader.position, 'empty', 'no value');
  const value = readValue(reader, 0);
  if (value === undefined) return undefined;
  skipSpace(reader);
  if (reader.position === reader.text.length) return value;
  return refuseAt(reader, reader.position, 'syntax', 'something after the value');
}

/** `depth` counts the arrays and objects around the value. The recursion is bounded by `depthMax`. */
function readValue(reader: Reader, depth: number): Json | undefined {
  switch (reader.text.charCodeAt(reader.position)) {
    case QUOTE:
      return readString(reader);
    case OPENING_BRACE:
      return readObject(reader, depth + 1);
    case OPENING_BRACKET:
      return readArray(reader, depth + 1);
    case LOWER_T:
      return readWord(reader, 'true', true);
    case LOWER_F:
      return readWord(reader, 'false', false);
    case LOWER_N:
      return readWord(reader, 'null', null);
    default:
      return readNumber(reader);
  }
}

function readWord(reader: Reader, word: string, value: boolean | null): boolean | null | undefined {
  if (!reader.text.startsWith(word, reader.position)) {
    return refuseAt(reader, reader.position, 'syntax', 'a value was expected');
  }
  reader.position += word.length;
  return value;
}

function readArray(reader: Reader, depth: number): Json | undefined {
  if (!enter(reader, depth)) return undefined;
  const array: Json[] = [];
  if (skipSpace(reader) === CLOSING_BRACKET) {
    reader.position++;
    return array;
  }
  const { itemsMax } = reader.limits;
  for (;;) {
    if (++reader.items > itemsMax) {
      return refuseAt(reader, reader.position, 'too-many-items', `more than ${itemsMax} values in arrays`);
    }
    const value = readValue(reader, depth);
    if (value === undefined) return undefined;
    array.push(value);
    const code = skipSpace(reader);
    if (code !== COMMA && code !== CLOSING_BRACKET) {
      return refuseAt(reader, reader.position, 'syntax', 'a comma or a closing bracket was expected');
    }
    reader.position++;
    if (code === CLOSING_BRACKET) return array;
    skipSpace(reader);
  }
}

function readObject(reader: Reader, depth: number): Json | undefined {
  if (!enter(reader, depth)) return undefined;
  const object = createJsonObject();
  if (skipSpace(reader) === CLOSING_BRACE) {
    reader.position++;
    return object;
  }
  for (;;) {
    const name = readName(reader, object);
    if (name === undefined) return undefined;
    const value = readValue(reader, depth);
    if (value === undefined) return undefined;
    object[name] = value;
    const code = skipSpace(reader);
    if (code !== COMMA && code !== CLOSING_BRACE) {
      return refuseAt(reader, reader.position, 'syntax', 'a comma or a closing brace was expected');
    }
    reader.position++;
    if (code === CLOSING_BRACE) return object;
    skipSpace(reader);
  }
}

/** Reads `"name" :` and the white space behind it. The name must be new to `object`. */
function readName(reader: Reader, object: Readonly<Record<string, Json>>): string | undefined {
  const start = reader.position;
  if (reader.text.charCodeAt(start) !== QUOTE) return refuseAt(reader, start, 'syntax', 'a member name was expected');
  const name = readString(reader);
  if (name === undefined || !count(reader, start)) return undefined;
  // Readers differ in whether the first or the last of two counts. JSON has no `undefined`, so a value found is a name seen.
  if (object[name] !== undefined) return refuseAt(reader, start, 'duplicate-key', 'a member name for the second time');
  if (skipSpace(reader) !== COLON) return refuseAt(reader, reader.position, 'syntax', 'a colon was expected');
  reader.position++;
  skipSpace(reader);
  return name;
}

/** Moves behind the bracket or brace that opens an array or object. */
function enter(reader: Reader, depth: number): boolean {
  const { depthMax } = reader.limits;
  if (depth > depthMax) refuseAt(reader, reader.position, 'too-deep', `nested deeper than ${depthMax}`);
  else if (count(reader, reader.position)) reader.position++;
  return reader.fault === null;
}

/** Counts one member, array or object. */
function count(reader: Reader, position: number): boolean {
  const { keysMax } = reader.limits;
  if (++reader.keys > keysMax) {
    refuseAt(reader, position, 'too-many-keys', `more than ${keysMax} members, arrays and objects`);
  }
  return reader.fault === null;
}
