import { Buffer } from 'node:buffer';
import type { JsonObject } from '../json/value.ts';
import type { RpcError } from './errors.ts';
import type { RpcId } from './message.ts';
import type { Era } from './revisions.ts';

/** Without an id where the message had none that could be trusted: MCP has no `null` there, unlike JSON-RPC. */
export function encodeError(id: RpcId | null, error: Pick<RpcError, 'code' | 'message' | 'data'>): string {
  const { code, message, data } = error;
  const body = data === null ? { code, message } : { code, message, data };
  return JSON.stringify(id === null ? { jsonrpc: '2.0', error: body } : { jsonrpc: '2.0', id, error: body });
}

export function encodeResult(id: RpcId, result: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result });
}

export function encodeRequest(id: RpcId, method: string, params: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

export function encodeNotification(method: string, params: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}

export interface Progress {
  readonly progress: number;
  readonly total: number | null;
  readonly message: string | null;
}

export function encodeProgress(progressToken: RpcId, { progress, total, message }: Progress): string {
  const params = { progressToken, progress, ...(total !== null && { total }), ...(message !== null && { message }) };
  return JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params });
}

/**
 * A whole answer around the bytes of a result object, in pieces: the bytes may be megabytes, so they are neither read nor copied.
 * A modern host is told that the result is complete. Throws when the bytes do not begin an object, which their contract rules out.
 */
export function encodeResultBytes(
  id: RpcId,
  result: readonly Uint8Array[],
  era: Era,
  isRead = false,
): readonly Uint8Array[] {
  const { chunk, offset, isEmpty } = findFirstMember(result);
  const first = result[chunk] as Uint8Array;
  const said = isRead ? COMPLETE_READ : COMPLETE;
  const kind = era === 'legacy' ? '' : isEmpty ? said : `${said},`;
  const head = Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{${kind}`);
  return [head, first.subarray(offset), ...result.slice(chunk + 1), TAIL];
}

const COMPLETE = '"resultType":"complete"';
/** A resource was read for one person, and may be another the next time (2026-07-28, "Caching"). */
const COMPLETE_READ = `${COMPLETE},"ttlMs":0,"cacheScope":"private"`;
const TAIL = Buffer.from('}');
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

interface Place {
  readonly chunk: number;
  /** Of the first byte after the opening brace and any white space. */
  readonly offset: number;
  readonly isEmpty: boolean;
}

function findFirstMember(result: readonly Uint8Array[]): Place {
  let opened = false;
  for (let chunk = 0; chunk < result.length; chunk++) {
    const bytes = result[chunk] as Uint8Array;
    for (let offset = 0; offset < bytes.length; offset++) {
      const byte = bytes[offset];
      if (byte === 0x20 || byte === 0x09) continue;
      if (opened) return { chunk, offset, isEmpty: byte === CLOSING_BRACE };
      if (byte !== OPENING_BRACE) throw new Error('a result does not begin with an opening brace');
      opened = true;
    }
  }
  throw new Error('a result is cut off');
}
