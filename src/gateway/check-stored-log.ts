import { createLogCheck, type LogCheckOptions, type LogVerdict } from '../core/audit/verify/check-log.ts';
import type { StoredLog } from '../ports/stored-log.ts';

/** Checks a whole log page by page. Gives, between pages, how far it is, for whoever wants to rest or to stop there. */
export function* checkStoredLog(
  log: StoredLog,
  options: Pick<LogCheckOptions, 'namedMax'>,
): Generator<{ readonly sequence: number }, LogVerdict> {
  const check = createLogCheck({ ...options, isWhole: true });
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const { found, openCalls } = log.read(after);
    for (const each of found) check.take(each);
    after = found.at(-1)?.sequence ?? after;
    if (openCalls !== null) return check.end(openCalls);
    yield { sequence: after };
  }
}
