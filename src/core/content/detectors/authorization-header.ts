import { isPlaceholder } from '../placeholder.ts';
import type { Detector } from './detector.ts';
import { HAS_COLON } from '../text-traits.ts';

/**
 * The value of a header that carries a credential, wherever such a header is written down: in a log, a curl line, a program.
 * `Authorization`, `Proxy-Authorization`, cookies, and headers whose names end in a key or a token.
 */
export const authorizationHeader: Detector = {
  name: 'authorization',
  class: 'secret',
  needs: HAS_COLON,
  find(text, report) {
    for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
      if (!isHeaderName(text, colon)) continue;
      VALUE.lastIndex = colon + 1;
      const value = VALUE.exec(text)?.[1] ?? '';
      // A long value is looked at once, however many colons are in it.
      if (value.length > LONG_VALUE_CHARS) colon = VALUE.lastIndex - 1;
      if (value.length < VALUE_CHARS_MIN || isPlaceholder(value) || !/[0-9=+]/.test(value)) continue;
      if (/^[a-z]+$/i.test(value)) continue;
      report(VALUE.lastIndex - value.length, VALUE.lastIndex);
    }
  },
};

const VALUE_CHARS_MIN = 10;
const LONG_VALUE_CHARS = 64;
/** What `Bearer` and its kin are followed by; without a scheme the value itself. */
const VALUE =
  /["']?\s{0,3}["']?(?:(?:Bearer|Basic|Digest|Token|Api-?Token|Api-?Key|GenieKey|SSWS|Splunk|OAuth|Key|AWS)\s{1,3})?([^\s"',;<>\\]{1,4096})/iy;
const NAME_CHARS_MAX = 40;
const NAME =
  /(?:^|[^A-Za-z0-9-])(?:proxy-)?(?:authorization|(?:x-)?(?:[a-z]{1,16}-){0,2}(?:api-?key|api-?token|auth-?token|access-?token)|apikey|token|private-token|x-auth)["']?$/i;

/** The characters before a colon, as many as a name has. `Token` alone is one in a header line only. */
function isHeaderName(text: string, colon: number): boolean {
  const last = text.charCodeAt(colon - 1) | 0x20;
  // n, y and h end all of these names, and a quote may follow them.
  if (last !== 0x6e && last !== 0x79 && last !== 0x68 && last !== 0x22 && last !== 0x27) return false;
  const before = text.slice(Math.max(0, colon - NAME_CHARS_MAX), colon);
  if (!NAME.test(before)) return false;
  return !/(?:^|[^-a-z])token["']?$/i.test(before) || /["'\n]token$/i.test(before);
}
