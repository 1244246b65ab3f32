import { Buffer } from 'node:buffer';

/** What an escape stands for, or a character that only looks like another: `%41`, `\u0041`, `&#65;`, a full-width `Ａ` are all `A`. */
export function plainText(match: string): string {
  switch (match.charAt(0)) {
    case '%':
      return match.charAt(1) === 'u' ? codePoint(match.slice(2), 16) : percentBytes(match);
    case '\\':
      return jsonCharacter(match);
    case '&':
      return entityCharacter(match);
    case TERMINAL_ESCAPE:
      return '';
    default:
      return plainCharacter(match);
  }
}

const TERMINAL_ESCAPE = '\u001b';

/** The text as a reader sees it, who takes a Cyrillic `а` for a Latin one. */
export function plainLetters(text: string): string {
  return Array.from(text, plainCharacter).join('');
}

/** What a reader sees. Nothing for what nobody sees. */
function plainCharacter(char: string): string {
  // A letter beyond the first plane, or several that nobody sees.
  if (char.length > 1) return seenAs(char);
  const code = char.charCodeAt(0);
  return (SEEN[code] ??= seenAs(char));
}

function seenAs(char: string): string {
  const lookAlike = LOOK_ALIKES.get(char);
  if (lookAlike !== undefined) return lookAlike;
  if (/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/u.test(char)) return '';
  return char.normalize('NFKC');
}

const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  [
    ['аеорсухіјѕԁһӏԛԝ', 'aeopcyxijsdhlqw'],
    ['АВЕЗКМНОРСТУХІЈЅ', 'ABE3KMHOPCTYXIJS'],
    ['αβεικνορτυχ', 'aBeikvoptux'],
    ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  ].flatMap(([from = '', to = '']) => from.split('').map((char, index) => [char, to.charAt(index)] as const)),
);

/** By code unit, as far as they were asked for: at most 65,536, because texts that consist of such characters ask for the same again and again. */
const SEEN: (string | undefined)[] = [];

function percentBytes(match: string): string {
  const code = match.length === 3 ? Number.parseInt(match.slice(1), 16) : 0x80;
  return code < 0x80 ? String.fromCharCode(code) : Buffer.from(match.replaceAll('%', ''), 'hex').toString('utf8');
}

function jsonCharacter(match: string): string {
  const kind = match.charAt(1);
  if (/[uUx]/.test(kind)) return codePoint(match.slice(2).replace(/[{}]/g, ''), 16);
  return SHORT_ESCAPES.get(kind) ?? kind;
}

function codePoint(digits: string, base: number): string {
  const code = Number.parseInt(digits, base);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
]);

function entityCharacter(match: string): string {
  const text = match.slice(1).replace(/;$/, '');
  if (!text.startsWith('#')) return NAMED_ENTITIES.get(text) ?? match;
  return /^#x/i.test(text) ? codePoint(text.slice(2), 16) : codePoint(text.slice(1), 10);
}

/** Those that stand for a character of a token, or for the ampersand of another one. */
export const NAMED_ENTITIES: ReadonlyMap<string, string> = new Map(
  [
    '& amp',
    '< lt',
    '> gt',
    '" quot',
    "' apos",
    ': colon',
    '= equals',
    '_ lowbar',
    '_ UnderBar',
    '- hyphen',
    '- dash',
    '. period',
    '/ sol',
    '+ plus',
    '# num',
    '@ commat',
    '! excl',
    '* ast',
    '$ dollar',
    '% percnt',
    '^ Hat',
    '? quest',
  ].map((pair) => [pair.slice(2), pair.charAt(0)]),
);
