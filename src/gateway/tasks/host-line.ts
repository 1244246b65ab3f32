import type { Ask } from '../../core/conversation/ask.ts';
import type { JsonObject } from '../../core/json/value.ts';
import { META_RELATED_TASK } from '../../core/tasks/task-support.ts';
import type { TaskId } from '../../core/tasks/task.ts';
import type { AnswerRoom } from '../../ports/answer-room.ts';
import type { UpstreamProgress } from '../../ports/upstream.ts';
import type { AskAnswer, HostLog, HostStream } from '../gateway.ts';
import { SILENT_STREAM } from '../silent-stream.ts';

/**
 * The way to the host of a call that may hang up and come back. While it is away nothing is told, and what it is asked waits for it:
 * a legacy host is asked when it waits for the result of its task (2025-11-25, "Input Required Status").
 */
export class HostLine implements HostStream {
  readonly wantsProgress: boolean;
  readonly #first: HostStream;
  #stream: HostStream | null;
  #taskId: TaskId | null = null;
  #onAsk: () => void = () => undefined;
  #attached: PromiseWithResolvers<void> = Promise.withResolvers();
  isAsking = false;

  constructor(stream: HostStream) {
    this.#first = stream;
    this.#stream = stream;
    this.wantsProgress = stream.wantsProgress;
  }

  /** `onAsk`: the task waits for its host. */
  hangUp(taskId: TaskId, onAsk: () => void): void {
    this.#stream = null;
    this.#taskId = taskId;
    this.#onAsk = onAsk;
  }

  attach(stream: HostStream): () => void {
    this.#stream = stream;
    this.#attached.resolve();
    return () => {
      if (this.#stream !== stream) return;
      this.#stream = null;
      this.#attached = Promise.withResolvers();
    };
  }

  open(): boolean {
    return this.#stream?.open() ?? false;
  }

  /** Nobody reads while it is hung up, and its host comes back. */
  isThere(): boolean {
    return this.#taskId !== null || (this.#stream?.isThere() ?? true);
  }

  room(): AnswerRoom | null {
    return this.#stream?.room() ?? null;
  }

  tellPageDone(elicitationId: string): void {
    this.#first.tellPageDone(elicitationId);
    if (this.#stream !== this.#first) this.#stream?.tellPageDone(elicitationId);
  }

  progress(progress: UpstreamProgress): void {
    if (this.#taskId === null) this.#stream?.progress(progress);
  }

  log(message: HostLog): void {
    if (this.#taskId === null) this.#stream?.log(message);
  }

  async ask(asks: ReadonlyMap<string, Ask>, signal: AbortSignal): Promise<ReadonlyMap<string, AskAnswer>> {
    if (this.#taskId === null) return this.#stream?.ask(asks, signal) ?? new Map();
    this.isAsking = true;
    this.#onAsk();
    try {
      const aborted = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => aborted.resolve(), { once: true });
      if (!signal.aborted) await Promise.race([this.#attached.promise, aborted.promise]);
      const related = { [META_RELATED_TASK]: { taskId: this.#taskId } };
      const shown = [...asks].map(([key, ask]) => [key, { ...ask, params: withMeta(ask.params, related) }] as const);
      return (await this.#stream?.ask(new Map(shown), signal)) ?? new Map();
    } finally {
      this.isAsking = false;
      this.#onAsk();
    }
  }
}

const withMeta = (params: JsonObject, meta: JsonObject): JsonObject => ({ ...params, _meta: meta });

/** Of a call that nobody holds the line for. */
export const NOBODY_ON_THE_LINE: HostStream = { ...SILENT_STREAM, isThere: () => true };
