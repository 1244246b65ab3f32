import type { Detector } from './detector.ts';

/** Addresses that could be somebody's: IPv4 and IPv6 beyond loopback, private networks, documentation and the unspecified. */
export const ipAddress: Detector = {
  name: 'ip-address',
  class: 'ip-address',
  find(text, report) {
    V4.lastIndex = 0;
    for (let found = V4.exec(text); found !== null; found = V4.exec(text)) {
      if (!isV4(found[0]) || NOT_PERSONAL_V4.test(found[0])) continue;
      if (!VERSION.test(text.slice(Math.max(0, found.index - VERSION_CHARS_MAX), found.index)))
        report(found.index, V4.lastIndex);
    }
    // Colons are in every text, and hardly ever two with nothing but a group between them.
    if (!TWO_COLONS.test(text)) return;
    V6.lastIndex = 0;
    for (let found = V6.exec(text); found !== null; found = V6.exec(text)) {
      if (isV6(found[0]) && !NOT_PERSONAL_V6.test(found[0])) report(found.index, V6.lastIndex);
    }
  },
};

const V4 = /(?<![0-9A-Za-z.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z]|\.[0-9])/g;
const V6 = /(?<![0-9A-Za-z:.])[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:.])/g;
const TWO_COLONS = /:[0-9A-Fa-f]{0,4}:/;
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
