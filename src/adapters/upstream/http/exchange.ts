import { errors, type Dispatcher } from 'undici';
import { type ByteCollector, createByteCollector } from '../../../core/bytes/byte-collector.ts';
import { type EventStreamParser, createEventStreamParser } from '../../../core/mcp/event-stream.ts';
import { type Result, ok } from '../../../core/result.ts';
import { type AnswerRoom, SMALL_ANSWER_BYTES_MAX } from '../../../ports/answer-room.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import type { CallTimer } from '../call-timer.ts';
import { notSent, sent } from '../fault.ts';
import type { RpcResponse } from '../rpc/read-message.ts';
import { type AnswerHead, type RawHeaders, parseAnswerHead } from './answer-head.ts';
import type { ByteBudget } from '../byte-budget.ts';

export interface ExchangeLimits {
  readonly firstByteTimeoutMs: number | null;
  readonly idleTimeoutMs: number | null;
  readonly answerBytesMax: number;
  readonly unreadTimeoutMs: number;
  readonly eventsPerCallMax: number;
}

export interface HttpRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string | null;
  readonly timeoutMs: number;
  /** Counts the time instead, where people may be asked meanwhile. */
  readonly timer?: CallTimer | null;
  readonly signal: AbortSignal;
  /** Memory for a large answer; nothing: it need not wait for any. */
  readonly room?: (() => AnswerRoom | null) | null;
  /** `null`: nothing but the head of the answer matters. */
  readonly reader: MessageReader | null;
}

export interface MessageReader {
  /** Handles one message of the answer; returns it where it is the answer proper. */
  onMessage(message: Uint8Array, status: number): RpcResponse | null;
}

export interface HttpAnswer {
  readonly head: AnswerHead;
  /** `null` where the HTTP answer came without one. */
  readonly response: RpcResponse | null;
  /** Where an event stream that ended without an answer can be taken up again. */
  readonly resume: ResumePoint | null;
}

export interface ResumePoint {
  readonly lastEventId: string;
  /** As the upstream wants it; `null` where it says nothing. Not limited. */
  readonly afterMs: number | null;
}

export interface ExchangeDeps {
  readonly dispatcher: Pick<Dispatcher, 'dispatch'>;
  readonly budget: ByteBudget;
  readonly limits: ExchangeLimits;
  /** An upstream answered again after its answer. */
  readonly onSecondAnswer: () => void;
}

/** Sends one request and reads its answer. Ends in every case, within the limits. */
export function exchange(deps: ExchangeDeps, request: HttpRequest): Promise<Result<HttpAnswer, UpstreamFault>> {
  return new Promise((resolve) => {
    new Exchange(deps, request, resolve).start();
  });
}

/** What an error answer may hold; it is read for its code only. */
const ERROR_BODY_BYTES_MAX = 64 * 1024;
/** When it is known what the answer is, the rest of it should end by itself, so that the connection can be used again. */
const DRAIN_BYTES_MAX = 64 * 1024;
const DRAIN_TIMEOUT_MS = 1000;

/** One request under way. A class, because it is the handler that undici calls back, a dozen times on the hottest path. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #deps: ExchangeDeps;
  readonly #request: HttpRequest;
  readonly #resolve: (answer: Result<HttpAnswer, UpstreamFault>) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isSent = false;
  #isSettled = false;
  #head: AnswerHead | null = null;
  #body: ByteCollector | null = null;
  #events: EventStreamParser | null = null;
  #eventsSeen = 0;
  #receivedBytes = 0;
  #heldBytes = 0;
  #drainUntilBytes = 0;
  /** Taken, or waited for. */
  #roomBytes = 0;
  #endWait: (() => void) | null = null;

  constructor(deps: ExchangeDeps, request: HttpRequest, resolve: (answer: Result<HttpAnswer, UpstreamFault>) => void) {
    this.#deps = deps;
    this.#request = request;
    this.#resolve = resolve;
  }

  start(): void {
    const { method, path, headers, body, signal, timeoutMs, timer = null } = this.#request;
    if (signal.aborted) return this.#fail('aborted', 'given up before it was sent');
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (timer === null) this.#timer = setTimeout(onTimeout, timeoutMs, this);
    else timer.start(() => this.onTimeout());
    const { firstByteTimeoutMs, idleTimeoutMs } = this.#deps.limits;
    this.#deps.dispatcher.dispatch(
      {
        method,
        path,
        headers: headers as string[],
        body,
        headersTimeout: Math.min(firstByteTimeoutMs ?? timeoutMs, timeoutMs),
        // A stream is silent for as long as people are; the timer bounds the rest.
        bodyTimeout: timer === null ? Math.min(idleTimeoutMs ?? timeoutMs, timeoutMs) : 0,
      },
      this,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Nothing is written yet: what was given up while it waited for a connection is never sent.
    if (this.#isSettled) controller.abort(GIVEN_UP);
    else this.#isSent = true;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: RawHeaders): void {
    if (this.#isSettled || status < 200) return;
    const head = parseAnswerHead(status, headers);
    if (!head.ok) return this.#fail('invalid-answer', head.error);
    this.#head = head.value;
    if (this.#request.reader === null) {
      this.#settle(ok({ head: head.value, response: null, resume: null }));
      return this.#drain();
    }
    const { answerBytesMax } = this.#deps.limits;
    if ((head.value.lengthBytes ?? 0) > answerBytesMax) return this.#failTooLarge();
    if (status >= 300) this.#body = createByteCollector(ERROR_BODY_BYTES_MAX);
    else if (head.value.body === 'json') {
      this.#body = createByteCollector(answerBytesMax, head.value.lengthBytes ?? 0);
      // Where the upstream says how much will come, none of it is read before there is room for all of it.
      this.#takeRoom(controller, head.value.lengthBytes ?? 0);
    } else if (head.value.body === 'events') this.#events = createEventStreamParser(answerBytesMax);
    else if (head.value.body === 'other') this.#fail('invalid-answer', `HTTP ${status} with another content type`);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#receivedBytes += chunk.length;
    if (this.#isSettled) {
      if (this.#receivedBytes > this.#drainUntilBytes) controller.abort(GIVEN_UP);
      else this.#readEvents(chunk);
      return;
    }
    if (this.#receivedBytes > this.#deps.limits.answerBytesMax) return this.#failTooLarge();
    if (!this.#deps.budget.take(chunk.length))
      return this.#fail('overloaded', 'too much is held for unfinished answers');
    this.#heldBytes += chunk.length;
    if (this.#events !== null) this.#readEvents(chunk);
    else if (this.#body === null) this.#fail('invalid-answer', 'the answer has a body of no content type');
    else if (!this.#body.add(chunk))
      this.#fail('too-large', `an error answer of more than ${ERROR_BODY_BYTES_MAX} bytes`);
    this.#takeRoom(controller, this.#receivedBytes);
  }

  /** Leaves a large answer with the upstream until there is room for so much of it. */
  #takeRoom(controller: Dispatcher.DispatchController, bytes: number): void {
    if (bytes <= SMALL_ANSWER_BYTES_MAX || bytes <= this.#roomBytes || this.#isSettled) return;
    const room = this.#request.room?.() ?? null;
    if (room === null) return;
    const missing = bytes - this.#roomBytes;
    this.#roomBytes = bytes;
    if (room.take(missing)) return;
    const giveUp = room.wait(missing, () => {
      clearTimeout(timer);
      this.#endWait = null;
      controller.resume();
    });
    if (giveUp === null) return this.#failUnread();
    const timer = setTimeout(() => this.#failUnread(), this.#deps.limits.unreadTimeoutMs);
    this.#endWait = () => {
      clearTimeout(timer);
      giveUp();
    };
    controller.pause();
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    const head = this.#head;
    if (this.#isSettled || head === null) return;
    if (head.body === 'events' && head.status < 300 && !this.#settleUnfinished(head))
      return this.#fail('invalid-answer', 'the stream ended without an answer');
    if (this.#isSettled) return;
    const body = head.body === 'json' ? this.#body?.take() : undefined;
    const isEmpty = body === undefined || body.length === 0;
    this.#settle(ok({ head, response: isEmpty ? null : this.#readMessage(body, head.status), resume: null }));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#timer);
    if (error instanceof errors.HeadersTimeoutError) this.#fail('timeout', 'no first byte in time');
    else if (error instanceof errors.BodyTimeoutError) this.#fail('timeout', 'the answer stopped half-way');
    else if (error instanceof errors.HeadersOverflowError)
      this.#fail('too-large', 'the headers of the answer are too large');
    else if (error instanceof errors.HTTPParserError || error instanceof errors.ResponseContentLengthMismatchError)
      this.#fail('invalid-answer', 'the answer is no HTTP/1.1');
    else if (this.#head === null || !this.#settleUnfinished(this.#head))
      this.#fail('unreachable', this.#isSent ? 'the connection was lost' : `no connection (${codeOf(error)})`);
  }

  /** Whether the stream that ended too early named a place to go on from. */
  #settleUnfinished(head: AnswerHead): boolean {
    const lastEventId = this.#events?.lastEventId() ?? null;
    if (lastEventId === null || !EVENT_ID.test(lastEventId)) return false;
    const afterMs = this.#events?.retryMs() ?? null;
    this.#settle(ok({ head, response: null, resume: { lastEventId, afterMs } }));
    return true;
  }

  #readEvents(chunk: Uint8Array): void {
    if (this.#events === null || this.#head === null) return;
    const { events, tooLarge } = this.#events.push(chunk);
    for (const { type, data } of events) {
      // Other types belong to other protocols, and an event with empty data only carries an id.
      if (type !== 'message' || data.length === 0) continue;
      if (++this.#eventsSeen > this.#deps.limits.eventsPerCallMax) return this.#fail('too-large', 'too many events');
      const response = this.#readMessage(data, this.#head.status);
      if (response === null) continue;
      if (this.#isSettled) return this.#deps.onSecondAnswer();
      this.#settle(ok({ head: this.#head, response, resume: null }));
      this.#drain();
    }
    if (tooLarge) this.#failTooLarge();
  }

  #readMessage(message: Uint8Array, status: number): RpcResponse | null {
    return this.#request.reader?.onMessage(message, status) ?? null;
  }

  #drain(): void {
    this.#drainUntilBytes = this.#receivedBytes + DRAIN_BYTES_MAX;
    this.#timer = setTimeout(() => this.#controller?.abort(GIVEN_UP), DRAIN_TIMEOUT_MS);
  }

  #failTooLarge(): void {
    this.#fail('too-large', `an answer of more than ${this.#deps.limits.answerBytesMax} bytes`);
  }

  onTimeout(): void {
    if (this.#endWait !== null) this.#failUnread();
    else this.#fail('timeout', `no answer within ${this.#request.timeoutMs} ms`);
  }

  #failUnread(): void {
    this.#fail('unread', 'answers that nobody reads left no room for this one');
  }

  readonly #onAbort = (): void => this.#fail('aborted', 'given up by the caller');

  #fail(kind: UpstreamFault['kind'], detail: string): void {
    if (this.#isSettled) return;
    this.#settle(this.#isSent ? sent(kind, detail) : notSent(kind, detail));
    this.#controller?.abort(GIVEN_UP);
  }

  #settle(answer: Result<HttpAnswer, UpstreamFault>): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#request.timer?.stop();
    this.#endWait?.();
    this.#request.signal.removeEventListener('abort', this.#onAbort);
    this.#deps.budget.giveBack(this.#heldBytes);
    this.#resolve(answer);
  }
}

const onTimeout = (exchange: Exchange): void => exchange.onTimeout();

/** What fits a header. */
const EVENT_ID = /^[!-~](?:[ -~]{0,1022}[!-~])?$/;

const GIVEN_UP = new Error('the exchange is over');

/** A code such as `ECONNREFUSED`. Never the message, which can repeat what a peer sent. */
function codeOf(error: Error): string {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : error.name;
}
