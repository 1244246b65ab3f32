import type { Dispatcher } from 'undici';
import { createEventStreamParser, type EventStreamParser, type StreamEvent } from '../../../core/mcp/event-stream.ts';
import { createByteBudget } from '../byte-budget.ts';
import { parseAnswerHead } from '../http/answer-head.ts';
import { exchange } from '../http/exchange.ts';
import type { Child, ChildLimits, ChildListener } from '../stdio/child.ts';
import { findEndpoint } from './find-endpoint.ts';

export interface EventPeerOptions {
  readonly url: URL;
  /** Names and values in turn, beside those that every request has. */
  readonly headers: readonly string[];
  /** For the streams, which last; and for the messages, which must not wait for one of those to end. */
  readonly streams: Pick<Dispatcher, 'request'>;
  readonly messages: Pick<Dispatcher, 'dispatch'>;
  /** From the request for the stream to the event that says where messages go, and for each message. */
  readonly handshakeTimeoutMs: number;
}

/**
 * The other side of one conversation over HTTP with SSE: what it says are the events of a long answer to GET, what it is told is posted
 * to the endpoint that it names. It is spoken to like a process, which has the same two directions and nothing that joins an answer
 * to its request but the id.
 *
 * It is over when its stream ends, for whatever reason, and when a message was not taken: what was told and not yet answered may have been
 * carried out, and nobody can find out. A new one is opened by whoever needs it, with pauses that grow.
 */
export function openEventPeer(options: EventPeerOptions, limits: ChildLimits, listener: ChildListener): Child {
  const peer = new EventPeer(options, limits, listener);
  peer.start();
  return peer;
}

class EventPeer implements Child {
  readonly #options: EventPeerOptions;
  readonly #limits: ChildLimits;
  readonly #listener: ChildListener;
  readonly #ended = new AbortController();
  #endpoint: URL | null = null;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #isPosting = false;
  #late: NodeJS.Timeout | undefined;
  readonly #parser: EventStreamParser;
  /** Resolves when the stream is read on; `null` while it is. */
  #paused: PromiseWithResolvers<void> | null = null;

  constructor(options: EventPeerOptions, limits: ChildLimits, listener: ChildListener) {
    this.#options = options;
    this.#limits = limits;
    this.#listener = listener;
    this.#parser = createEventStreamParser(limits.lineBytesMax);
  }

  start(): void {
    const { handshakeTimeoutMs } = this.#options;
    this.#late = setTimeout(() => this.#end(`no endpoint within ${handshakeTimeoutMs} ms`), handshakeTimeoutMs);
    this.#read().then(
      (how) => this.#end(how),
      () => this.#end('the event stream was lost'),
    );
  }

  write(line: string): 'written' | 'full' | 'gone' {
    if (this.#ended.signal.aborted) return 'gone';
    if (this.#waitingBytes > this.#limits.inputBytesMax) return 'full';
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    void this.#post();
    return 'written';
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers();
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = null;
  }

  cut(): void {
    this.#parser.cut();
  }

  async stop(): Promise<void> {
    this.#end('closed');
  }

  kill(): void {
    this.#end('closed');
  }

  /** Resolves to why it ended. */
  async #read(): Promise<string> {
    const { url, headers, streams, handshakeTimeoutMs } = this.#options;
    const answer = await streams.request({
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: ['accept', 'text/event-stream', 'cache-control', 'no-store', ...headers],
      headersTimeout: handshakeTimeoutMs,
      // Silence is what an upstream says that has nothing to say.
      bodyTimeout: 0,
      signal: this.#ended.signal,
    });
    const head = parseAnswerHead(answer.statusCode, answer.headers);
    if (!head.ok || head.value.status !== 200 || head.value.body !== 'events') {
      answer.body.on('error', () => undefined).destroy();
      return head.ok ? `HTTP ${head.value.status} without an event stream` : head.error;
    }
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      const { events, tooLarge } = this.#parser.push(chunk);
      for (const event of events) this.#onEvent(event);
      if (tooLarge) this.#listener.onLineTooLong();
      else this.#listener.onUnfinished(this.#parser.heldBytes());
      if (this.#paused !== null) await this.#paused.promise;
    }
    return 'the event stream ended';
  }

  #onEvent({ type, data, isCut }: StreamEvent): void {
    if (this.#ended.signal.aborted) return;
    if (isCut) return this.#listener.onCutLine(data);
    if (type === 'message' && data.length > 0) return this.#listener.onLine(data);
    if (type !== 'endpoint') return;
    // Whoever could name another one later could have the rest of the conversation sent there.
    if (this.#endpoint !== null) return this.#end('the endpoint was named twice');
    const endpoint = findEndpoint(data, this.#options.url);
    if (!endpoint.ok) return this.#end(endpoint.error);
    clearTimeout(this.#late);
    this.#endpoint = endpoint.value;
    void this.#post();
  }

  /** One after the other: a message must not overtake the one before it, such as a call the end of the handshake. */
  async #post(): Promise<void> {
    if (this.#isPosting || this.#endpoint === null) return;
    this.#isPosting = true;
    for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
      this.#waitingBytes -= line.length;
      const problem = await this.#postOne(this.#endpoint, line);
      if (problem !== null) return this.#end(problem);
    }
    this.#isPosting = false;
  }

  async #postOne(endpoint: URL, body: string): Promise<string | null> {
    const { headers, messages, handshakeTimeoutMs } = this.#options;
    const deps = {
      dispatcher: messages,
      budget: createByteBudget(Number.MAX_SAFE_INTEGER),
      limits: {
        firstByteTimeoutMs: null,
        idleTimeoutMs: null,
        answerBytesMax: 0,
        eventsPerCallMax: 0,
        unreadTimeoutMs: 0,
      },
      onSecondAnswer: () => undefined,
    };
    const answered = await exchange(deps, {
      method: 'POST',
      path: `${endpoint.pathname}${endpoint.search}`,
      headers: ['content-type', 'application/json', ...headers],
      body,
      timeoutMs: handshakeTimeoutMs,
      signal: this.#ended.signal,
      // The answer proper comes on the stream; of this one only the status means anything.
      reader: null,
    });
    if (!answered.ok) return `a message was not taken (${answered.error.kind})`;
    const { status } = answered.value.head;
    return status < 300 ? null : `HTTP ${status} to a message`;
  }

  #end(how: string): void {
    if (this.#ended.signal.aborted) return;
    clearTimeout(this.#late);
    this.#ended.abort();
    this.resume();
    this.#waiting = [];
    // Not at once: whoever opens it has to know it first.
    queueMicrotask(() => this.#listener.onGone({ hadStarted: true, how, lastWords: '' }));
  }
}
