import { canonicalJson } from '../json/canonical-json.ts';
import { isJsonObject, type Json } from '../json/value.ts';

/** One place at which two definitions differ, as a JSON Pointer. `null`: it is not there. */
export interface DefinitionDifference {
  readonly place: string;
  readonly before: string | null;
  readonly after: string | null;
}

const DIFFERENCES_MAX = 100;

/** Where two definitions differ: texts as they are, everything else as JSON. Objects are compared by member, arrays as a whole. */
export function definitionDifference(before: Json, after: Json): readonly DefinitionDifference[] {
  const differences: DefinitionDifference[] = [];
  compare(before, after, '', differences);
  return differences;
}

function compare(
  before: Json | undefined,
  after: Json | undefined,
  place: string,
  found: DefinitionDifference[],
): void {
  if (found.length >= DIFFERENCES_MAX) return;
  if (isJsonObject(before) && isJsonObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(before[key], after[key], `${place}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, found);
    }
    return;
  }
  const [was, is] = [shown(before), shown(after)];
  if (was !== is) found.push({ place, before: was, after: is });
}

function shown(value: Json | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? JSON.stringify(value) : canonicalJson(value);
}
