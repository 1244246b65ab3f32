import { expect, it } from 'vitest';
import { parseTraceparent } from '../../../src/core/mcp/traceparent.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const GOOD = `00-${TRACE}-b7ad6b7169203331-01`;

it.each<[string, unknown, string | null]>([
  ['the form of version 00', GOOD, GOOD],
  ['another version', GOOD.replace('00-', '01-'), null],
  ['version ff', GOOD.replace('00-', 'ff-'), null],
  ['capitals', GOOD.toUpperCase(), null],
  ['no trace', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, null],
  ['no span', `00-${TRACE}-${'0'.repeat(16)}-01`, null],
  ['something behind it', `${GOOD}-x`, null],
  ['a line break at the end', `${GOOD.slice(0, -1)}\n`, null],
  ['a header injected', `${GOOD}\r\nx: y`, null],
  ['a number', 1, null],
  ['nothing', undefined, null],
])('parseTraceparent: %s', (_sentence, value, parsed) => {
  expect(parseTraceparent(value)).toBe(parsed);
});
