import type { Span } from './detect.ts';

/** The text with a readable marker in the place of each span, `[redacted:jwt]`. The spans must be in order and not overlap. */
export function redactText(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  let shown = '';
  let last = 0;
  for (const { start, end, detector, isBare } of spans) {
    const marker = redactionMarker(detector);
    shown += text.slice(last, start) + (isBare === true ? `"${marker}"` : marker);
    last = end;
  }
  return shown + text.slice(last);
}

/** Whether a text holds one of our markers, in any spelling: models add blanks, and backslashes as in Markdown. */
export function holdsMarker(text: string): boolean {
  return MARKER.test(text);
}

const MARKER = /\[ {0,4}redacted {0,4}: {0,4}[a-z-]{1,64} {0,4}\\{0,4}\]/i;

export function redactionMarker(what: string): string {
  return `[redacted:${what}]`;
}
