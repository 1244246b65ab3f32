import { asBuffer } from '../../../core/bytes/as-buffer.ts';
import {
  CARRIAGE_RETURN,
  CLOSING_BRACE,
  COMMA,
  LINE_FEED,
  OPENING_BRACE,
  SPACE,
} from '../../../core/json/characters.ts';
import type { MemberSpans } from '../../../core/json/skim-object.ts';
import type { Era } from '../../../core/mcp/revisions.ts';
import { type Result, err, ok } from '../../../core/result.ts';
import type { UpstreamResult } from '../../../ports/upstream.ts';
import { type ResultObject, readMember } from './read-message.ts';

/**
 * Makes a result out of the `result` of an answer: reads `isError`, and takes out `resultType` and what the upstream says of caching,
 * which belong to this leg. The rest is passed on as the bytes it came in, and small and large results take this one path.
 *
 * A modern result that is not `complete` asks for input or hands over a task. Where either was offered it does not come here, so it is
 * invalid (2026-07-28, "Result types").
 */
export function readToolResult(
  result: ResultObject,
  era: Era,
  ofThisLeg: ReadonlySet<string> = OF_THIS_LEG,
): Result<UpstreamResult, string> {
  const { message, members } = result;
  const isError = members.has('isError') ? readMember(message, members.get('isError')) : false;
  if (typeof isError !== 'boolean') return err('isError is no boolean');
  if (!isComplete(result, era)) return err('resultType is not "complete"');

  const structured = members.get('structuredContent');
  const isOddlyStructured = structured !== undefined && message[structured.start] !== OPENING_BRACE;
  const json = withoutMembers(result, ofThisLeg);
  blankLineBreaks(json);
  const read = { kind: 'result', isError, json: [json], jsonBytes: json.length } as const;
  return ok(isOddlyStructured ? { ...read, isOddlyStructured } : read);
}

/** Whether the result is all there is. Legacy results know no other kind (and an absent `resultType` says the same). */
export function isComplete({ message, members }: ResultObject, era: Era): boolean {
  const resultType = members.get('resultType');
  return era === 'legacy' || resultType === undefined || readMember(message, resultType) === 'complete';
}

const OF_THIS_LEG: ReadonlySet<string> = new Set(['resultType', 'ttlMs', 'cacheScope']);
/** Of the result of a task: there `_meta` names the task, whose id is the upstream's. */
export const OF_THIS_TASK: ReadonlySet<string> = new Set([...OF_THIS_LEG, '_meta']);

/**
 * The bytes of the object without some of its members, as one piece: members that stay are moved up to the first of them, which mostly
 * is the only one of any length. Written into the message, which belongs to whoever reads it.
 */
function withoutMembers({ message, start, end, members }: ResultObject, names: ReadonlySet<string>): Uint8Array {
  if (!hasAny(members, names)) return message.subarray(start, end);
  let opening = start;
  let at = NOWHERE;
  for (const [name, { nameStart, end: memberEnd }] of members) {
    if (names.has(name)) continue;
    if (at === NOWHERE) {
      opening = nameStart - 1;
      at = nameStart;
    } else message[at++] = COMMA;
    if (at < nameStart) message.copyWithin(at, nameStart, memberEnd);
    at += memberEnd - nameStart;
  }
  if (at === NOWHERE) at = start + 1;
  message[opening] = OPENING_BRACE;
  message[at] = CLOSING_BRACE;
  return message.subarray(opening, at + 1);
}

const NOWHERE = -1;

function hasAny(members: MemberSpans, names: ReadonlySet<string>): boolean {
  for (const name of names) if (members.has(name)) return true;
  return false;
}

/**
 * Raw line breaks can only stand between the tokens of a JSON text, where a space means the same. Without them no byte of a result
 * can end a line or an event on the host's side.
 */
function blankLineBreaks(json: Uint8Array): void {
  const bytes = asBuffer(json);
  for (const lineBreak of [LINE_FEED, CARRIAGE_RETURN]) {
    for (let at = bytes.indexOf(lineBreak); at !== -1; at = bytes.indexOf(lineBreak, at + 1)) bytes[at] = SPACE;
  }
}
