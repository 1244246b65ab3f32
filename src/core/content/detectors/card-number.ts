import type { Detector } from './detector.ts';
import { findDigitGroups, hasLuhnDigit } from './digit-groups.ts';

/** Payment card numbers: 13 to 19 digits, the beginning of a scheme, and a right check digit (ISO/IEC 7812). */
export const cardNumber: Detector = {
  name: 'card-number',
  class: 'card-number',
  find(text, report, { numbers }) {
    for (const { start, end, digits } of findDigitGroups(text, numbers, 13, 19)) {
      if (SCHEME.test(digits) && !/^(\d)\1+$/.test(digits) && hasLuhnDigit(digits)) report(start, end);
    }
  },
};

/** Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Maestro. */
const SCHEME =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12}|35\d{14}|62\d{14,17}|(?:50|5[6-9]|6\d)\d{10,17})$/;
