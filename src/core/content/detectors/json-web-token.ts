import { Buffer } from 'node:buffer';

/** What a JSON object with a name in it begins with in base64url. */
export const JWT_BEGINNING = 'eyJ';
export const JWT = 'jwt';

/**
 * Where a JSON Web Token ends that begins at `at` (RFC 7519): two or more parts in base64url, the first of them a JSON object that names an
 * algorithm. 0 where there is none.
 */
export function endOfJsonWebToken(text: string, at: number): number {
  TOKEN.lastIndex = at;
  const token = TOKEN.exec(text);
  if (token === null) return 0;
  const [, header = '', claims = ''] = token;
  return isHeader(header) && isJsonObject(claims) && !isMeasure(claims) ? TOKEN.lastIndex : -TOKEN.lastIndex;
}

const TOKEN = /(eyJ[A-Za-z0-9_-]+)\.((?:eyJ|ew|ey)[A-Za-z0-9_-]{8,})(?:\.[A-Za-z0-9_-]*){0,3}/y;

/** A header is small; what is longer is not decoded. */
const HEADER_CHARS_MAX = 4096;

function isHeader(part: string): boolean {
  if (part.length > HEADER_CHARS_MAX) return false;
  const text = decode(part);
  // What does not parse costs a hundred times as much as this.
  if (!MAY_BE_HEADER.test(text)) return false;
  try {
    const header: unknown = JSON.parse(text);
    return typeof header === 'object' && header !== null && HEADER_NAMES.some((name) => name in header);
  } catch {
    return false;
  }
}

const HEADER_NAMES = ['alg', 'typ', 'kid', 'enc'];
const MAY_BE_HEADER = /"(?:alg|typ|kid|enc)"\s{0,4}:.{0,4096}\}\s{0,4}$/s;

/**
 * Claims that are nothing but numbers, and none of them of somebody or of a time, open nothing to anybody: a service signed what it measured.
 */
function isMeasure(part: string): boolean {
  const text = decode(part.slice(0, HEADER_CHARS_MAX));
  const names = text.match(/[A-Z]?[a-z]+|[A-Z]+/g) ?? [];
  return MEASURE.test(text) && !names.some((word) => WHO_OR_WHEN.has(word.toLowerCase()));
}

const MEASURE = /^\{(?:"[A-Za-z_-]{1,64}":-?[0-9.]{1,20}(?:,|(?=\}))){1,8}\}$/;
const WHO_OR_WHEN: ReadonlySet<string> = new Set(
  'sub aud iss exp iat nbf jti id uid uuid user account role roles org tenant level scope member admin client session time at on until'.split(
    ' ',
  ),
);

function isJsonObject(part: string): boolean {
  const text = decode(part.slice(0, HEADER_CHARS_MAX)).trimStart();
  return text.startsWith('{') && text.includes('"');
}

function decode(part: string): string {
  return Buffer.from(part, 'base64url').toString('latin1');
}
