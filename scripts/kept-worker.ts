import { ForksPoolWorker, type PoolOptions, type PoolWorker, type WorkerRequest } from 'vitest/node';

type Listener = (data: unknown) => void;

/** One process for all runs of tests: to start one costs more than most runs do. */
let kept: { readonly process: ForksPoolWorker; isStarted: boolean } | null = null;

/** Stands before the process for one run. What begins and ends a run never reaches it, but for the first beginning. */
export class KeptWorker implements PoolWorker {
  readonly name = 'forks';
  readonly cacheFs = true;
  readonly #process: ForksPoolWorker;
  readonly #listeners: (readonly [event: string, listener: Listener])[] = [];

  constructor(options: PoolOptions) {
    kept ??= { process: new ForksPoolWorker(options), isStarted: false };
    this.#process = kept.process;
  }

  async start(): Promise<void> {
    if (kept?.isStarted !== true) await this.#process.start();
  }

  send(message: WorkerRequest): void {
    if (message.type === 'stop') return this.#answer('stopped');
    if (message.type !== 'start') return this.#process.send(message);
    if (kept?.isStarted === true) return this.#answer('started');
    if (kept !== null) kept.isStarted = true;
    this.#process.send(message);
  }

  on(event: string, listener: Listener): void {
    this.#listeners.push([event, listener]);
    this.#process.on(event, listener);
  }

  off(event: string, listener: Listener): void {
    this.#process.off(event, listener);
  }

  stop(): Promise<void> {
    if (kept?.process === this.#process)
      for (const [event, listener] of this.#listeners) this.#process.off(event, listener);
    return Promise.resolve();
  }

  deserialize(data: unknown): unknown {
    return data;
  }

  #answer(type: 'started' | 'stopped'): void {
    const listeners = this.#listeners.filter(([event]) => event === 'message');
    queueMicrotask(() => listeners.forEach(([, listener]) => listener({ type, __vitest_worker_response__: true })));
  }
}

/** The next run starts a new process. */
export async function endKeptWorker(): Promise<void> {
  const ended = kept;
  kept = null;
  await ended?.process.stop();
}
