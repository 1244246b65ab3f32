/** Readings of a text whose letters were exchanged, so that only a model understands it. Only where the text looks like it. */
export function undisguise(text: string): readonly string[] {
  const readings: string[] = [];
  if (hasAtLeast(text, ROTATED, ROTATED_WORDS_MIN)) readings.push(text.replaceAll(/[A-Za-z]/g, rotate));
  if (hasAtLeast(text, DIGITS_IN_WORD, DIGIT_WORDS_MIN)) {
    readings.push(text.replaceAll(/[0134578@$]/g, (char) => LETTERS_OF_DIGITS.get(char) ?? char));
  }
  if (SPACED.test(text)) {
    readings.push(text.replaceAll(SPACED_WORDS, (word) => word.replaceAll(/[ _.-]/g, '')).replaceAll(/ {2,}/g, ' '));
  }
  if (hasAtLeast(text, REVERSED, REVERSED_WORDS_MIN)) readings.push(Array.from(text).toReversed().join(''));
  return readings;
}

/** `the`, `and`, `you`, `all`, `send`, `ignore`, `user`, `file`, `key`, rotated by 13. */
const ROTATED = /\b(?:gur|naq|lbh|nyy|fraq|vtaber|hfre|svyr|xrl|gb|cerivbhf|ernq)\b/gi;
const ROTATED_WORDS_MIN = 3;
/** `1gn0r3`, `p4ssw0rds`; not `sha256`, `s3`, `v2`, `k8s`. */
const DIGITS_IN_WORD =
  /(?<![\w@$])(?=[\w@$]{4,20}(?![\w@$]))[a-z013457@$]{0,12}[a-z][013457@$]{1,2}[a-z][a-z013457@$]{0,12}/gi;
const DIGIT_WORDS_MIN = 3;
const LETTERS_OF_DIGITS: ReadonlyMap<string, string> = new Map([
  ['0', 'o'],
  ['1', 'i'],
  ['3', 'e'],
  ['4', 'a'],
  ['5', 's'],
  ['7', 't'],
  ['8', 'b'],
  ['@', 'a'],
  ['$', 's'],
]);
/** Letters one by one, two blanks or more between the words. */
const SPACED = /(?<!\p{L})\p{L}(?:[ _.-]\p{L}){7}(?!\p{L})/u;
const SPACED_WORDS = /(?<!\p{L})\p{L}(?:[ _.-]\p{L}){2,30}(?!\p{L})/gu;
/** `the`, `ignore`, `user`, `send`, `all`, backwards. */
const REVERSED = /\b(?:eht|erongi|resu|dnes|lla|dna|daer|ot)\b/gi;
const REVERSED_WORDS_MIN = 3;

function hasAtLeast(text: string, pattern: RegExp, count: number): boolean {
  pattern.lastIndex = 0;
  for (let found = 0; found < count; found += 1) if (pattern.exec(text) === null) return false;
  return true;
}

function rotate(letter: string): string {
  const code = letter.charCodeAt(0);
  return String.fromCharCode((code & 31) > 13 ? code - 13 : code + 13);
}
