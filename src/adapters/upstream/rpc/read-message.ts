import { asBuffer } from '../../../core/bytes/as-buffer.ts';
import { BACKSLASH, DIGIT_0, LOWER_F, LOWER_N, LOWER_T, QUOTE } from '../../../core/json/characters.ts';
import { UPSTREAM_MESSAGE_LIMITS } from '../../../core/json/limits.ts';
import { readJson } from '../../../core/json/read-json.ts';
import {
  type MemberSpan,
  type MemberSpans,
  type SkimLimits,
  skimNestedObject,
} from '../../../core/json/skim-object.ts';
import { type Json, type JsonObject, isJsonObject } from '../../../core/json/value.ts';
import { type RpcId, isRpcId, parseMessage } from '../../../core/mcp/message.ts';
import { type Result, err, ok } from '../../../core/result.ts';

/** What an upstream may say, read no further than needed: a result can be megabytes, so it stays bytes. */
export type UpstreamMessage =
  | RpcResponse
  | { readonly kind: 'request'; readonly id: RpcId; readonly method: string; readonly params: JsonObject | null }
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonObject | null };

export type RpcResponse = RpcResultMessage | RpcErrorMessage;

export interface RpcResultMessage {
  readonly kind: 'result';
  readonly id: RpcId;
  readonly result: ResultObject;
}

/** A `result` that is known to be a well-formed object without duplicate names of its own, where it stands in its message. */
export interface ResultObject {
  readonly message: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Places count from the beginning of `message`. */
  readonly members: MemberSpans;
}

export interface RpcErrorMessage {
  readonly kind: 'error';
  /** `null` where the upstream could not tell which request it is about. */
  readonly id: RpcId | null;
  readonly code: number;
  /** The upstream's own words, cut. */
  readonly message: string;
  readonly data: Json;
}

/**
 * Reads one message from an upstream. Unknown members of the envelope are ignored, because nothing of the envelope is passed on. The
 * error names what is wrong and repeats nothing of the message.
 */
export function readMessage(bytes: Uint8Array, bytesMax: number): Result<UpstreamMessage, string> {
  const skimmed = skimNestedObject(bytes, { bytesMax, depthMax: DEPTH_MAX, membersMax: MEMBERS_MAX }, 'result');
  if (!skimmed.ok) return err(`the message is not acceptable JSON (${skimmed.error.kind})`);
  const { members, inner } = skimmed.value;
  if (readMember(bytes, members.get('jsonrpc')) !== '2.0') return err('jsonrpc is not "2.0"');
  if (members.has('method')) return readCall(bytes);

  const result = members.get('result');
  const error = members.get('error');
  if ((result === undefined) === (error === undefined)) return err('there is not exactly one of result and error');
  const id = readMember(bytes, members.get('id'));
  if (error !== undefined) {
    if (isRpcId(id)) return readError(readMember(bytes, error), id);
    return id === null || !members.has('id') ? readError(readMember(bytes, error), null) : BAD_ID;
  }
  if (!isRpcId(id)) return BAD_ID;
  if (result === undefined || inner === null) return err('the result is no object');
  return ok({ kind: 'result', id, result: { message: bytes, start: result.start, end: result.end, members: inner } });
}

export function readMember(bytes: Uint8Array, span: MemberSpan | undefined): Json | undefined {
  if (span === undefined) return undefined;
  const plain = readPlain(bytes, span);
  if (plain !== undefined) return plain;
  const json = readJson(bytes.subarray(span.start, span.end), UPSTREAM_MESSAGE_LIMITS);
  return json.ok ? json.value : undefined;
}

/**
 * A word, a small number or `true`, as most members are that are asked for: what was skimmed and is one of these has one reading only.
 * `undefined`: it is none.
 */
function readPlain(bytes: Uint8Array, { start, end }: MemberSpan): Json | undefined {
  if (end - start > PLAIN_BYTES_MAX) return undefined;
  switch (bytes[start] ?? 0) {
    case QUOTE:
      return readWord(bytes, start + 1, end - 1);
    case LOWER_T:
      return true;
    case LOWER_F:
      return false;
    case LOWER_N:
      return null;
    default:
      return readDigits(bytes, start, end);
  }
}

function readWord(bytes: Uint8Array, start: number, end: number): string | undefined {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === BACKSLASH || byte > ASCII_MAX) return undefined;
  }
  return asBuffer(bytes).toString('latin1', start, end);
}

function readDigits(bytes: Uint8Array, start: number, end: number): number | undefined {
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - DIGIT_0;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}

/** So many digits are a safe integer. */
const PLAIN_BYTES_MAX = 15;
const ASCII_MAX = 0x7f;

/** Deeper than an honest result, and far from what recursion bears. */
const DEPTH_MAX = 128;
const MEMBERS_MAX = 1_000;
/** A result inside a result, such as that of a task: of bytes that were within the limit already. */
export const NESTED_RESULT_LIMITS: SkimLimits = {
  bytesMax: Number.MAX_SAFE_INTEGER,
  depthMax: DEPTH_MAX,
  membersMax: MEMBERS_MAX,
};
const ERROR_MESSAGE_CHARS_MAX = 500;
const BAD_ID: Result<never, string> = err('the id is not acceptable');

/** A request or notification of the upstream's. These are small, so they are read whole and strictly. */
function readCall(bytes: Uint8Array): Result<UpstreamMessage, string> {
  const json = readJson(bytes, UPSTREAM_MESSAGE_LIMITS);
  if (!json.ok) return err(`the message is not acceptable JSON (${json.error.kind})`);
  const message = parseMessage(json.value);
  if (!message.ok) return err('the message is no well-formed request or notification');
  if (message.value.kind === 'response') return err('the message has both a method and an answer');
  return ok(message.value);
}

function readError(error: Json | undefined, id: RpcId | null): Result<RpcErrorMessage, string> {
  if (!isJsonObject(error)) return err('the error is no object');
  const { code, message, data } = error;
  if (typeof code !== 'number' || !Number.isSafeInteger(code)) return err('the error has no code');
  const words = typeof message === 'string' ? message.slice(0, ERROR_MESSAGE_CHARS_MAX).toWellFormed() : '';
  return ok({ kind: 'error', id, code, message: words, data: data ?? null });
}
