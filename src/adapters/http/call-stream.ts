import { Buffer } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import { encodeError, encodeProgress, encodeResultBytes } from '../../core/mcp/encode-answer.ts';
import type { RpcId } from '../../core/mcp/message.ts';
import type { Era } from '../../core/mcp/revisions.ts';
import type { HostError, HostResult, HostStream } from '../../gateway/gateway.ts';
import type { UpstreamProgress } from '../../ports/upstream.ts';
import type { Slot } from './load.ts';
import type { McpPlaneLimits } from './plane-options.ts';
import { beginEventStream, encodeEvent, endEventStream, lengthOf, retryAfter, sendJsonBytes } from './respond.ts';

export interface CallStreamOptions {
  readonly res: ServerResponse;
  readonly slot: Slot;
  readonly id: RpcId;
  readonly era: Era;
  readonly progressToken: RpcId | null;
  /** Whether the host takes `text/event-stream`. */
  readonly acceptsEvents: boolean;
  readonly limits: Pick<McpPlaneLimits, 'streamKeepAliveMs' | 'streamBufferBytesMax'>;
}

/**
 * The answer to one call: plain JSON, unless somebody opened the stream before it was known. INVARIANT: exactly one answer is
 * written, and nothing after it.
 */
export class CallStream implements HostStream {
  readonly #options: CallStreamOptions;
  #keepAlive: NodeJS.Timeout | null = null;
  #isOpen = false;
  #isAnswered = false;
  #lastProgress = Number.NEGATIVE_INFINITY;

  constructor(options: CallStreamOptions) {
    this.#options = options;
  }

  get wantsProgress(): boolean {
    return this.#options.progressToken !== null && this.#options.acceptsEvents;
  }

  open(): boolean {
    if (this.#isOpen) return true;
    const { res, slot, acceptsEvents, limits } = this.#options;
    if (!acceptsEvents || this.#isAnswered || res.destroyed || !slot.becomeStream()) return false;
    this.#isOpen = true;
    beginEventStream(res);
    res.write(COMMENT);
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
    this.#write(encodeEvent(encodeProgress(progressToken, progress)));
  }

  /** Throws, with nothing written, when the result breaks its contract. */
  answer(answer: HostResult | HostError): void {
    if (this.#isAnswered) throw new Error('a call is answered once');
    const { id, era, res, slot } = this.#options;
    const pieces =
      answer.kind === 'result' ? encodeResultBytes(id, answer.json, era) : [Buffer.from(encodeError(id, answer))];
    if (this.#isOpen) checkLineBreaks(pieces);
    this.close();
    if (res.destroyed) return;
    slot.hold(lengthOf(pieces));
    if (this.#isOpen) endEventStream(res, pieces);
    else if (answer.kind === 'result') sendJsonBytes(res, 200, pieces);
    else sendJsonBytes(res, answer.httpStatus, pieces, retryAfter(answer.retryAfterSeconds));
  }

  /** Nothing but the answer is written from now on. */
  close(): void {
    this.#isAnswered = true;
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive);
  }

  /** Dropped where the reader does not keep up: comments and progress may be missed, memory may not grow. */
  #write(text: string): void {
    const { res, limits } = this.#options;
    if (res.destroyed || res.writableLength > limits.streamBufferBytesMax) return;
    res.write(text);
  }
}

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
