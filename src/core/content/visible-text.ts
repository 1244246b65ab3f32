/**
 * Everything that a reader cannot see or that moves other text: control characters, bidirectional and zero-width characters, tags,
 * variation selectors, blanks other than the space, halves of surrogate pairs, and code points that mean nothing here.
 */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}]|[\p{Cf}]|(?! )\p{Zs}/gu;

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

/** The same for text whose line breaks are ours, such as printed JSON: those stay. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visibleText).join('\n');
}
