/**
 * Whether the query of a URL has a parameter for an access token. Names are read as any server on the way could read them: with escapes,
 * escapes of escapes, other letters and other marks. One that is still escaped after all that hides something, and counts as well.
 */
export function hasQueryToken(url: string): boolean {
  const at = url.indexOf('?');
  return at !== -1 && namesOf(url.slice(at + 1)).some(isTokenName);
}

function namesOf(query: string): readonly string[] {
  return query.split(/[&;]/).map((pair) => pair.split('=', 1)[0] ?? '');
}

const UNESCAPED_TIMES_MAX = 4;

/** `access_token`, `Access-Token`, `accessToken`, `access token`. */
const TOKEN_NAME = /access[^a-z0-9]{0,8}token/i;

function isTokenName(name: string): boolean {
  let text = name;
  for (let round = 0; round < UNESCAPED_TIMES_MAX; round++) {
    if (TOKEN_NAME.test(text.normalize('NFKC'))) return true;
    const plain = unescapeOnce(text);
    if (plain === text) return false;
    text = plain;
  }
  return true;
}

/** A wrong escape stays as it is, and spoils no other. */
function unescapeOnce(text: string): string {
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return bytes === text ? text : Buffer.from(bytes, 'latin1').toString('utf8');
}
