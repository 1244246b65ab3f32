/**
 * Whether a value only stands where a secret would stand: `xxxxxxxx`, `<your-token>`, `${API_KEY}`, `AKIA…EXAMPLE`. Values over 512
 * characters are looked at as far as that.
 */
export function isPlaceholder(value: string): boolean {
  const looked = value.length > LOOKED_AT_CHARS_MAX ? value.slice(0, LOOKED_AT_CHARS_MAX) : value;
  return (
    STAND_IN.test(looked) || REFERENCE.test(looked) || isRepetitive(looked) || countsUp(looked) || isAlteredHex(looked)
  );
}

/** Bits per character, by how often each occurs. Random text of 16 characters or more has over 3. */
export function shannonEntropy(value: string): number {
  countCodes(value);
  let bits = 0;
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index) & CODE_MASK;
    const share = (COUNTS[code] ?? 0) / value.length;
    // Each character once.
    COUNTS[code] = 0;
    if (share > 0) bits -= share * Math.log2(share);
  }
  return bits;
}

/** How often each character of one value occurs, by the last byte of its code: for random text that is the character. */
const COUNTS = new Uint32Array(256);
const CODE_MASK = 0xff;

/** Answers how many are different. */
function countCodes(value: string): number {
  COUNTS.fill(0);
  let different = 0;
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index) & CODE_MASK;
    if (COUNTS[code] === 0) different += 1;
    COUNTS[code] = (COUNTS[code] ?? 0) + 1;
  }
  return different;
}

const LOOKED_AT_CHARS_MAX = 512;

/** Cut values, and words that people write where a secret belongs. */
const STAND_IN =
  /\.\.\.|\*{3}|…|example|placeholder|redacted|change[-_]?me|insert[-_]|your[-_]|[-_]here|dummy|fake|todo/i;

/**
 * What says where the secret is: a word in brackets, a variable of a shell, a format. Passwords that programs make up have such signs as
 * well, so a sign alone says nothing behind their first character, nor does one before letters and digits that are no name.
 */
const REFERENCE = new RegExp(
  [
    String.raw`^[<>{}[\]]|[<>{}[\]]$|\{\{|\$[({]|%[({]`,
    String.raw`<[A-Za-z][^<>]*>|\{[A-Za-z_][\w .:-]*\}|\[[A-Za-z_ ]*\]|[A-Za-z_]\[[^[\]]{1,32}\]`,
    String.raw`^[^A-Za-z0-9]?\$[A-Za-z_]|\$(?:[A-Z][A-Z0-9_]{2,}|[a-z][a-z_]{3,}|[a-z]{2,}(?:[A-Z][a-z]+)+)(?![A-Za-z0-9])`,
    String.raw`^%[A-Za-z_]|%[A-Za-z_]+%|%[sdvq](?![A-Za-z0-9])`,
  ].join('|'),
);

/** Few different characters for its length, one of them many times in a row, or one group over and over. */
function isRepetitive(value: string): boolean {
  const different = countCodes(value);
  if (different <= 4 || (value.length >= 24 && different < 9)) return true;
  if (repeats(value, 1, SAME_CHARACTER_MIN)) return true;
  for (let length = 3; length <= 8; length += 1) if (repeats(value, length, SAME_GROUP_MIN)) return true;
  return false;
}

const SAME_CHARACTER_MIN = 8;
const SAME_GROUP_MIN = 3;

/** Whether some group of so many characters stands so often in a row. */
function repeats(value: string, length: number, times: number): boolean {
  const wanted = length * (times - 1);
  let same = 0;
  for (let index = length; index < value.length; index += 1) {
    same = value.charCodeAt(index) === value.charCodeAt(index - length) ? same + 1 : 0;
    if (same === wanted) return true;
  }
  return false;
}

/**
 * Hexadecimal in which one or two letters are of the other case: no program writes so, and made-up letters of both cases are of each as
 * often. Somebody changed a value by hand, to show it.
 */
function isAlteredHex(value: string): boolean {
  if (!HEX.test(value)) return false;
  const upper = value.replace(/[^A-F]/g, '').length;
  const lower = value.replace(/[^a-f]/g, '').length;
  const fewer = Math.min(upper, lower);
  return fewer > 0 && fewer <= ALTERED_LETTERS_MAX && Math.max(upper, lower) >= SAME_CASE_MIN;
}

const HEX = /^[0-9A-Fa-f]{32,}$/;
const ALTERED_LETTERS_MAX = 2;
/** Of so many letters of two cases, one time in five thousand at most two would be of one. */
const SAME_CASE_MIN = 16;

/** Nine characters or more, each the next one after the one before: `123456789`, `abcdefghi`. */
function countsUp(value: string): boolean {
  let length = 1;
  for (let index = 1; index < value.length; index += 1) {
    const step = value.charCodeAt(index) - value.charCodeAt(index - 1);
    // 9 is followed by 0 where somebody counts.
    length = step === 1 || step === -9 ? length + 1 : 1;
    if (length === 9) return true;
  }
  return false;
}
