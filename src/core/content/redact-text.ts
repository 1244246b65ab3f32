import type { Span } from './detect.ts';

/** The text with a readable marker in the place of each span, `[redacted:jwt]`. The spans must be in order and not overlap. */
export function redactText(text: string, spans: readonly Span[]): string {
  return spans.length === 0 ? text : redactPart(text, spans, 0, text.length);
}

/** The same for a part `[from, to)` of a text, and the spans in it. */
export function redactPart(text: string, spans: readonly Span[], from: number, to: number): string {
  let shown = '';
  let last = from;
  for (const { start, end, detector, isBare } of spans) {
    const marker = redactionMarker(detector);
    shown += text.slice(last, start) + (isBare === true ? `"${marker}"` : marker);
    last = end;
  }
  return shown + text.slice(last, to);
}

/** Whether a text holds one of our markers, in any spelling: models add blanks, and backslashes as in Markdown. */
export function holdsMarker(text: string): boolean {
  return MARKER.test(text);
}

const MARKER = /\[ {0,4}redacted {0,4}: {0,4}[a-z-]{1,64} {0,4}\\{0,4}\]/i;

export function redactionMarker(what: string): string {
  return `[redacted:${what}]`;
}
