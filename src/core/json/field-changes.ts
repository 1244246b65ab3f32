import { canonicalJson } from '../json/canonical-json.ts';
import { isJsonObject, type Json } from '../json/value.ts';

/** One place at which two values differ, as a JSON Pointer; values are JSON texts, and `null` where there is none. */
export interface FieldChange {
  readonly place: string;
  readonly before: string | null;
  readonly after: string | null;
}

const CHANGES_MAX = 200;

/**
 * Where two values differ. Objects are compared by member, everything else as a whole. At most 200: where there are more, the last is both
 * values as a whole, so that nothing is left out behind two hundred trifles.
 */
export function fieldChanges(before: Json | undefined, after: Json | undefined): readonly FieldChange[] {
  const found: FieldChange[] = [];
  compare(before, after, '', found);
  if (found.length <= CHANGES_MAX) return found;
  return [...found.slice(0, CHANGES_MAX - 1), { place: '', before: jsonText(before), after: jsonText(after) }];
}

function compare(before: Json | undefined, after: Json | undefined, place: string, found: FieldChange[]): void {
  if (found.length > CHANGES_MAX) return;
  if (isJsonObject(before) && isJsonObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(before[key], after[key], `${place}/${pointerToken(key)}`, found);
    return;
  }
  const [was, is] = [jsonText(before), jsonText(after)];
  if (was !== is) found.push({ place, before: was, after: is });
}

export function jsonText(value: Json | undefined): string | null {
  return value === undefined ? null : canonicalJson(value);
}

/** RFC 6901 §3. */
export function pointerToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
