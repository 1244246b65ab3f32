/** Whether a text has every word of a filter, in any case and order. */
export function hasWords(text: string, filter: string): boolean {
  const about = text.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => about.includes(word));
}
