import { pino } from 'pino';
import type { CallLine } from '../../core/audit/call-line.ts';
import { visibleJsonText } from '../../core/content/visible-text.ts';

export interface CallLog {
  write(line: CallLine): void;
  close(): void;
}

/** Written together, so that a call costs a string and not a system call. A crash loses the last second; the audit log has it. */
const BUFFER_BYTES = 8 * 1024;
const FLUSH_EVERY_MS = 1000;

/** One JSON line a call on standard error, beside the problems: `"msg":"call"`. Hosts choose names in it, so nothing of it is unseen. */
export function createCallLog(fd = 2): CallLog {
  const destination = pino.destination({ fd, sync: false, minLength: BUFFER_BYTES });
  const logger = pino({ base: null, level: 'info', hooks: { streamWrite: visibleJsonText } }, destination);
  const timer = setInterval(() => destination.flush(), FLUSH_EVERY_MS).unref();
  return {
    write: (line) => logger.info(line, 'call'),
    close() {
      clearInterval(timer);
      destination.flushSync();
    },
  };
}
