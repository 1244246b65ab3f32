import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { asBuffer } from '../../core/bytes/as-buffer.ts';
import { ServerResponse } from './node-http.ts';

/**
 * Stands in for the response while one message of a batch is answered, and keeps what would have been sent. It is no connection: it
 * is never gone and never full, and it can become no stream, because its host is said to take none.
 */
export class PartResponse extends ServerResponse {
  readonly #chunks: Buffer[] = [];
  #status = 0;

  constructor(req: IncomingMessage) {
    super(req);
  }

  override writeHead(status: number): this {
    this.#status = status;
    return this;
  }

  override write(chunk: string | Uint8Array, encoding?: unknown): boolean {
    this.#chunks.push(toBuffer(chunk, encoding));
    return true;
  }

  override end(chunk?: unknown, encoding?: unknown): this {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) this.write(chunk, encoding);
    return this;
  }

  /** `null`: there was none. */
  get part(): { readonly status: number; readonly body: Buffer } | null {
    return this.#status === 0 ? null : { status: this.#status, body: Buffer.concat(this.#chunks) };
  }
}

function toBuffer(chunk: string | Uint8Array, encoding: unknown): Buffer {
  if (typeof chunk !== 'string') return asBuffer(chunk);
  return Buffer.from(chunk, encoding === 'latin1' ? 'latin1' : 'utf8');
}
