import type { Dispatcher } from 'undici';
import { createEventStreamParser, type EventStreamParser } from '../../../core/mcp/event-stream.ts';
import { parseAnswerHead, type RawHeaders } from './answer-head.ts';

/** A stream on which an upstream tells what nobody asked for just now. */
export interface NotificationStreamRequest {
  readonly dispatcher: Pick<Dispatcher, 'dispatch'>;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string | null;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onMessage: (message: Uint8Array) => void;
}

export interface NotificationStreamEnd {
  /** `null`: there was no answer. */
  readonly status: number | null;
  /** Whether it was an event stream at all. */
  readonly wasOpen: boolean;
  readonly lastEventId: string | null;
  readonly retryMs: number | null;
}

/** Notifications are small. What is larger ends the stream. */
const EVENT_BYTES_MAX = 256 * 1024;
/** What is read of one stream in a second. An upstream that sends more is made to wait, and cannot keep the gateway from its calls. */
const BYTES_PER_SECOND_MAX = 1024 * 1024;
const SECOND_MS = 1_000;
const HEADERS_TIMEOUT_MS = 30_000;

/** Reads a stream until it ends, on either side. Never rejects. There is no limit on its silence: TCP finds out who is gone. */
export function readNotificationStream(request: NotificationStreamRequest): Promise<NotificationStreamEnd> {
  return new Promise((resolve) => {
    const { dispatcher, method, path, headers, body, signal } = request;
    if (signal.aborted) return resolve({ status: null, wasOpen: false, lastEventId: null, retryMs: null });
    const options = { method, path, headers: headers as string[], body };
    const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, bodyTimeout: 0 };
    dispatcher.dispatch({ ...options, ...timeouts }, new NotificationStream(request, resolve));
  });
}

class NotificationStream implements Dispatcher.DispatchHandler {
  readonly #request: NotificationStreamRequest;
  readonly #resolve: (end: NotificationStreamEnd) => void;
  readonly #parser: EventStreamParser = createEventStreamParser(EVENT_BYTES_MAX);
  #controller: Dispatcher.DispatchController | null = null;
  #status: number | null = null;
  #isOpen = false;
  #isOver = false;
  #bytesThisSecond = 0;
  #second: NodeJS.Timeout | null = null;

  constructor(request: NotificationStreamRequest, resolve: (end: NotificationStreamEnd) => void) {
    this.#request = request;
    this.#resolve = resolve;
    request.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(GIVEN_UP);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: RawHeaders): void {
    if (this.#isOver || status < 200) return;
    this.#status = status;
    const head = parseAnswerHead(status, headers);
    if (!head.ok || status >= 300 || head.value.body !== 'events') return this.#end();
    this.#isOpen = true;
    this.#request.onOpen();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#isOver) return;
    const { events, tooLarge } = this.#parser.push(chunk);
    for (const { type, data } of events) {
      if (type === 'message' && data.length > 0 && !this.#isOver) this.#request.onMessage(data);
    }
    if (tooLarge) return this.#end();
    this.#bytesThisSecond += chunk.length;
    if (this.#bytesThisSecond > BYTES_PER_SECOND_MAX) controller.pause();
    this.#second ??= setTimeout(() => {
      this.#second = null;
      this.#bytesThisSecond = 0;
      if (!this.#isOver) controller.resume();
    }, SECOND_MS).unref();
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(): void {
    this.#end();
  }

  readonly #onAbort = (): void => this.#end();

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#second !== null) clearTimeout(this.#second);
    this.#request.signal.removeEventListener('abort', this.#onAbort);
    this.#controller?.abort(GIVEN_UP);
    this.#resolve({
      status: this.#status,
      wasOpen: this.#isOpen,
      lastEventId: this.#parser.lastEventId(),
      retryMs: this.#parser.retryMs(),
    });
  }
}

const GIVEN_UP = new Error('the stream is over');
