import { Worker } from 'node:worker_threads';
import type { LogVerdict } from '../../core/audit/verify/check-log.ts';
import type { LogVerifier } from '../../ports/log-verifier.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { VerifyMessage, VerifySettings } from './verify-messages.ts';
import { workerFile } from './worker-file.ts';

const NAMED_MAX = 20;
/** A log that takes longer is checked with the command. */
const TIMEOUT_MS = 30 * 60_000;
const HEAP_MB_MAX = 256;

/** Starts a thread for each check, which ends with it. */
export function createLogVerifier(path: string): LogVerifier {
  let running: Worker | null = null;
  return {
    async verify(onProgress) {
      const worker = start({ path, namedMax: NAMED_MAX });
      running = worker;
      const timer = setTimeout(() => void worker.terminate(), TIMEOUT_MS);
      try {
        return await verdictOf(worker, onProgress);
      } finally {
        clearTimeout(timer);
        running = null;
        await worker.terminate();
      }
    },
    close: async () => void (await running?.terminate()),
  };
}

function start(settings: VerifySettings): Worker {
  return new Worker(workerFile('verify-worker'), {
    name: 'verify',
    workerData: settings,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  });
}

function verdictOf(worker: Worker, onProgress: (sequence: number) => void): Promise<LogVerdict> {
  return new Promise((resolve, reject) => {
    const fail = (message: string, cause?: unknown) => reject(new StoreError('unavailable', message, { cause }));
    worker.on('message', (message: VerifyMessage) => {
      if (message.kind === 'progress') onProgress(message.sequence);
      else if (message.kind === 'verdict') resolve(message.verdict);
      else fail(message.message);
    });
    worker.on('error', (error) => fail('the check of the log failed', error));
    worker.on('exit', () => fail('the check of the log was ended'));
  });
}
