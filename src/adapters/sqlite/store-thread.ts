import { Worker } from 'node:worker_threads';
import { SlotList } from '../../core/slot-list.ts';
import { StoreError } from '../../ports/store-error.ts';
import { workerFile } from './worker-file.ts';
import type { AnswerMessage, RequestMessage, RequestName, Requests, WorkerSettings } from './messages.ts';

const YOUNG_GENERATION_MB_MAX = 8;

/** The main side of the worker that owns the database. Starts it again after a crash, when next asked. */
export class StoreThread {
  readonly #settings: WorkerSettings;
  /** What the worker has not answered, in the slots that requests and answers name. */
  #asked = new SlotList<Asked>();
  /** How many of them nobody waits for any more. */
  #overdue = 0;
  #worker: Worker | null = null;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
  }

  /** The worker hangs, most likely in a disk that does not answer. What it is asked now waits behind that. */
  get isSilent(): boolean {
    return this.#overdue > 0;
  }

  get waiting(): number {
    return this.#asked.size - this.#overdue;
  }

  /** Without `timeoutMs` it waits for as long as the worker lives. Rejects with `StoreError` only. */
  call<Name extends RequestName>(
    name: Name,
    ask: Requests[Name]['ask'],
    timeoutMs: number | null = null,
  ): Promise<Requests[Name]['answer']> {
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      const asked: Asked = { resolve: resolve as Asked['resolve'], reject, timer: null, isOverdue: false };
      if (timeoutMs !== null) asked.timer = setTimeout(() => this.#giveUp(asked, timeoutMs), timeoutMs);
      worker.postMessage({ id: this.#asked.add(asked), name, ask } as RequestMessage);
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
    worker.on('message', (answer: AnswerMessage) => this.#settle(worker, answer));
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, undefined));
    return worker;
  }

  #settle(worker: Worker, answer: AnswerMessage): void {
    if (worker !== this.#worker) return;
    const asked = this.#asked.take(answer.id);
    if (asked === null) return;
    if (asked.isOverdue) this.#overdue -= 1;
    else if (answer.ok) disarm(asked).resolve(answer.value);
    else disarm(asked).reject(new StoreError(answer.code, answer.message));
  }

  /** It keeps its slot: the worker still answers. */
  #giveUp(asked: Asked, timeoutMs: number): void {
    asked.isOverdue = true;
    this.#overdue += 1;
    disarm(asked).reject(new StoreError('unavailable', `the store did not answer for ${timeoutMs} ms`));
  }

  #lose(worker: Worker, cause: unknown): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    this.#rejectAll(new StoreError('unavailable', 'the thread of the store ended', { cause }));
  }

  #rejectAll(error: StoreError): void {
    const all = this.#asked.all();
    this.#asked = new SlotList();
    this.#overdue = 0;
    for (const asked of all) if (!asked.isOverdue) disarm(asked).reject(error);
  }
}

/** Its time does not run any more. */
function disarm(asked: Asked): Asked {
  if (asked.timer !== null) clearTimeout(asked.timer);
  return asked;
}

interface Asked {
  readonly resolve: (value: Requests[RequestName]['answer']) => void;
  readonly reject: (error: StoreError) => void;
  timer: NodeJS.Timeout | null;
  isOverdue: boolean;
}
