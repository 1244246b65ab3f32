import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeError } from '../../core/mcp/encode-answer.ts';
import type { RpcError } from '../../core/mcp/errors.ts';
import type { RpcId } from '../../core/mcp/message.ts';

/** On every answer: it is for one principal, and it is never a page. Flat: name, value. */
const COMMON_HEADERS: readonly string[] = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'];
const JSON_HEADERS: readonly string[] = ['Content-Type', 'application/json', ...COMMON_HEADERS];

/** An unread body up to this long is taken and thrown away, so that the connection can be used again. */
const DISCARDED_BYTES_MAX = 64 * 1024;
/** Pieces of an answer up to this long together are copied into one write. */
const COPIED_BYTES_MAX = 32 * 1024;

export function sendJson(res: ServerResponse, status: number, json: string, headers: readonly string[] = []): void {
  res.writeHead(status, [
    ...JSON_HEADERS,
    ...headers,
    ...closing(res.req),
    'Content-Length',
    `${Buffer.byteLength(json)}`,
  ]);
  res.end(json);
}

/** For an answer that may be large. */
export function sendJsonBytes(
  res: ServerResponse,
  status: number,
  pieces: readonly Uint8Array[],
  headers: readonly string[] = [],
): void {
  const length = lengthOf(pieces);
  res.writeHead(status, [...JSON_HEADERS, ...headers, 'Content-Length', `${length}`]);
  if (length <= COPIED_BYTES_MAX) {
    res.end(Buffer.concat(pieces, length));
    return;
  }
  res.cork();
  for (const piece of pieces) res.write(piece);
  res.end();
  res.uncork();
}

export function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

export function sendEmpty(res: ServerResponse, status: number, headers: readonly string[] = []): void {
  const length = status === 204 ? [] : ['Content-Length', '0'];
  res.writeHead(status, [...COMMON_HEADERS, ...headers, ...closing(res.req), ...length]);
  res.end();
}

export function sendError(
  res: ServerResponse,
  id: RpcId | null,
  error: RpcError,
  headers: readonly string[] = [],
): void {
  sendJson(res, error.httpStatus, encodeError(id, error), headers);
}

export function retryAfter(seconds: number | null): readonly string[] {
  return seconds === null ? [] : ['Retry-After', `${seconds}`];
}

export function beginEventStream(res: ServerResponse): void {
  const headers = ['Content-Type', 'text/event-stream', ...COMMON_HEADERS, 'X-Accel-Buffering', 'no'];
  res.writeHead(200, headers);
  res.flushHeaders();
}

/** A long body that nobody is going to read must not follow on this connection. */
function closing(req: IncomingMessage): readonly string[] {
  if (req.complete) return [];
  const declared = Number(req.headers['content-length'] ?? Number.NaN);
  const hasBody = declared > 0 || req.headers['transfer-encoding'] !== undefined;
  return hasBody && !(declared <= DISCARDED_BYTES_MAX) ? ['Connection', 'close'] : [];
}
