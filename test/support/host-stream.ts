import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createEventStreamParser } from '../../src/core/mcp/event-stream.ts';
import type { RawRequest } from './raw-http.ts';

/** One event as a host reads it. */
export interface HostEvent {
  readonly id: string | null;
  /** `null` for an event without data. */
  readonly message: HostMessage | null;
}

export interface HostMessage {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number };
}

/** An answer that is read as it comes. */
export interface HostStream {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Everything that has come. */
  readonly events: readonly HostEvent[];
  /** The methods of the notifications that have come. */
  methods(): readonly string[];
  /** Comments that have come. */
  comments(): number;
  /** Resolves when a message with this method has come so often; rejects when the stream ended without. */
  received(method: string, times?: number): Promise<HostMessage>;
  /** How it ended: in good order, or not. */
  readonly ended: Promise<'end' | 'cut'>;
  /** Goes away without a word. */
  close(): void;
  /** Reads no more, and does not go away. */
  stopReading(): void;
}

/** Sends a request and reads the answer while it comes. Resolves when its head is there. */
export function openHostStream(
  port: number,
  { method = 'POST', path = '/mcp', headers = [], body = '' }: RawRequest,
): Promise<HostStream> {
  return new Promise((resolve, reject) => {
    const own = headers.map(([name, value]) => [name, value] as [string, string]);
    const sent = httpRequest({ port, host: '127.0.0.1', method, path, agent: false, headers: Object.fromEntries(own) });
    sent.on('error', reject);
    sent.on('response', (response) => resolve(readStream(response, () => sent.destroy())));
    sent.end(body);
  });
}

function readStream(response: IncomingMessage, close: () => void): HostStream {
  const parser = createEventStreamParser(1024 * 1024);
  const events: HostEvent[] = [];
  const waiting = new Set<() => void>();
  let comments = 0;
  let isOver = false;
  const wake = (): void => waiting.forEach((check) => check());
  response.on('data', (chunk: Buffer) => {
    comments += chunk
      .toString('latin1')
      .split('\n')
      .filter((line) => line.startsWith(':')).length;
    for (const byte of chunk) {
      for (const { data } of parser.push(Buffer.of(byte)).events) {
        const text = Buffer.from(data).toString('utf8');
        events.push({ id: parser.lastEventId(), message: text === '' ? null : (JSON.parse(text) as HostMessage) });
      }
    }
    wake();
  });
  const ended = new Promise<'end' | 'cut'>((resolve) => {
    const over = (how: 'end' | 'cut'): void => {
      isOver = true;
      wake();
      resolve(how);
    };
    response.on('end', () => over('end'));
    response.on('close', () => over(response.complete ? 'end' : 'cut'));
    response.on('error', () => over('cut'));
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    comments: () => comments,
    methods: () => events.flatMap(({ message }) => (message?.method === undefined ? [] : [message.method])),
    received: (method, times = 1) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = events.filter(({ message }) => message?.method === method)[times - 1]?.message;
          if (found === undefined || found === null) {
            if (isOver) reject(new Error(`the stream ended without ${method}`));
            return;
          }
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
    ended,
    close,
    stopReading: () => void response.pause(),
  };
}
