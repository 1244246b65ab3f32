import { canonicalJson } from '../../json/canonical-json.ts';
import { isJsonArray, type JsonObject } from '../../json/value.ts';
import { type Check, checkAt, fail, fitsQuietly } from '../check.ts';
import type { CompilePart } from '../compile-schema.ts';

/** Keywords about arrays, in the words of 2020-12 and of the drafts before it. */
export function checksOfArrays(schema: JsonObject, compile: CompilePart): readonly Check[] {
  return [...sizeChecks(schema), itemsCheck(schema, compile), containsCheck(schema, compile)].filter(
    (check) => check !== null,
  );
}

function sizeChecks({ maxItems, minItems, uniqueItems }: JsonObject): Check[] {
  const checks: Check[] = [];
  if (typeof maxItems === 'number')
    checks.push(
      (value, run) =>
        !isJsonArray(value) || value.length <= maxItems || fail(run, `must have at most ${maxItems} items`),
    );
  if (typeof minItems === 'number')
    checks.push(
      (value, run) =>
        !isJsonArray(value) || value.length >= minItems || fail(run, `must have at least ${minItems} items`),
    );
  if (uniqueItems === true)
    checks.push((value, run) => {
      if (!isJsonArray(value)) return true;
      const texts = value.map((item) => canonicalJson(item));
      run.stepsLeft -= texts.reduce((sum, text) => sum + 1 + (text.length >> 4), 0);
      return new Set(texts).size === texts.length || fail(run, 'must not hold the same item twice');
    });
  return checks;
}

/** `prefixItems` and `items`; before 2020-12, `items` as an array and `additionalItems`. */
function itemsCheck({ prefixItems, items, additionalItems }: JsonObject, compile: CompilePart): Check | null {
  const listed = isJsonArray(prefixItems) ? prefixItems : isJsonArray(items) ? items : [];
  const rest = isJsonArray(items) ? additionalItems : items;
  const first = listed.map((each) => compile(each));
  const others = rest === undefined ? null : compile(rest);
  if (others === null && first.every((check) => check === null)) return null;
  return (value, run) => {
    if (!isJsonArray(value)) return true;
    let fits = true;
    for (let index = 0; index < value.length && run.stepsLeft > 0; index += 1) {
      const check = index < first.length ? first[index] : others;
      const item = value[index];
      if (check && item !== undefined && !checkAt(check, item, run, index)) fits = false;
    }
    return fits;
  };
}

function containsCheck({ contains, minContains, maxContains }: JsonObject, compile: CompilePart): Check | null {
  if (contains === undefined) return null;
  const check = compile(contains);
  const min = typeof minContains === 'number' ? minContains : 1;
  const max = typeof maxContains === 'number' ? maxContains : Number.POSITIVE_INFINITY;
  return (value, run) => {
    if (!isJsonArray(value)) return true;
    const count = value.filter((item) => check === null || fitsQuietly(check, item, run)).length;
    return (count >= min && count <= max) || fail(run, 'does not hold the items that it must');
  };
}
