/**
 * Whether a value only stands where a secret would stand: `xxxxxxxx`, `<your-token>`, `${API_KEY}`, `AKIA…EXAMPLE`. Values over 512
 * characters are looked at as far as that.
 */
export function isPlaceholder(value: string): boolean {
  const looked = value.length > LOOKED_AT_CHARS_MAX ? value.slice(0, LOOKED_AT_CHARS_MAX) : value;
  return STAND_IN.test(looked) || isRepetitive(looked) || countsUp(looked);
}

/** Few different characters for its length, one of them many times in a row, or one group over and over. */
function isRepetitive(value: string): boolean {
  const different = new Set(value).size;
  if (different <= 4 || (value.length >= 24 && different < 9)) return true;
  return SAME_CHARACTER.test(value) || SAME_GROUP.test(value);
}

/** Bits per character, by how often each occurs. Random text of 16 characters or more has over 3. */
export function shannonEntropy(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

const LOOKED_AT_CHARS_MAX = 512;

/** References, templates, cut values, and words that people write where a secret belongs. */
const STAND_IN =
  /[<>{}[\]]|\$[({A-Za-z_]|%[A-Za-z_]|\.\.\.|\*{3}|…|example|placeholder|redacted|change[-_]?me|insert[-_]|your[-_]|[-_]here|dummy|fake|todo/i;
const SAME_CHARACTER = /(.)\1{7}/;
const SAME_GROUP = /(.{3,8})\1\1/;

/** Eight characters or more, each the next one after the one before: `12345678`, `abcdefgh`. */
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
