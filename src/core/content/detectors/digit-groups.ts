import { matchesIn, type NumberMark } from './number-marks.ts';

/** Digits that belong together, as people group them: with single blanks, hyphens or full stops between them. */
export interface DigitGroup {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

/** Every group of `min` to `max` digits that no letter or digit touches. Longer groups are no numbers of the kinds looked for. */
export function findDigitGroups(
  text: string,
  numbers: readonly NumberMark[],
  min: number,
  max: number,
): readonly DigitGroup[] {
  const groups: DigitGroup[] = [];
  for (const number of numbers) {
    if (number.digits < min) continue;
    for (const { start, end, value } of matchesIn(text, number, GROUP)) {
      const digits = value.replace(/[^0-9]/g, '');
      if (digits.length < min || digits.length > max || /[A-Za-z0-9_]/.test(text.charAt(end))) continue;
      groups.push({ start, end, digits });
    }
  }
  return groups;
}

const GROUP = /(?<![A-Za-z0-9_.-])[0-9](?:[ .-]?[0-9])*/g;

/** ISO/IEC 7812: the check digit of payment cards and of many other numbers. */
export function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 0x30;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
