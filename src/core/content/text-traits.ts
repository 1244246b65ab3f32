/**
 * What a text consists of, as bits: enough to know which detectors could find something in it. Nearly all strings of a result are told
 * apart by this one pass from those that must be looked at.
 */
export type TextTraits = number;

export const HAS_COLON = 1;
export const HAS_EQUALS = 2;
export const HAS_ANGLE = 4;
export const HAS_AT = 8;
export const HAS_DIGIT = 16;
export const HAS_PERCENT = 32;
export const HAS_BACKSLASH = 64;
export const HAS_AMPERSAND = 128;
export const HAS_UNUSUAL = 256;
/** A stretch of characters of tokens, as long as the shortest token. */
export const HAS_LONG_RUN = 512;

/** The shortest token that is told by its form. */
export const TOKEN_CHARS_MIN = 13;

export function traitsOf(text: string): TextTraits {
  let traits = 0;
  let run = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const bits = code < 128 ? (TRAITS[code] ?? 0) : HAS_UNUSUAL;
    traits |= bits;
    run = (bits & IN_TOKEN) === 0 ? 0 : run + 1;
    if (run === TOKEN_CHARS_MIN) traits |= HAS_LONG_RUN;
  }
  return traits & ~IN_TOKEN;
}

const IN_TOKEN = 1024;

const BITS: ReadonlyMap<string, number> = new Map([
  [':', HAS_COLON],
  ['=', HAS_EQUALS],
  ['>', HAS_ANGLE],
  ['@', HAS_AT],
  ['%', HAS_PERCENT],
  ['\\', HAS_BACKSLASH],
  ['&', HAS_AMPERSAND],
]);

const TRAITS: Uint16Array = Uint16Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  const inToken = /[A-Za-z0-9_.~+/:=-]/.test(char) ? IN_TOKEN : 0;
  if (/[0-9]/.test(char)) return inToken | HAS_DIGIT;
  return inToken | (BITS.get(char) ?? (/[\t\n\r -~]/.test(char) ? 0 : HAS_UNUSUAL));
});
