import type { WordMark } from './anchor-words.ts';
import type { Detector, ReportSpan } from './detector.ts';
import { matchesIn } from './number-marks.ts';
import { characterClass, isIn } from './text-codes.ts';

/** Addresses that could be somebody's: IPv4 and IPv6 beyond loopback, private networks, documentation and the unspecified. */
export const ipAddress: Detector = {
  name: 'ip-address',
  class: 'ip-address',
  find(text, report, { numbers, words }) {
    for (const number of numbers) {
      if (number.stops < 3) continue;
      for (const { start, end, value } of matchesIn(text, number, V4)) {
        if (!isV4(value) || NOT_PERSONAL_V4.test(value)) continue;
        if (!VERSION.test(text.slice(Math.max(0, start - VERSION_CHARS_MAX), start))) report(start, end);
      }
    }
    findV6(text, words, report);
  },
};

function findV6(text: string, words: readonly WordMark[], report: ReportSpan): void {
  let done = 0;
  for (const { word, at } of words) {
    if (word !== '::' || at < done) continue;
    let start = at;
    while (start > 0 && at - start <= V6_CHARS_MAX && isIn(WORD_OR_COLON, text.charCodeAt(start - 1))) start -= 1;
    // An address is all of such a run, so each is looked at once.
    done = at + 1;
    while (isIn(WORD_OR_COLON, text.charCodeAt(done))) done += 1;
    V6.lastIndex = start;
    const found = V6.exec(text);
    if (found !== null && isV6(found[0]) && !NOT_PERSONAL_V6.test(found[0])) report(start, V6.lastIndex);
  }
}

const V4 = /(?<![0-9A-Za-z.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z]|\.[0-9])/g;
const V6 = /(?<![0-9A-Za-z:.])[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:.])/y;
/** Eight groups of four, and the colons between them. */
const V6_CHARS_MAX = 39;
const WORD_OR_COLON = characterClass(/[0-9A-Za-z:.]/);
/** What comes next has four numbers as well: that of a program, as browsers tell it or as people do, or of a part of a book. */
const VERSION =
  /(?:(?:^|[\s"(;])[A-Z][A-Za-z]{2,19}\/|\b(?:[Vv]ersion|[Rr]elease|[Bb]uild|[Ff]irmware|[Ss]ection|[Cc]hapter)["']?[ :=]{1,3}["']?v?)$/;
const VERSION_CHARS_MAX = 24;
const NOT_PERSONAL_V4 =
  /^(?:0|10|127|22[4-9]|23[0-9]|24[0-9]|25[0-5])\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2[0-9]|3[01])\.|^192\.0\.[02]\.|^198\.51\.100\.|^203\.0\.113\.|^100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\./;
const NOT_PERSONAL_V6 = /^(?:f[cde][0-9a-f]{2}|ff[0-9a-f]{2}|2001:0?db8|0{1,4}(?::|$))/i;

function isV4(value: string): boolean {
  return value.split('.').every((part) => Number(part) <= 255 && (part === '0' || !part.startsWith('0')));
}

/** Eight groups, or fewer with one gap (RFC 4291 §2.2). A time of day has three. */
function isV6(value: string): boolean {
  const groups = value.split(':').length;
  const gaps = value.split('::').length - 1;
  return gaps === 0 ? groups === 8 && !value.endsWith(':') : gaps === 1 && groups <= 8 && !/[^:]:$/.test(value);
}
