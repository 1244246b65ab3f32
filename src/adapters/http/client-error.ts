import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from './node-http.ts';

const STATUS_OF_ERROR: ReadonlyMap<string, number> = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
]);

/**
 * Answers what is not HTTP, or is too slow, and ends the connection: after a framing error nobody can say where the next request
 * begins, so nothing that follows on it may be read (request smuggling).
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  const status = STATUS_OF_ERROR.get(error.code ?? '') ?? 400;
  if (error.code === 'ECONNRESET' || !socket.writable || isOwedAnswer(socket)) socket.destroy();
  else socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Whether an earlier request on the connection waits for its answer, for which this one would be taken. */
function isOwedAnswer(socket: Duplex): boolean {
  const { _httpMessage: pending } = socket as Duplex & { readonly _httpMessage?: ServerResponse | null };
  return pending !== undefined && pending !== null && (pending.headersSent || pending.req.complete);
}
