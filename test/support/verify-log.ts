import { openStoredLog } from '../../src/adapters/sqlite/stored-log.ts';
import type { LogVerdict } from '../../src/core/audit/verify/check-log.ts';
import { checkStoredLog } from '../../src/gateway/check-stored-log.ts';

/** What `countersign audit verify` finds in a database, whoever has it open. */
export function verifyLog(storeFile: string): LogVerdict {
  const log = openStoredLog(storeFile);
  try {
    const checking = checkStoredLog(log, { namedMax: 10 });
    for (;;) {
      const step = checking.next();
      if (step.done === true) return step.value;
    }
  } finally {
    log.close();
  }
}
