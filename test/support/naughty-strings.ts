import { readFileSync } from 'node:fs';

/** Strings that break what shows them, by others. Their source and licence stand in the file. */
export function naughtyStrings(): readonly string[] {
  const file = new URL('../fixtures/naughty-strings.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly strings: readonly string[] }).strings;
}

/** The same value with the texts of others in place of every text that is not a time, in turn. */
export function withTexts(value: unknown, texts: Iterator<string>): unknown {
  if (typeof value === 'string') return isTime(value) ? value : texts.next().value;
  if (Array.isArray(value)) return value.map((each) => withTexts(each, texts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withTexts(member, texts)]));
}

export function* inTurn(texts: readonly string[]): Generator<string, never> {
  for (;;) yield* texts;
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT/.test(text);
}
