import { Buffer } from 'node:buffer';
import { CARRIAGE_RETURN, LINE_FEED, OPENING_BRACE, SPACE } from '../../../core/json/characters.ts';
import type { Era } from '../../../core/mcp/revisions.ts';
import { type Result, err, ok } from '../../../core/result.ts';
import type { UpstreamResult } from '../../../ports/upstream.ts';
import { type ResultObject, readMember } from './read-message.ts';

/**
 * Makes a result out of the `result` of an answer: reads `isError`, and cuts out `resultType` and what the upstream says of caching,
 * which belong to this leg. The rest is passed on as the bytes it came in; small and large results take this one path.
 *
 * A modern result that is not `complete` asks for input or hands over a task. Neither was offered, so it is invalid (2026-07-28,
 * "Result types").
 */
export function readToolResult(result: ResultObject, era: Era): Result<UpstreamResult, string> {
  const { message, members } = result;
  const isError = members.has('isError') ? readMember(message, members.get('isError')) : false;
  if (typeof isError !== 'boolean') return err('isError is no boolean');
  if (!isComplete(result, era)) return err('resultType is not "complete"');

  const json = piecesWithout(result, OF_THIS_LEG).map(withoutLineBreaks);
  const jsonBytes = json.reduce((sum, piece) => sum + piece.length, 0);
  const structured = members.get('structuredContent');
  const isOddlyStructured = structured !== undefined && message[structured.start] !== OPENING_BRACE;
  return ok({ kind: 'result', isError, json, jsonBytes, ...(isOddlyStructured && { isOddlyStructured }) });
}

/** Whether the result is all there is. Legacy results know no other kind (and an absent `resultType` says the same). */
export function isComplete({ message, members }: ResultObject, era: Era): boolean {
  const resultType = members.get('resultType');
  return era === 'legacy' || resultType === undefined || readMember(message, resultType) === 'complete';
}

const OF_THIS_LEG: ReadonlySet<string> = new Set(['resultType', 'ttlMs', 'cacheScope']);

/** The bytes of the object without some of its members, and their commas. */
function piecesWithout({ message, start, end, members }: ResultObject, cut: ReadonlySet<string>): Uint8Array[] {
  if (![...cut].some((name) => members.has(name))) return [message.subarray(start, end)];
  const pieces: Uint8Array[] = [OPENING];
  let run: { readonly start: number; end: number } | null = null;
  for (const [name, member] of members) {
    if (!cut.has(name)) {
      run ??= { start: member.nameStart, end: member.end };
      run.end = member.end;
    } else if (run !== null) {
      pieces.push(message.subarray(run.start, run.end), COMMA);
      run = null;
    }
  }
  if (run !== null) pieces.push(message.subarray(run.start, run.end));
  else if (pieces.length > 1) pieces.pop();
  return [...pieces, CLOSING];
}

const OPENING = Buffer.from('{');
const COMMA = Buffer.from(',');
const CLOSING = Buffer.from('}');

/**
 * Raw line breaks can only stand between the tokens of a JSON text, where a space means the same. Without them no byte of a result
 * can end a line or an event on the host's side.
 */
function withoutLineBreaks(piece: Uint8Array): Uint8Array {
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  if (!bytes.includes(LINE_FEED) && !bytes.includes(CARRIAGE_RETURN)) return bytes;
  const copy = Buffer.from(bytes);
  for (const lineBreak of [LINE_FEED, CARRIAGE_RETURN]) {
    for (let at = copy.indexOf(lineBreak); at !== -1; at = copy.indexOf(lineBreak, at + 1)) copy[at] = SPACE;
  }
  return copy;
}
