import { DIGIT_0, DIGIT_9, MINUS, POINT } from './characters.ts';
import { type TextCursor, refuseAt } from './text-cursor.ts';

/**
 * Reads the number at the cursor, which must survive the round trip: where the double, written again by RFC 8785, is another
 * decimal value than the token, the number is refused (1e400, 9007199254740993, 0.10000000000000000055). What the policy
 * compares must be what the upstream is sent. Minus zero becomes zero, as it is written.
 */
export function readNumber(cursor: TextCursor): number | undefined {
  const { text, position: start } = cursor;
  const negative = text.charCodeAt(start) === MINUS;
  const firstDigit = negative ? start + 1 : start;
  let position = firstDigit;
  let value = 0;
  let code = text.charCodeAt(position);
  while (code >= DIGIT_0 && code <= DIGIT_9) {
    value = value * 10 + (code - DIGIT_0);
    code = text.charCodeAt(++position);
  }
  const digits = position - firstDigit;
  if (digits === 0) return refuseAt(cursor, start, 'syntax', 'a value was expected');
  if (digits > 1 && text.charCodeAt(firstDigit) === DIGIT_0) {
    return refuseAt(cursor, start, 'syntax', 'a number with a leading zero');
  }
  // `| 0x20` makes a small letter of a capital one.
  if (digits > SAFE_DIGITS || code === POINT || (code | 0x20) === LOWER_E) return readToken(cursor);
  cursor.position = position;
  return negative && value !== 0 ? -value : value;
}

/** Any number of so many decimal digits survives a double. */
const SAFE_DIGITS = 15;
const LOWER_E = 0x65;
const TOKEN = /-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function readToken(cursor: TextCursor): number | undefined {
  const { text, position: start } = cursor;
  TOKEN.lastIndex = start;
  TOKEN.test(text);
  const token = text.slice(start, TOKEN.lastIndex);
  const value = Number(token);
  if (!isExact(token, value)) {
    return refuseAt(cursor, start, 'inexact-number', 'a number that changes when it is read and written again');
  }
  cursor.position += token.length;
  return value === 0 ? 0 : value;
}

function isExact(token: string, value: number): boolean {
  if (value === 0) return !/^-?[0.]*[1-9]/.test(token);
  if (!Number.isFinite(value)) return false;
  if (token.length <= SAFE_DIGITS && Math.abs(value) > SAFE_MIN) return true;
  const written = String(value);
  return token === written || decimalOf(token) === decimalOf(written);
}

/** A double nearer to zero has fewer bits, so that `SAFE_DIGITS` is too many. */
const SAFE_MIN = 1e-300;

/**
 * The same text for the same decimal value: its digits without zeros at either end, and the exponent of the last of them. Only for
 * a value that is neither zero nor infinite, so that the exponent is small enough to be counted exactly.
 */
function decimalOf(token: string): string {
  const [significand = '', exponent = '0'] = token.toLowerCase().split('e');
  const [whole = '', fraction = ''] = significand.split('.');
  const digits = `${whole}${fraction}`.replace(/^-?0*/, '');
  let end = digits.length;
  // Not /0+$/, which takes quadratic time on many zeros with another digit behind them.
  while (digits.charCodeAt(end - 1) === DIGIT_0) end--;
  return `${digits.slice(0, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}
