import { Worker } from 'node:worker_threads';
import { StoreError } from '../../ports/store-error.ts';
import { workerFile } from './worker-file.ts';
import type { AnswerMessage, RequestMessage, RequestName, Requests, WorkerSettings } from './messages.ts';

const YOUNG_GENERATION_MB_MAX = 8;

/** The main side of the worker that owns the database. Starts it again after a crash, when next asked. */
export class StoreThread {
  readonly #settings: WorkerSettings;
  readonly #waiting = new Map<number, Waiting>();
  /** Requests that nobody waits for any more, and that the worker has not answered. */
  readonly #overdue = new Set<number>();
  #worker: Worker | null = null;
  #lastId = 0;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
  }

  /** The worker hangs, most likely in a disk that does not answer. What it is asked now waits behind that. */
  get isSilent(): boolean {
    return this.#overdue.size > 0;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Without `timeoutMs` it waits for as long as the worker lives. Rejects with `StoreError` only. */
  call<Name extends RequestName>(
    name: Name,
    ask: Requests[Name]['ask'],
    timeoutMs: number | null = null,
  ): Promise<Requests[Name]['answer']> {
    const worker = (this.#worker ??= this.#start());
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      const timer = timeoutMs === null ? null : setTimeout(() => this.#giveUp(id, timeoutMs), timeoutMs);
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject, timer });
      worker.postMessage({ id, name, ask } as RequestMessage);
    });
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    worker?.removeAllListeners();
    this.#rejectAll(new StoreError('closed', 'the store is closed'));
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(workerFile('store-worker'), {
      name: 'store',
      workerData: this.#settings,
      env: {},
      execArgv: [],
      // It handles short-lived texts alone: a small young generation keeps its memory small and costs nothing.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB_MAX },
    });
    worker.on('message', (answer: AnswerMessage) => this.#settle(answer));
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, undefined));
    return worker;
  }

  #settle(answer: AnswerMessage): void {
    this.#overdue.delete(answer.id);
    const waiting = this.#take(answer.id);
    if (answer.ok) waiting?.resolve(answer.value);
    else waiting?.reject(new StoreError(answer.code, answer.message));
  }

  #giveUp(id: number, timeoutMs: number): void {
    this.#overdue.add(id);
    this.#take(id)?.reject(new StoreError('unavailable', `the store did not answer for ${timeoutMs} ms`));
  }

  #lose(worker: Worker, cause: unknown): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    this.#rejectAll(new StoreError('unavailable', 'the thread of the store ended', { cause }));
  }

  #rejectAll(error: StoreError): void {
    this.#overdue.clear();
    for (const id of this.#waiting.keys()) this.#take(id)?.reject(error);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting?.timer) clearTimeout(waiting.timer);
    return waiting;
  }
}

interface Waiting {
  readonly resolve: (value: Requests[RequestName]['answer']) => void;
  readonly reject: (error: StoreError) => void;
  readonly timer: NodeJS.Timeout | null;
}
