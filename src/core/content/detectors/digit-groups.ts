/** Digits that belong together, as people group them: with single blanks, hyphens or full stops between them. */
export interface DigitGroup {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

/** Every group of `min` to `max` digits that no letter or digit touches. Longer groups are no numbers of the kinds looked for. */
export function findDigitGroups(text: string, min: number, max: number): readonly DigitGroup[] {
  const groups: DigitGroup[] = [];
  GROUP.lastIndex = 0;
  for (let found = GROUP.exec(text); found !== null; found = GROUP.exec(text)) {
    const digits = found[0].replace(/[^0-9]/g, '');
    const after = text.charAt(GROUP.lastIndex);
    if (digits.length < min || digits.length > max || /[A-Za-z0-9_]/.test(after)) continue;
    groups.push({ start: found.index, end: GROUP.lastIndex, digits });
  }
  return groups;
}

/** Whether some digits that belong together are at least nine: the shortest number of a person or card is. */
export function hasLongNumber(text: string): boolean {
  return LONG_NUMBER.test(text);
}

const LONG_NUMBER = /[0-9](?:[ .-]?[0-9]){8}/;
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
