import { Buffer } from 'node:buffer';

/** What an escape stands for, or a character that only looks like another: `%41`, `\u0041`, `&#65;`, a full-width `Ａ` are all `A`. */
export function plainText(match: string): string {
  switch (match.charAt(0)) {
    case '%':
      return percentBytes(match);
    case '\\':
      return jsonCharacter(match);
    case '&':
      return entityCharacter(match);
    default:
      return plainCharacter(match);
  }
}

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
  if (/[\p{Default_Ignorable_Code_Point}\p{Cf}]/u.test(char)) return '';
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
  if (kind === 'u' || kind === 'x') return String.fromCharCode(Number.parseInt(match.slice(2), 16));
  return SHORT_ESCAPES.get(kind) ?? kind;
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
]);

function entityCharacter(match: string): string {
  if (match.charAt(1) !== '#') return NAMED_ENTITIES.get(match.slice(1, -1)) ?? match;
  const isHex = match.charAt(2).toLowerCase() === 'x';
  const code = Number.parseInt(match.slice(isHex ? 3 : 2, -1), isHex ? 16 : 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : match;
}

const NAMED_ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['colon', ':'],
  ['equals', '='],
  ['lowbar', '_'],
  ['hyphen', '-'],
  ['period', '.'],
  ['sol', '/'],
]);
