import { isPlaceholder } from '../placeholder.ts';
import type { ReportSpan } from './detector.ts';

/** What a find in a header is called. */
export const AUTHORIZATION = 'authorization';

/** Whether headers with this name carry credentials: `Authorization` and its kin, cookies, and what ends in a key or a token. */
export function isCredentialHeader(name: string): boolean {
  return NAME.test(name);
}

/**
 * The credential in a header, wherever such a header is written down: in a log, a curl line, a program. `colon` is what ends its name.
 * Answers where the next header may begin.
 */
export function findInHeader(text: string, name: string, colon: number, report: ReportSpan): number {
  if (COOKIE.test(name)) return findCookies(text, colon + 1, report);
  if (/^token$/i.test(name) && isLooseToken(text.slice(Math.max(0, colon - LOOSE_CHARS), colon))) return colon;
  DIGEST.lastIndex = colon + 1;
  const response = DIGEST.exec(text)?.[1];
  if (response !== undefined) report(DIGEST.lastIndex - response.length, DIGEST.lastIndex, AUTHORIZATION);
  VALUE.lastIndex = colon + 1;
  const value = VALUE.exec(text)?.[1] ?? '';
  const end = VALUE.lastIndex;
  const isBroken = value.includes('.') && !value.includes(':') && BASIC.test(text.slice(colon + 1, end - value.length));
  if (value.length >= VALUE_CHARS_MIN && /[0-9=+]/.test(value) && !isPlaceholder(value) && !isBroken) {
    report(end - value.length, end, AUTHORIZATION);
  }
  // A long value is looked at once, however many colons are in it.
  return value.length > LONG_VALUE_CHARS ? end - 1 : colon;
}

/** What follows is base64, in which there is no full stop (RFC 7617 §2), or else the pair itself, with its colon. */
const BASIC = /Basic\s{1,3}$/i;
const VALUE_CHARS_MIN = 10;
const LONG_VALUE_CHARS = 64;
/** What `Bearer` and its kin are followed by; without a scheme the value itself. */
const VALUE =
  /["']?\s{0,3}["']?(?:(?:Bearer|Basic|Digest|Token|Api-?Token|Api-?Key|GenieKey|SSWS|Splunk|OAuth|Key|AWS)\s{1,3})?([^\s"',;<>\\]{1,4096})/iy;
/** What is made of the password and of this one request (RFC 7616 §3.4). */
const DIGEST = /\s{0,3}["']?Digest\s[^\r\n]{0,512}?\bresponse=\\?"?([0-9a-f]{32,64})/iy;
const NAME =
  /^(?:(?:proxy-)?authorization|(?:x-)?(?:[a-z]{1,16}-){0,2}(?:api-?key|api-?token|auth-?token|auth-?key|access-?token)|token|private-token|x-auth|(?:set-)?cookie)$/i;
const COOKIE = /cookie$/i;

/** `Token` alone is a header in a line of its own or in quotes, and a word everywhere else. */
function isLooseToken(before: string): boolean {
  return !/["'\n]token$/i.test(before);
}

/** `token`, and what stands before it. */
const LOOSE_CHARS = 6;

/** Values long and random enough to be somebody's session. What they are called tells nothing. */
function findCookies(text: string, from: number, report: ReportSpan): number {
  const end = lineEnd(text, from);
  COOKIE_PAIR.lastIndex = 0;
  const line = text.slice(from, end);
  for (let found = COOKIE_PAIR.exec(line); found !== null; found = COOKIE_PAIR.exec(line)) {
    const value = found[1] ?? '';
    if (!/[0-9]/.test(value) || !/[A-Za-z]/.test(value) || isPlaceholder(value.replaceAll(/%[0-9A-F]{2}/gi, '')))
      continue;
    const start = from + found.index + found[0].length - value.length;
    report(start, start + value.length, AUTHORIZATION);
  }
  return Math.max(from, end - 1);
}

const COOKIE_PAIR = /[\w.-]{1,64}=([\w%.~+/=:-]{16,2048})/g;
const COOKIE_LINE_CHARS_MAX = 4096;

function lineEnd(text: string, from: number): number {
  LINE_END.lastIndex = from;
  const found = LINE_END.exec(text);
  return Math.min(found?.index ?? text.length, from + COOKIE_LINE_CHARS_MAX);
}

const LINE_END = /["\r\n]/g;
