import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { asBuffer } from '../../core/bytes/as-buffer.ts';
import { encodeError } from '../../core/mcp/encode-answer.ts';
import type { RpcError } from '../../core/mcp/errors.ts';
import type { RpcId } from '../../core/mcp/message.ts';

/** On every answer: it is for one principal, and it is never a page. Flat: name, value. */
const COMMON_HEADERS: readonly string[] = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'];
const JSON_HEADERS: readonly string[] = ['Content-Type', 'application/json', ...COMMON_HEADERS];

const EVENT_START = Buffer.from('event: message\ndata: ');
const EVENT_END = Buffer.from('\n\n');

/** More than this of an unread body is not even thrown away: the connection ends. */
const DISCARDED_BYTES_MAX = 16 * 1024 * 1024;
/** Pieces of an answer up to this long together are copied into one write. */
const COPIED_BYTES_MAX = 32 * 1024;

export function sendJson(res: ServerResponse, status: number, json: string, headers: readonly string[] = []): void {
  res.writeHead(status, [...JSON_HEADERS, ...headers, 'Content-Length', `${Buffer.byteLength(json)}`]);
  res.end(json);
  discardBody(res.req);
}

/** For an answer that may be large. */
export function sendJsonBytes(
  res: ServerResponse,
  status: number,
  pieces: readonly Uint8Array[],
  headers: readonly string[] = [],
): void {
  res.writeHead(status, [...JSON_HEADERS, ...headers, 'Content-Length', `${lengthOf(pieces)}`]);
  endWith(res, pieces);
}

export function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

export function sendEmpty(res: ServerResponse, status: number, headers: readonly string[] = []): void {
  const length = status === 204 ? [] : ['Content-Length', '0'];
  res.writeHead(status, [...COMMON_HEADERS, ...headers, ...length]);
  res.end();
  discardBody(res.req);
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

/** With what comes first in it, if that is known: in one write with the headers, and with what is told in the same turn. */
export function beginEventStream(res: ServerResponse, first: string): void {
  const headers = ['Content-Type', 'text/event-stream', ...COMMON_HEADERS, 'X-Accel-Buffering', 'no'];
  res.writeHead(200, headers);
  if (first === '') res.flushHeaders();
  else res.write(first);
}

/** `json` holds no line break. */
export function encodeEvent(json: string): string {
  return `event: message\ndata: ${json}\n\n`;
}

/** The last event. The pieces hold no line break: it would end the event, and could begin another one. */
export function endEventStream(res: ServerResponse, pieces: readonly Uint8Array[], idLine = ''): void {
  endWith(res, idLine === '' ? eventOf(pieces) : [Buffer.from(idLine), ...eventOf(pieces)]);
}

export function eventOf(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  return [EVENT_START, ...pieces, EVENT_END];
}

/**
 * Takes what is left of a body that nobody reads. To close the connection on a host that is still sending could cost it the answer
 * that says why.
 */
function discardBody(req: IncomingMessage): void {
  if (req.complete) return;
  let length = 0;
  req.on('data', (chunk: Uint8Array) => {
    length += chunk.length;
    if (length > DISCARDED_BYTES_MAX) req.destroy();
  });
}

/**
 * Never corked: Node writes the end of a chunked answer before what a cork held back. It gathers the writes of one turn by itself.
 */
function endWith(res: ServerResponse, pieces: readonly Uint8Array[]): void {
  if (lengthOf(pieces) <= COPIED_BYTES_MAX) {
    // As latin1 text, which is its bytes: Node writes text and headers as one, where bytes cost it a gathering write.
    let text = '';
    for (const piece of pieces) text += asBuffer(piece).toString('latin1');
    res.end(text, 'latin1');
    return;
  }
  for (const piece of pieces) res.write(piece);
  res.end();
}
