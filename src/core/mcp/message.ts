import { Buffer } from 'node:buffer';
import { type Json, type JsonObject, isJsonObject } from '../json/value.ts';
import { type Result, err, ok } from '../result.ts';
import { RPC_ERRORS, type RpcError, invalidRequest, rpcError } from './errors.ts';

export type RpcId = string | number;

export interface RequestMessage {
  readonly kind: 'request';
  readonly id: RpcId;
  readonly method: string;
  readonly params: JsonObject | null;
}

export interface NotificationMessage {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: JsonObject | null;
}

/** The answer to a question that was put to the host. */
export interface ResponseMessage {
  readonly kind: 'response';
  /** `null`: it does not say which question. */
  readonly id: RpcId | null;
  /** `null` for an error: why a host does not answer is its own affair. */
  readonly result: JsonObject | null;
}

export type Message = RequestMessage | NotificationMessage | ResponseMessage;

export interface MessageFault {
  /** The id to answer to; `null` where the message has none that could be trusted. */
  readonly id: RpcId | null;
  readonly error: RpcError;
}

export const RPC_ID_BYTES_MAX = 256;
const METHOD_LENGTH_MAX = 128;

/**
 * Reads one JSON-RPC 2.0 message. Stricter than the specification where two readers could differ: a member that is not known is
 * refused, because a reader that ignores case would take `"Method"` for `"method"`.
 */
export function parseMessage(json: Json): Result<Message, MessageFault> {
  if (!isJsonObject(json)) {
    return fault(null, 'A message must be a JSON object');
  }
  const id = isRpcId(json.id) ? json.id : null;
  for (const member in json) {
    if (!MEMBERS.has(member)) return fault(id, 'A message must have no members but those of JSON-RPC 2.0');
  }
  if (json.jsonrpc !== '2.0') return fault(id, 'jsonrpc must be "2.0"');
  if (json.id !== undefined && id === null) {
    return fault(null, `id must be an integer or a string of 1 to ${RPC_ID_BYTES_MAX} bytes`);
  }
  if (json.method === undefined) return parseResponse(json, id);
  return parseCall(json, json.method, id);
}

/** An integer that every reader takes for the same number, or a short string. */
export function isRpcId(value: Json | undefined): value is RpcId {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  // A string has at most three bytes of UTF-8 per unit, so most need no measuring.
  if (typeof value !== 'string' || value === '') return false;
  return value.length * 3 <= RPC_ID_BYTES_MAX || Buffer.byteLength(value) <= RPC_ID_BYTES_MAX;
}

const MEMBERS: ReadonlySet<string> = new Set(['jsonrpc', 'id', 'method', 'params', 'result', 'error']);

function parseCall(json: JsonObject, method: Json, id: RpcId | null): Result<Message, MessageFault> {
  if (json.result !== undefined || json.error !== undefined)
    return fault(id, 'A message must be a request or a response, not both');
  if (typeof method !== 'string' || method === '' || method.length > METHOD_LENGTH_MAX) {
    return fault(id, `method must be a string of 1 to ${METHOD_LENGTH_MAX} characters`);
  }
  if (json.params !== undefined && !isJsonObject(json.params)) {
    return err({ id, error: rpcError(RPC_ERRORS.invalidParams, 'params must be an object', 400) });
  }
  const params = json.params ?? null;
  if (id === null) return ok({ kind: 'notification', method, params });
  return ok({ kind: 'request', id, method, params });
}

function parseResponse(json: JsonObject, id: RpcId | null): Result<Message, MessageFault> {
  const answers = (json.result === undefined ? 0 : 1) + (json.error === undefined ? 0 : 1);
  if (answers !== 1 || json.params !== undefined) return fault(id, 'A message must be a request or a response');
  if (json.error !== undefined) return ok({ kind: 'response', id, result: null });
  if (!isJsonObject(json.result)) return fault(id, 'result must be an object');
  return ok({ kind: 'response', id, result: json.result });
}

function fault(id: RpcId | null, message: string): Result<never, MessageFault> {
  return err({ id, error: invalidRequest(message) });
}
