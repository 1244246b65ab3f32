import type { Detector } from './detector.ts';
import { HAS_LONG_RUN } from '../text-traits.ts';

/** Private keys in PEM armour (RFC 7468, OpenPGP), also where the lines are escaped, and from its head on where the end is cut off. */
export const privateKey: Detector = {
  name: 'private-key',
  class: 'secret',
  needs: HAS_LONG_RUN,
  find(text, report) {
    let from = 0;
    for (;;) {
      const at = text.indexOf('-----BEGIN', from);
      if (at === -1) return;
      from = at + 10;
      HEAD.lastIndex = at;
      const head = HEAD.exec(text);
      if (head === null) continue;
      const bodyStart = HEAD.lastIndex;
      const next = text.indexOf('-----', bodyStart);
      const bodyEnd = next === -1 ? text.length : next;
      if (bodyEnd - bodyStart < KEY_CHARS_MIN) continue;
      FOOT.lastIndex = bodyEnd;
      const end = FOOT.test(text) ? FOOT.lastIndex : bodyEnd;
      report(at, end);
      from = end;
    }
  },
};

/** Less is no key, and often a sentence about keys. */
const KEY_CHARS_MIN = 32;
const HEAD = /-----BEGIN[ A-Z0-9_-]{0,60}PRIVATE KEY(?: BLOCK)?-----/iy;
const FOOT = /-----END[ A-Z0-9_-]{0,80}-----/iy;
