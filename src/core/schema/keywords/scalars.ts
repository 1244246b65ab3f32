import type { Json, JsonObject } from '../../json/value.ts';
import { type Check, fail } from '../check.ts';
import { compilePattern } from '../pattern.ts';

/** Keywords about numbers and texts. `format` says what a text is meant to be, and refuses nothing. */
export function checksOfScalars(schema: JsonObject): readonly Check[] {
  return [...numberChecks(schema), ...textChecks(schema)];
}

function numberChecks(schema: JsonObject): Check[] {
  const checks: Check[] = [];
  const bound = (limit: Json | undefined, isOver: (value: number, limit: number) => boolean, words: string): void => {
    if (typeof limit !== 'number') return;
    checks.push((value, run) => typeof value !== 'number' || !isOver(value, limit) || fail(run, `${words} ${limit}`));
  };
  bound(schema['maximum'], (value, max) => value > max, 'must be at most');
  bound(schema['minimum'], (value, min) => value < min, 'must be at least');
  bound(schema['exclusiveMaximum'], (value, max) => value >= max, 'must be less than');
  bound(schema['exclusiveMinimum'], (value, min) => value <= min, 'must be more than');
  bound(schema['multipleOf'], (value, step) => step > 0 && !isMultiple(value, step), 'must be a multiple of');
  return checks;
}

/** 0.3 is a multiple of 0.1, whatever doubles say. */
function isMultiple(value: number, step: number): boolean {
  const times = value / step;
  return Number.isFinite(times) && Math.abs(times - Math.round(times)) <= 1e-9 * Math.max(1, Math.abs(times));
}

function textChecks(schema: JsonObject): Check[] {
  const { maxLength, minLength, pattern } = schema;
  const checks: Check[] = [];
  if (typeof maxLength === 'number') {
    checks.push((value, run) => {
      const fits = typeof value !== 'string' || value.length <= maxLength || charactersOf(value) <= maxLength;
      return fits || fail(run, `must have at most ${maxLength} characters`);
    });
  }
  if (typeof minLength === 'number') {
    checks.push((value, run) => {
      const fits = typeof value !== 'string' || (value.length >= minLength && charactersOf(value) >= minLength);
      return fits || fail(run, `must have at least ${minLength} characters`);
    });
  }
  if (typeof pattern === 'string') checks.push(...patternChecks(pattern));
  return checks;
}

function patternChecks(pattern: string): Check[] {
  const matches = compilePattern(pattern);
  if (matches === null) return [];
  const words = `must match ${pattern.slice(0, 200)}`;
  return [(value, run) => typeof value !== 'string' || matches(value, run) !== false || fail(run, words)];
}

/** JSON Schema counts code points. */
function charactersOf(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0xdc00 || code > 0xdfff) count += 1;
  }
  return count;
}
