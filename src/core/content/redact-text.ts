import type { Span } from './detect.ts';

/** The text with a readable marker in the place of each span, `[redacted:jwt]`. The spans must be in order and not overlap. */
export function redactText(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  let shown = '';
  let last = 0;
  for (const { start, end, detector } of spans) {
    shown += text.slice(last, start) + redactionMarker(detector);
    last = end;
  }
  return shown + text.slice(last);
}

export function redactionMarker(what: string): string {
  return `[redacted:${what}]`;
}
