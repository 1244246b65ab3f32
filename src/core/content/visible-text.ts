/**
 * Everything that a reader cannot see or that moves other text: control characters, bidirectional and zero-width characters, tags,
 * variation selectors, blanks other than the space, halves of surrogate pairs, and code points that mean nothing here.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}]|(?! )\p{Zs}/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/**
 * Text from hosts, upstreams and arguments as it may be shown to a person: one line, with every unseen character written out as
 * `\u{202e}`. Stops escape sequences to the terminal, faked lines, hidden text and text that reads in another order than it runs.
 */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (char) => SHORT.get(char) ?? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/**
 * JSON that any reader of JSON takes for the same value, without unseen characters: they can stand in strings alone, where JSON has an
 * escape of its own for each. Line breaks are those of the layout.
 */
export function visibleJson(value: unknown, indent: 0 | 2 = 0): string {
  return visibleJsonText(JSON.stringify(value, null, indent));
}

/** The same of JSON that somebody has written already. */
export function visibleJsonText(json: string): string {
  const lines = json.split('\n');
  return lines.map((line) => line.replace(UNSEEN, jsonEscapes)).join('\n');
}

function jsonEscapes(char: string): string {
  return char
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
