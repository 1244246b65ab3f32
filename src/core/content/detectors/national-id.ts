import type { Detector } from './detector.ts';
import { findDigitGroups, hasLongNumber, hasLuhnDigit } from './digit-groups.ts';

/**
 * Numbers that a state gives to a person, where something tells them from other numbers: US social security numbers in their written
 * form, Spanish DNI and NIE by their letter, Swiss AHV and Brazilian CPF by form and check digits, Canadian SIN by form and check digit.
 */
export const nationalId: Detector = {
  name: 'national-id',
  class: 'national-id',
  find(text, report) {
    const hasLong = hasLongNumber(text);
    for (const { pattern, isValid, isLong } of FORMS) {
      if (isLong && !hasLong) continue;
      pattern.lastIndex = 0;
      for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
        if (isValid(found[0])) report(found.index, pattern.lastIndex);
      }
    }
    if (!hasLong) return;
    for (const { start, end, digits } of findDigitGroups(text, 13, 13)) {
      if (digits.startsWith('756') && hasEan13Digit(digits)) report(start, end);
    }
  },
};

interface Form {
  readonly pattern: RegExp;
  readonly isValid: (value: string) => boolean;
  /** Nine digits or more, with nothing but single signs between them. */
  readonly isLong: boolean;
}

const FORMS: readonly Form[] = [
  {
    pattern: /(?<![0-9A-Za-z-])(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![0-9A-Za-z-])/g,
    isValid: () => true,
    isLong: true,
  },
  {
    pattern: /(?<![0-9A-Za-z])[0-9XYZ][0-9]{7}-?[A-HJ-NP-TV-Z](?![0-9A-Za-z])/g,
    isValid: hasSpanishLetter,
    isLong: false,
  },
  {
    pattern: /(?<![0-9A-Za-z])[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}(?![0-9A-Za-z])/g,
    isValid: hasCpfDigits,
    isLong: true,
  },
  {
    pattern: /(?<![0-9A-Za-z-])[1-79][0-9]{2}-[0-9]{3}-[0-9]{3}(?![0-9A-Za-z-])/g,
    isValid: (value) => hasLuhnDigit(value.replaceAll('-', '')),
    isLong: true,
  },
];

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
