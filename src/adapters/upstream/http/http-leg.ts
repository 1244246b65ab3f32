import { type buildConnector, Pool } from 'undici';
import { visibleText } from '../../../core/content/visible-text.ts';
import type { JsonObject } from '../../../core/json/value.ts';
import { type UpstreamNotice, parseNotice } from '../../../core/mcp/notices.ts';
import { type Result, assertNever } from '../../../core/result.ts';
import { WAITING_ANSWERS_MAX } from '../../../ports/answer-room.ts';
import type { UpstreamAsker, UpstreamFault } from '../../../ports/upstream.ts';
import { answerAsk, type CallSide } from '../call-side.ts';
import { sent } from '../fault.ts';
import type { UpstreamLimits } from '../limits.ts';
import type { ProgressGate } from '../progress-gate.ts';
import { type RpcResponse, type UpstreamMessage, readMessage } from '../rpc/read-message.ts';
import { writeAnswer, writeRequest } from '../rpc/write-message.ts';
import { createByteBudget } from '../byte-budget.ts';
import { exchange, type HttpAnswer, type MessageReader } from './exchange.ts';
import { exchangeWhole } from './exchange-whole.ts';

/** One JSON-RPC request over HTTP. */
export interface LegRequest {
  /** From `nextId`. */
  readonly id: number;
  readonly method: string;
  readonly paramsJson: string;
  /** On whose behalf it is made; `null`: on the gateway's own. */
  readonly principal: string | null;
  /** Names and values in turn, beside those of the manner. */
  readonly headers: readonly string[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressGate | null;
  /** What the upstream may do beside answering; nothing, unless it is given. */
  readonly side?: CallSide;
}

/** What is the same for many requests. */
export interface LegManner {
  /** Names and values in turn, beside those that every request has. */
  readonly headers: readonly string[];
  /** Whether requests of the upstream's are answered. A modern upstream may send none. */
  readonly answersRequests: boolean;
  /** Whether an answer whose stream ends too early is fetched further; only sessions can do that. */
  readonly resumes: boolean;
  /** Sees the answer before whoever asked for it. */
  readonly onAnswer: ((answer: HttpAnswer) => void) | null;
}

/** Of a request that says all by itself. */
export const BY_ITSELF: LegManner = { headers: [], answersRequests: false, resumes: false, onAnswer: null };

/** The connection to one upstream: sends messages, reads answers, knows nothing of eras, sessions and tools. */
export interface HttpLeg {
  nextId(): number;
  request(request: LegRequest, manner: LegManner): Promise<Result<HttpAnswer, UpstreamFault>>;
  /** Sends what has no answer: a notification, or the end of a session (`DELETE`, without a body). */
  send(body: string | null, headers: readonly string[], timeoutMs: number): Promise<Result<HttpAnswer, UpstreamFault>>;
  /** The same, when nobody waits for it. Left out when too much of this kind is under way. */
  tell(body: string, headers: readonly string[]): void;
  close(): Promise<void>;
}

export interface HttpLegOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: UpstreamLimits;
  readonly connect: buildConnector.connector;
}

export interface HttpLegDeps {
  readonly onNotice: (notice: UpstreamNotice, principal: string | null) => void;
  readonly report: (problem: string) => void;
  readonly onUninvited: (method: string) => void;
}

/** Connections beyond those of the calls, for what is told on the side. */
const SPARE_CONNECTIONS = 16;
const TOLD_AT_ONCE_MAX = 64;
const TELL_TIMEOUT_MS = 5_000;
/** Requests of the upstream's that are answered in one call. The rest gets silence. */
const REQUESTS_ANSWERED_MAX = 16;

export function createHttpLeg(options: HttpLegOptions, deps: HttpLegDeps): HttpLeg {
  const { url, limits } = options;
  const pool = new Pool(url.origin, {
    connections: limits.concurrentMax + SPARE_CONNECTIONS + WAITING_ANSWERS_MAX,
    pipelining: 1,
    connect: options.connect,
  });
  const exchangeDeps = {
    dispatcher: pool,
    budget: createByteBudget(limits.heldBytesMax),
    limits,
    onSecondAnswer: () => deps.report('the upstream answered one request twice; the first answer counts'),
  };
  const path = `${url.pathname}${url.search}`;
  const ownHeaders = ['content-type', 'application/json', 'accept', 'application/json, text/event-stream'];
  const commonHeaders = [...ownHeaders, ...Object.entries(options.headers).flat()];
  let lastId = 0;
  let toldAtOnce = 0;

  const leg: HttpLeg = {
    nextId: () => ++lastId,
    request(request, manner) {
      const reader = new AnswerReader(leg, deps, request, manner, limits.answerBytesMax);
      const posted = {
        method: 'POST',
        path,
        headers: commonHeaders.concat(manner.headers, request.headers),
        body: writeRequest(request.id, request.method, request.paramsJson),
        timeoutMs: request.timeoutMs,
        timer: request.side?.timer ?? null,
        room: request.side?.room ?? null,
        signal: request.signal,
        reader,
      } as const;
      const send = manner.resumes ? exchangeWhole : exchange;
      return send(exchangeDeps, posted).then((answered) => reader.end(answered));
    },
    send(body, headers, timeoutMs) {
      return exchange(exchangeDeps, {
        method: body === null ? 'DELETE' : 'POST',
        path,
        headers: [...commonHeaders, ...headers],
        body,
        timeoutMs,
        signal: NEVER,
        reader: null,
      });
    },
    tell(body, headers) {
      if (toldAtOnce >= TOLD_AT_ONCE_MAX) return;
      toldAtOnce++;
      void leg.send(body, headers, TELL_TIMEOUT_MS).finally(() => toldAtOnce--);
    },
    close: () => pool.destroy(),
  };
  return leg;
}

const NEVER: AbortSignal = new AbortController().signal;

/** Handles the messages of one answer: finds the response, serves or drops the rest. A class, because there is one for each call. */
class AnswerReader implements MessageReader {
  readonly #leg: HttpLeg;
  readonly #deps: HttpLegDeps;
  readonly #request: LegRequest;
  readonly #manner: LegManner;
  readonly #bytesMax: number;
  #problem: string | null = null;
  #unreadable = 0;
  #asked = 0;
  #hasRefused = false;
  /** From here on the call is over, and what comes on its stream is no part of it. */
  #isAnswered = false;

  constructor(leg: HttpLeg, deps: HttpLegDeps, request: LegRequest, manner: LegManner, bytesMax: number) {
    this.#leg = leg;
    this.#deps = deps;
    this.#request = request;
    this.#manner = manner;
    this.#bytesMax = bytesMax;
  }

  onMessage(bytes: Uint8Array, status: number): RpcResponse | null {
    const read = readMessage(bytes, this.#bytesMax);
    if (!read.ok) {
      this.#problem = read.error;
      this.#unreadable++;
      return null;
    }
    const message = read.value;
    switch (message.kind) {
      case 'result':
      case 'error':
        if (!isAnswerTo(this.#request, message, status)) return null;
        this.#isAnswered = true;
        return message;
      case 'request':
        this.#onRequest(message);
        return null;
      case 'notification':
        this.#onNotification(message.method, message.params);
        return null;
      default:
        return assertNever(message);
    }
  }

  /** The answer has ended: what it came to. */
  end(answered: Result<HttpAnswer, UpstreamFault>): Result<HttpAnswer, UpstreamFault> {
    if (this.#unreadable > 0) this.#deps.report(`${this.#unreadable} messages were left out: ${this.#problem}`);
    if (!answered.ok) return answered;
    this.#manner.onAnswer?.(answered.value);
    if (answered.value.response !== null || answered.value.head.status >= 300) return answered;
    return sent('invalid-answer', this.#problem ?? 'the answer holds no response to this request');
  }

  #onRequest(message: UpstreamMessage & { kind: 'request' }): void {
    if (this.#isAnswered) return;
    this.#asked++;
    const { answersRequests, headers } = this.#manner;
    const request = { ...this.#request, headers: [...headers, ...this.#request.headers] };
    const asker = request.side?.asker ?? null;
    const isAsking = message.method !== 'ping';
    if (asker !== null && answersRequests && isAsking && this.#asked <= REQUESTS_ANSWERED_MAX) {
      return void passOn(this.#leg, this.#deps, request, asker, message);
    }
    if (isAsking) this.#refuse(message.method);
    if (!answersRequests || this.#asked > REQUESTS_ANSWERED_MAX) return;
    this.#leg.tell(writeAnswer(message.id, message.method), request.headers);
  }

  #onNotification(method: string, params: JsonObject | null): void {
    const { onProgress, side, principal } = this.#request;
    if (!this.#isAnswered && method === 'notifications/progress') onProgress?.(params);
    else if (!this.#isAnswered && method === 'notifications/message') side?.onLog?.(params);
    const notice = parseNotice(method, params);
    if (notice !== null) this.#deps.onNotice(notice, principal);
  }

  /** Tells of every request that was not offered, and the operator of the first of one answer. */
  #refuse(method: string): void {
    const { onUninvited, report } = this.#deps;
    onUninvited(method);
    if (!this.#hasRefused) report(`the upstream asked for ${visibleText(method)}, which was not offered; refused`);
    this.#hasRefused = true;
  }
}

/** An upstream that refuses a whole HTTP request need not have read the id. */
function isAnswerTo({ id }: LegRequest, response: RpcResponse, status: number): boolean {
  return response.id === id || (response.kind === 'error' && response.id === null && status >= 400);
}

/** The upstream waits for this answer, so it is not left out when much is told on the side. */
async function passOn(
  leg: HttpLeg,
  deps: HttpLegDeps,
  request: LegRequest,
  asker: UpstreamAsker,
  message: UpstreamMessage & { kind: 'request' },
): Promise<void> {
  const answer = await answerAsk(asker, request.side?.timer ?? null, message);
  if (request.signal.aborted) return;
  const told = await leg.send(answer, request.headers, TELL_TIMEOUT_MS);
  if (!told.ok || told.value.head.status >= 300) deps.report('the upstream did not take the answer to what it asked');
}
