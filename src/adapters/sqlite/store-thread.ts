import { Worker } from 'node:worker_threads';
import { StoreError } from '../../ports/store-error.ts';
import type {
  AnswerMessage,
  RequestMessage,
  RequestName,
  Requests,
  StoreSettings,
  WorkerSettings,
} from './messages.ts';
import { workerFile } from './worker-file.ts';
import { createLine, type MainLine } from './worker-line.ts';

const YOUNG_GENERATION_MB_MAX = 3;

/** The main side of the worker that owns the database. Starts it again after a crash, when next asked. */
export class StoreThread {
  readonly #settings: StoreSettings;
  /** What the worker has not answered, the oldest first: it does one after the other. */
  #asked: Asked[] = [];
  /** How many of them nobody waits for any more. */
  #overdue = 0;
  #running: Running | null = null;

  constructor(settings: StoreSettings) {
    this.#settings = settings;
  }

  /** The worker hangs, most likely in a disk that does not answer. What it is asked now waits behind that. */
  get isSilent(): boolean {
    return this.#overdue > 0;
  }

  get waiting(): number {
    return this.#asked.length - this.#overdue;
  }

  /** Without `timeoutMs` it waits for as long as the worker lives. Rejects with `StoreError`, save for what cannot be sent to a thread. */
  call<Name extends RequestName>(
    name: Name,
    ask: Requests[Name]['ask'],
    timeoutMs: number | null = null,
  ): Promise<Requests[Name]['answer']> {
    const { line } = (this.#running ??= this.#start());
    return new Promise((resolve, reject) => {
      // First, because it throws for what cannot be sent: a place for that would get the answer to the next question.
      line.send({ name, ask } as RequestMessage);
      const asked: Asked = { resolve: resolve as Asked['resolve'], reject, timer: null, isOverdue: false };
      if (timeoutMs !== null) asked.timer = setTimeout(() => this.#giveUp(asked, timeoutMs), timeoutMs);
      this.#asked.push(asked);
    });
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#abandon(new StoreError('closed', 'the store is closed'));
    await running?.worker.terminate();
  }

  #start(): Running {
    const line = createLine();
    const worker = new Worker(workerFile('store-worker'), {
      name: 'store',
      workerData: { ...this.#settings, line: line.workerLine } satisfies WorkerSettings,
      transferList: [line.workerLine.port],
      env: {},
      execArgv: [],
      // It handles short-lived texts alone: a small young generation keeps its memory small and costs nothing.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB_MAX },
    });
    const running: Running = { worker, line };
    line.port.on('message', (answer: AnswerMessage) => this.#settle(running, answer));
    // An answer that is lost would have each later one go to the question before it.
    line.port.on('messageerror', () => void worker.terminate());
    worker.on('error', (error) => this.#lose(running, error));
    worker.on('exit', () => this.#lose(running, undefined));
    return running;
  }

  #settle(running: Running, answer: AnswerMessage): void {
    if (running !== this.#running) return;
    const asked = this.#asked.shift();
    if (asked === undefined) return;
    if (asked.isOverdue) this.#overdue -= 1;
    else if (typeof answer === 'number') disarm(asked).resolve(answer);
    else if (answer.ok) disarm(asked).resolve(answer.value);
    else disarm(asked).reject(new StoreError(answer.code, answer.message));
  }

  /** It keeps its place: the worker still answers. */
  #giveUp(asked: Asked, timeoutMs: number): void {
    asked.isOverdue = true;
    this.#overdue += 1;
    disarm(asked).reject(new StoreError('unavailable', `the store did not answer for ${timeoutMs} ms`));
  }

  #lose(running: Running, cause: unknown): void {
    if (running !== this.#running) return;
    this.#abandon(new StoreError('unavailable', 'the thread of the store ended', { cause }));
  }

  /** What that worker says from now on, nobody hears. */
  #abandon(error: StoreError): void {
    this.#running?.line.port.close();
    this.#running = null;
    const all = this.#asked;
    this.#asked = [];
    this.#overdue = 0;
    for (const asked of all) if (!asked.isOverdue) disarm(asked).reject(error);
  }
}

interface Running {
  readonly worker: Worker;
  readonly line: MainLine;
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
