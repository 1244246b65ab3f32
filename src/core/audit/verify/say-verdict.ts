import type { LogVerdict } from './check-log.ts';

/** What no check of a log can tell, until it is signed. Whoever shows a verdict shows this. */
export const NOT_PROVED: string =
  'This does not prove that nothing was changed. Whoever can write the file could have rewritten entries together with all that depends on ' +
  'them, or cut off the end, and nothing would contradict: the log has no tree of hashes and no signature yet.';

/** `12,345` */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `Checked 12,345 entries to #12345: no fault found.` */
export function sayVerdict({ entries, first, last, faultCount }: LogVerdict, when = ''): string {
  if (first === null || last === null) return `Checked a log without entries${when}.`;
  const range = first === 1 ? `to #${last}` : `from #${first} to #${last}`;
  const found = faultCount === 0 ? 'no fault' : `${countText(faultCount)} ${faultCount === 1 ? 'fault' : 'faults'}`;
  return `Checked ${countText(entries)} ${entries === 1 ? 'entry' : 'entries'} ${range}${when}: ${found} found.`;
}
