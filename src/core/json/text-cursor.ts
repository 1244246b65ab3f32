import { Buffer } from 'node:buffer';
import { CARRIAGE_RETURN, LINE_FEED, SPACE, TAB } from './characters.ts';
import type { JsonFault, JsonFaultKind } from './json-fault.ts';

/**
 * A place in a JSON text that is being read, and the first fault. Reading functions move `position` past what they read; at a
 * fault they leave it there and give back `undefined`, which is no JSON value. This saves a `Result` for every value of the text.
 */
export interface TextCursor {
  readonly text: string;
  position: number;
  fault: JsonFault | null;
}

/** Moves to the next character that is not white space; answers its code unit, or `NaN` at the end of the text. */
export function skipSpace(cursor: TextCursor): number {
  const { text } = cursor;
  let position = cursor.position;
  let code = text.charCodeAt(position);
  while (code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB) {
    code = text.charCodeAt(++position);
  }
  cursor.position = position;
  return code;
}

export function refuseAt(cursor: TextCursor, position: number, kind: JsonFaultKind, detail: string): undefined {
  cursor.fault = { kind, offset: Buffer.byteLength(cursor.text.slice(0, position)), detail };
}
