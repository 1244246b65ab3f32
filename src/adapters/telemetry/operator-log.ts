import { pino } from 'pino';
import { visibleJsonText } from '../../core/content/visible-text.ts';
import type { OperatorReport } from '../../gateway/deps.ts';
import type { Clock } from '../../ports/clock.ts';
import { limitReports } from './limit-reports.ts';

/**
 * The log for operators, JSON lines on standard error: what went wrong and what it means. What people did is in the audit log, which
 * this is not. Nothing of it is unseen on a terminal. An error's message and place are logged; its cause may quote what a peer sent, and is not.
 */
export function createOperatorLog(clock: Clock, fd = 2): (report: OperatorReport) => void {
  const options = { base: null, level: 'info', hooks: { streamWrite: visibleJsonText } };
  const logger = pino(options, pino.destination({ fd, sync: true }));
  return limitReports(({ callId, problem, error }) => {
    const known = callId === null ? {} : { callId };
    if (error === undefined) return logger.warn(known, problem);
    const { name, message, stack } =
      error instanceof Error ? error : new Error('something that is no error was thrown');
    return logger.error({ ...known, error: { name, message, stack } }, problem);
  }, clock);
}
