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

/** What hides a character behind others, and so perhaps a token that is no long run as it stands. */
export const ESCAPING: TextTraits = HAS_UNUSUAL | HAS_PERCENT | HAS_BACKSLASH | HAS_AMPERSAND;
/** A text without any of these has one reading. */
export const UNFOLDABLE: TextTraits = ESCAPING | HAS_EQUALS | HAS_LONG_RUN;

/** The shortest token that is told by its form. */
export const TOKEN_CHARS_MIN = 13;

const ALL = 1023;

/**
 * The traits of a text among those that are `wanted`; others may be told as well. A long text is searched for one trait after the other,
 * in the engine's own searches or in long strides: that takes a fraction of what one look at each character does.
 */
export function traitsOf(text: string, wanted: TextTraits = ALL): TextTraits {
  return text.length <= SHORT_CHARS_MAX ? traitsOfShort(text) : traitsOfLong(text, wanted);
}

const SHORT_CHARS_MAX = 64;

function traitsOfShort(text: string): TextTraits {
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

function traitsOfLong(text: string, wanted: TextTraits): TextTraits {
  let traits = 0;
  for (const [char, bit] of BITS) {
    if ((wanted & bit) !== 0 && text.includes(char)) traits |= bit;
  }
  if ((wanted & HAS_DIGIT) !== 0 && /[0-9]/.test(text)) traits |= HAS_DIGIT;
  if ((wanted & HAS_UNUSUAL) !== 0 && /[^\t\n\r -~]/.test(text)) traits |= HAS_UNUSUAL;
  if ((wanted & HAS_LONG_RUN) !== 0 && hasLongRun(text)) traits |= HAS_LONG_RUN;
  return traits;
}

/** Looks where a run would have its last character, and backwards from there: a run of that length cannot lie between two such places. */
function hasLongRun(text: string): boolean {
  let start = 0;
  while (start + TOKEN_CHARS_MIN <= text.length) {
    let index = start + TOKEN_CHARS_MIN - 1;
    while (index >= start && isInToken(text.charCodeAt(index))) index -= 1;
    if (index < start) return true;
    start = index + 1;
  }
  return false;
}

function isInToken(code: number): boolean {
  return code < 128 && ((TRAITS[code] ?? 0) & IN_TOKEN) !== 0;
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
