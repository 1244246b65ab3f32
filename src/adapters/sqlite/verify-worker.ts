import { setTimeout as rest } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { checkStoredLog } from '../../gateway/check-stored-log.ts';
import { openStoredLog } from './stored-log.ts';
import type { VerifyMessage, VerifySettings } from './verify-messages.ts';

/** Checks the log in a thread of its own, over a connection of its own that can only read, and rests for as long as it works. */

const { path, namedMax } = workerData as VerifySettings;
const port = parentPort;
if (port === null) throw new Error('this file is a worker; createLogVerifier starts it');
const tell = (message: VerifyMessage): void => port.postMessage(message);

try {
  const log = openStoredLog(path);
  try {
    const checking = checkStoredLog(log, { namedMax });
    for (;;) {
      const startMs = performance.now();
      const step = checking.next();
      if (step.done === true) {
        tell({ kind: 'verdict', verdict: step.value });
        break;
      }
      tell({ kind: 'progress', sequence: step.value.sequence });
      await rest(performance.now() - startMs);
    }
  } finally {
    log.close();
  }
} catch (error) {
  tell({ kind: 'fault', message: (error as Error).message });
}
