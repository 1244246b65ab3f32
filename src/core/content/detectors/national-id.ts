import type { Detector, ReportSpan } from './detector.ts';
import { findDigitGroups, hasLuhnDigit } from './digit-groups.ts';
import { matchesIn, type NumberMark } from './number-marks.ts';

/**
 * Numbers that a state gives to a person, where something tells them from other numbers: US social security numbers in their written
 * form, Spanish DNI and NIE by their letter, Swiss AHV and Brazilian CPF by form and check digits, Canadian SIN by form and check digit.
 */
export const nationalId: Detector = {
  name: 'national-id',
  class: 'national-id',
  find(text, report, { numbers }) {
    for (const number of numbers) {
      findSpanish(text, number, report);
      if (number.digits < DIGITS_MIN || number.hyphens === 0) continue;
      for (const { pattern, isValid } of FORMS) {
        for (const { start, end, value } of matchesIn(text, number, pattern)) if (isValid(value)) report(start, end);
      }
    }
    for (const { start, end, digits } of findDigitGroups(text, numbers, 13, 13)) {
      if (digits.startsWith('756') && hasEan13Digit(digits)) report(start, end);
    }
  },
};

interface Form {
  readonly pattern: RegExp;
  readonly isValid: (value: string) => boolean;
}

/** Of those with nothing but digits and single signs in them. */
const DIGITS_MIN = 9;

const FORMS: readonly Form[] = [
  // United States, and Canada
  {
    pattern:
      /(?<![0-9A-Za-z-])(?:(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}|[1-79][0-9]{2}-[0-9]{3}-[0-9]{3})(?![0-9A-Za-z-])/g,
    isValid: (value) => value.charAt(6) === '-' || hasLuhnDigit(value.replaceAll('-', '')),
  },
  // Brazil
  {
    pattern: /(?<![0-9A-Za-z])[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}(?![0-9A-Za-z])/g,
    isValid: hasCpfDigits,
  },
];

/** A letter stands at its end, and may stand at its beginning, so that it is more than the number. */
function findSpanish(text: string, { end }: NumberMark, report: ReportSpan): void {
  const letter = text.charCodeAt(end) === HYPHEN ? end + 1 : end;
  if (!isUpper(text.charCodeAt(letter)) || end < SPANISH_CHARS) return;
  SPANISH.lastIndex = end - SPANISH_CHARS;
  const found = SPANISH.exec(text);
  if (found !== null && hasSpanishLetter(found[0])) report(found.index, SPANISH.lastIndex);
}

const SPANISH = /(?<![0-9A-Za-z])[0-9XYZ][0-9]{7}-?[A-HJ-NP-TV-Z](?![0-9A-Za-z])/y;
/** Before the last letter. */
const SPANISH_CHARS = 8;
const HYPHEN = 0x2d;

function isUpper(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

function hasSpanishLetter(value: string): boolean {
  const number = value.replace('-', '').replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(number.slice(0, 8)) % 23) === number.charAt(8);
}

function hasCpfDigits(value: string): boolean {
  const digits = value
    .replace(/[^0-9]/g, '')
    .split('')
    .map(Number);
  if (new Set(digits).size === 1) return false;
  return [9, 10].every((length) => {
    const sum = digits.slice(0, length).reduce((total, digit, index) => total + digit * (length + 1 - index), 0);
    return ((sum * 10) % 11) % 10 === digits[length];
  });
}

function hasEan13Digit(digits: string): boolean {
  const sum = digits.split('').reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}
