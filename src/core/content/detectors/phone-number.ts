import type { Detector } from './detector.ts';

/** Phone numbers in the international form, `+34 600 123 456`, and those of North America with an area code in brackets. */
export const phoneNumber: Detector = {
  name: 'phone',
  class: 'phone',
  find(text, report) {
    for (let at = text.indexOf('+'); at !== -1; at = text.indexOf('+', at + 1)) {
      if (/[A-Za-z0-9_+=/]/.test(text.charAt(at - 1))) continue;
      INTERNATIONAL.lastIndex = at;
      if (INTERNATIONAL.test(text)) report(at, INTERNATIONAL.lastIndex);
    }
    for (let at = text.indexOf('('); at !== -1; at = text.indexOf('(', at + 1)) {
      NORTH_AMERICAN.lastIndex = at;
      if (NORTH_AMERICAN.test(text)) report(at, NORTH_AMERICAN.lastIndex);
    }
  },
};

/** E.164: up to 15 digits, and none begins with 0. */
const INTERNATIONAL = /\+[1-9](?:[ .()-]{0,2}[0-9]){7,14}(?![0-9A-Za-z])/y;
const NORTH_AMERICAN = /\([2-9][0-9]{2}\)[ .-]?[2-9][0-9]{2}[ .-][0-9]{4}(?![0-9])/y;
