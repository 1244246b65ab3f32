import { asBuffer } from '../../../core/bytes/as-buffer.ts';

/**
 * Whose answer a message was of which only the two ends are left; `null`: nobody can tell. Servers write the id before the result or after
 * it. At the very end of an object nothing of what a result holds can pass for the id: it would have to close what it stands in.
 */
export function findAnswerId(ends: Uint8Array): number | null {
  const text = asBuffer(ends).toString('latin1');
  const found = BEFORE.exec(text) ?? (RESULT_FIRST.test(text) ? AFTER.exec(text) : null);
  return found === null ? null : Number(found[1]);
}

const BEFORE =
  /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d{1,15})\s*,\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"result"\s*:/;
const RESULT_FIRST = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"result"\s*:/;
const AFTER = /,\s*"id"\s*:\s*(\d{1,15})\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/;
