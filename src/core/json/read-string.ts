import { BACKSLASH, QUOTE, SPACE } from './characters.ts';
import { type TextCursor, refuseAt } from './text-cursor.ts';

/** Reads the string whose opening quote is at the cursor. */
export function readString(cursor: TextCursor): string | undefined {
  const { text } = cursor;
  const start = cursor.position + 1;
  const end = findSpecial(text, start);
  const code = text.charCodeAt(end);
  if (code === QUOTE) {
    cursor.position = end + 1;
    return text.slice(start, end);
  }
  return code === BACKSLASH ? readEscaped(cursor, end) : refuseSpecial(cursor, end);
}

/** Finds the end by itself, then has the engine replace the escapes: one whole string literal is all that `JSON.parse` is given. */
function readEscaped(cursor: TextCursor, firstEscape: number): string | undefined {
  const { text, position: start } = cursor;
  let end = firstEscape;
  while (text.charCodeAt(end) === BACKSLASH) end = findSpecial(text, end + 2);
  if (text.charCodeAt(end) !== QUOTE) return refuseSpecial(cursor, end);
  const value = parseLiteral(text.slice(start, end + 1));
  if (value === undefined) return refuseAt(cursor, start, 'syntax', 'an escape that JSON does not have');
  // Written as UTF-8 a lone surrogate turns into U+FFFD, so the upstream would see another string than the policy did.
  if (!value.isWellFormed()) {
    return refuseAt(cursor, start, 'lone-surrogate', 'an escaped surrogate without its other half');
  }
  cursor.position = end + 1;
  return value;
}

function parseLiteral(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}

/** The first quote, backslash or control character at or after `start`; the length of the text where there is none. */
function findSpecial(text: string, start: number): number {
  const near = start + NEAR_CHARACTERS;
  for (let position = start; position < near; position++) {
    const code = text.charCodeAt(position);
    if (code === QUOTE || code === BACKSLASH || !(code >= SPACE)) return position;
  }
  PLAIN.lastIndex = near;
  PLAIN.test(text);
  return PLAIN.lastIndex;
}

/** A loop is faster for names and short values, the regular expression for long texts. */
const NEAR_CHARACTERS = 24;
const PLAIN = /[^"\\\u0000-\u001f]*/y;

function refuseSpecial(cursor: TextCursor, position: number): undefined {
  if (position >= cursor.text.length) {
    return refuseAt(cursor, cursor.text.length, 'syntax', 'the text ends inside a string');
  }
  return refuseAt(cursor, position, 'syntax', 'a control character inside a string');
}
