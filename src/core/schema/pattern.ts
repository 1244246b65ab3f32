/**
 * A pattern out of a schema, as far as it is certain that no text makes it take long; `null` for any other, and those are not looked at:
 * whoever publishes the schema must not be able to hold up the gateway with it. Certain are patterns in which nothing that repeats
 * stands within something that repeats, and in which no more than two parts are of any length. Texts over 1,024 characters are not
 * looked at either.
 */
export function compilePattern(source: string): ((text: string) => boolean) | null {
  if (source.length > SOURCE_CHARS_MAX || !isPlain(source)) return null;
  try {
    const pattern = new RegExp(source, 'u');
    return (text) => text.length > TEXT_CHARS_MAX || pattern.test(text);
  } catch {
    return null;
  }
}

const SOURCE_CHARS_MAX = 512;
const TEXT_CHARS_MAX = 1024;
const REPEATS_MAX = 2;
const OPTIONS_MAX = 3;

/** One unit of a pattern: an escape, a class, a group's bracket, any other character; and how often it may stand. */
const UNIT =
  /(?<unit>\\(?:[pPu](?:\{[^}]*\}|[0-9A-Fa-f]{4})|x[0-9A-Fa-f]{2}|[^1-9])|\[(?:\\.|[^\]\\])*\]|\((?:\?:|(?!\?))|[^\\[(*+?{])(?<times>[*+?]\??|\{[0-9]+(?:,[0-9]*)?\}\??)?/guy;

function isPlain(source: string): boolean {
  let repeats = 0;
  let options = 0;
  let end = 0;
  for (const { 0: found, index, groups } of source.matchAll(UNIT)) {
    if (index !== end) return false;
    end += found.length;
    const unit = groups?.['unit'] ?? '';
    const times = groups?.['times'];
    if (times === undefined) continue;
    if (unit === ')' && times.charAt(0) !== '?') return false;
    if (times.startsWith('?')) options += 1;
    else if (!/^\{[0-9]{1,3}\}/.test(times)) repeats += 1;
  }
  return end === source.length && repeats <= REPEATS_MAX && options <= OPTIONS_MAX;
}
