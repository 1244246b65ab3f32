import { isResourceUri, URI_CHARS_MAX } from './resource-uri.ts';

/** Stands for what one variable can expand to: no `/`, `?` or `#`, which `{name}` escapes (RFC 6570, §3.2.2). */
const SEGMENT_VARIABLE = '\u0001';
/** Stands for what an expression with an operator can expand to, which is anything. */
export const OPEN_VARIABLE = '\u0002';

/**
 * The template with a stand-in for every expression, for a policy to compare with its patterns; `null` for what is no template of
 * RFC 6570, or one whose literal parts no rule could speak about.
 */
export function templateShape(template: string): string | null {
  if (template.length > URI_CHARS_MAX) return null;
  const parts = template.split(EXPRESSION);
  const shape = parts.map((part, index) => (index % 2 === 0 ? part : standIn(part))).join('');
  const example = shape.replaceAll(STAND_INS, 'x');
  return isResourceUri(example) && SCHEME.test(shape) && !STAND_IN.test(template) ? shape : null;
}

/** Every second part of the split is the inside of a pair of braces. A brace that is left over is no character of a URI. */
const EXPRESSION = /\{([^{}]*)\}/;
const SIMPLE = /^[A-Za-z0-9_.%]+(?::[1-9][0-9]{0,3})?$/;
const SCHEME = /^[a-z][a-z0-9+.-]*:/;
/** The stand-ins themselves, which no template may bring along. */
const STAND_IN = /[\u0001\u0002]/;
const STAND_INS: RegExp = new RegExp(STAND_IN, 'g');

const standIn = (expression: string): string => (SIMPLE.test(expression) ? SEGMENT_VARIABLE : OPEN_VARIABLE);
