import { Buffer } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import type { Ask } from '../../core/conversation/ask.ts';
import type { JsonObject } from '../../core/json/value.ts';
import {
  encodeError,
  encodeNotification,
  encodeProgress,
  encodeRequest,
  encodeResult,
  encodeResultBytes,
} from '../../core/mcp/encode-answer.ts';
import type { RpcId } from '../../core/mcp/message.ts';
import type { Era } from '../../core/mcp/revisions.ts';
import type { AskAnswer, HostError, HostInputRequest, HostLog, HostResult, HostStream } from '../../gateway/gateway.ts';
import type { HostTask } from '../../gateway/tasks/host-task.ts';
import type { AnswerRoom } from '../../ports/answer-room.ts';
import type { UpstreamProgress } from '../../ports/upstream.ts';
import type { Asks } from './asks.ts';
import type { HostNotice } from '../../gateway/subscriptions/listening.ts';
import { encodeCreatedTask, encodeHostNotice } from './encode-task.ts';
import type { Slot } from './load.ts';
import type { McpPlaneLimits } from './plane-options.ts';
import type { CallLine, CallLog } from './call-events.ts';
import {
  beginEventStream,
  encodeEvent,
  endEventStream,
  eventOf,
  lengthOf,
  retryAfter,
  sendJsonBytes,
} from './respond.ts';

export interface CallStreamOptions {
  readonly res: ServerResponse;
  readonly slot: Slot;
  readonly id: RpcId;
  readonly era: Era;
  readonly progressToken: RpcId | null;
  /** Whether the result of a resource is awaited, of which a modern host is told how long it may keep it. */
  readonly isRead: boolean;
  /** Whether the host takes `text/event-stream`. */
  readonly acceptsEvents: boolean;
  /** Where questions wait for their answers; `null` for a host without a session, which cannot be asked on the stream. */
  readonly asks: Asks | null;
  readonly nextAskId: () => string;
  /** Tells the session something when the call is over; `null` where there is none. */
  readonly tellSession: ((notice: HostNotice) => void) | null;
  /** What its host can come back for; `null` where it cannot. */
  readonly openLog: (() => CallLog) | null;
  /** Whether its stream begins with an id, before there is anything to tell. Hosts of revisions before 2025-11-25 expect no empty event. */
  readonly beginsWithId: boolean;
  readonly limits: Pick<McpPlaneLimits, 'streamKeepAliveMs' | 'streamBufferBytesMax' | 'logMessagesPerCallMax'>;
}

/**
 * The answer to one call: plain JSON, unless somebody opened the stream before it was known. INVARIANT: exactly one answer is
 * written, and nothing after it.
 */
export class CallStream implements HostStream {
  readonly #options: CallStreamOptions;
  #line: CallLine;
  /** Our ids of pages by the upstream's; few calls have any. */
  #pages: Map<string, string> | null = null;
  #log: CallLog | null = null;
  #keepAlive: NodeJS.Timeout | null = null;
  #isOpen = false;
  #isAnswered = false;
  #hasGivenId = false;
  #lastProgress = Number.NEGATIVE_INFINITY;
  #logged = 0;
  /** Aborts when nothing can be asked any more. Most calls ask nothing, and an abort costs more than the rest of an answer. */
  #over: AbortController | null = null;

  constructor(options: CallStreamOptions) {
    this.#options = options;
    this.#line = { res: options.res, slot: options.slot };
  }

  get wantsProgress(): boolean {
    return this.#options.progressToken !== null && this.#options.acceptsEvents;
  }

  open(): boolean {
    if (this.#isOpen) return true;
    const { acceptsEvents, openLog, limits } = this.#options;
    const { res, slot } = this.#line;
    if (!acceptsEvents || this.#isAnswered || res.destroyed || !slot.becomeStream()) return false;
    this.#isOpen = true;
    this.#log = openLog?.() ?? null;
    const { beginsWithId } = this.#options;
    beginEventStream(res, this.#log !== null && beginsWithId ? firstEvent(this.#log.firstId) : COMMENT);
    this.#hasGivenId = this.#log !== null && beginsWithId;
    if (this.#log !== null) this.#log.onReturn = (line) => this.#goOn(line);
    this.#keepAlive = setInterval(() => this.#write(COMMENT), limits.streamKeepAliveMs);
    this.#keepAlive.unref();
    return true;
  }

  progress(progress: UpstreamProgress): void {
    const { progressToken } = this.#options;
    if (progressToken === null || this.#isAnswered) return;
    // MCP wants it to increase; an upstream that reports backwards is not repeated.
    if (!(progress.progress > this.#lastProgress) || !Number.isFinite(progress.progress) || !this.open()) return;
    this.#lastProgress = progress.progress;
    this.#tell(encodeEvent(encodeProgress(progressToken, progress)));
  }

  log({ level, logger, data }: HostLog): void {
    if (this.#isAnswered || this.#logged >= this.#options.limits.logMessagesPerCallMax || !this.open()) return;
    this.#logged += 1;
    const params = { level, ...(logger !== null && { logger }), data };
    this.#tell(encodeEvent(encodeNotification('notifications/message', params)));
  }

  async ask(asks: ReadonlyMap<string, Ask>, signal: AbortSignal): Promise<ReadonlyMap<string, AskAnswer>> {
    const answers = [...asks].map(async ([key, ask]) => [key, await this.#askOne(ask, signal)] as const);
    return new Map(await Promise.all(answers));
  }

  tellPageDone(theirs: string): void {
    const elicitationId = this.#pages?.get(theirs);
    if (elicitationId === undefined) return;
    this.#pages?.delete(theirs);
    const notice = { kind: 'page-done', elicitationId } as const;
    if (!this.#isAnswered && this.#isOpen) this.#tell(encodeEvent(encodeHostNotice(notice, null)));
    else this.#options.tellSession?.(notice);
  }

  async #askOne({ kind, method, params, elicitationId }: Ask, signal: AbortSignal): Promise<AskAnswer> {
    const { asks, nextAskId } = this.#options;
    if (asks === null || this.#isAnswered || !this.open()) return { kind: 'unanswered' };
    const id = nextAskId();
    // Revision 2025-11-25 wants an id by which the end of an elicitation could be told. The upstream's own is not for other people's eyes.
    if (elicitationId !== undefined) (this.#pages ??= new Map()).set(elicitationId, id);
    const shown: JsonObject = kind === 'elicitation-url' ? { ...params, elicitationId: id } : params;
    if (!this.#tell(encodeEvent(encodeRequest(id, method, shown)))) return { kind: 'unanswered' };
    this.#over ??= new AbortController();
    const answer = await asks.wait(id, AbortSignal.any([signal, this.#over.signal]));
    if (answer.kind === 'unanswered' && !this.#isAnswered) {
      this.#tell(encodeEvent(encodeNotification('notifications/cancelled', { requestId: id })));
    }
    return answer;
  }

  /** Throws, with nothing written, when the result breaks its contract. */
  answer(answer: HostResult | HostError | HostInputRequest | HostTask): void {
    const pieces = encodeAnswer(answer, this.#options);
    if (answer.kind === 'error') this.#finish(pieces, answer.httpStatus, retryAfter(answer.retryAfterSeconds));
    else this.#finish(pieces, 200, []);
  }

  /** The same, with an answer that is encoded already. */
  answerBytes(pieces: readonly Uint8Array[]): void {
    this.#finish(pieces, 200, []);
  }

  /** Nothing but the answer is written from now on. */
  close(): void {
    this.#isAnswered = true;
    this.#over?.abort();
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive);
    if (this.#log !== null) this.#log.onReturn = null;
  }

  isThere(): boolean {
    return !this.#line.res.destroyed;
  }

  room(): AnswerRoom {
    return this.#line.slot;
  }

  get isResumable(): boolean {
    return this.#options.openLog !== null;
  }

  /** Whether its host could come back after its connection is lost: it has an id to come back with. */
  get canReturn(): boolean {
    return this.#hasGivenId;
  }

  #finish(pieces: readonly Uint8Array[], status: number, headers: readonly string[]): void {
    if (this.#isAnswered) throw new Error('a call is answered once');
    const log = this.#log;
    const { res, slot } = this.#line;
    if (this.#isOpen) checkLineBreaks(pieces);
    this.close();
    const idLine = log !== null ? log.last(eventOf(pieces)) : '';
    if (res.destroyed) return;
    slot.holdAnswer(lengthOf(pieces));
    if (this.#isOpen) endEventStream(res, pieces, idLine);
    else sendJsonBytes(res, status, pieces, headers);
  }

  /** The same host, on another connection: it has been told what it missed. */
  #goOn(line: CallLine): void {
    this.#line.res.destroy();
    this.#line = line;
  }

  /** `false`: nobody will ever read it. */
  #tell(event: string): boolean {
    if (this.#log === null) return this.#write(event);
    if (this.#write(this.#log.next(event) + event)) this.#hasGivenId = true;
    return true;
  }

  /** Dropped where the reader does not keep up: comments and progress may be missed, memory may not grow. */
  #write(text: string): boolean {
    const { limits } = this.#options;
    const { res } = this.#line;
    if (res.destroyed || res.writableLength > limits.streamBufferBytesMax) return false;
    res.write(text);
    return true;
  }
}

function encodeAnswer(
  answer: HostResult | HostError | HostInputRequest | HostTask,
  { id, era, isRead }: Pick<CallStreamOptions, 'id' | 'era' | 'isRead'>,
): readonly Uint8Array[] {
  switch (answer.kind) {
    case 'result':
      return encodeResultBytes(id, answer.json, era, isRead);
    case 'error':
      return [Buffer.from(encodeError(id, answer))];
    case 'task':
      return encodeCreatedTask(id, answer, era);
    case 'input-required': {
      const { inputRequests, requestState } = answer;
      return [Buffer.from(encodeResult(id, { resultType: 'input_required', inputRequests, requestState }))];
    }
  }
}

/** Revision 2025-11-25 begins with an id, so that a host can come back also when nothing was told yet. */
function firstEvent(id: string): string {
  return `id: ${id}\nretry: ${RETRY_MS}\ndata:\n\n`;
}

/** How long a host is asked to wait before it comes back. */
const RETRY_MS = 1_000;

/** A line that event stream readers skip; it keeps everything on the way from taking the wait for silence. */
const COMMENT = ':\n\n';
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A line break, which their contract rules out, would end the event, and could begin another one. */
function checkLineBreaks(pieces: readonly Uint8Array[]): void {
  for (const piece of pieces) {
    if (piece.includes(LINE_FEED) || piece.includes(CARRIAGE_RETURN)) throw new Error('a result holds a line break');
  }
}
