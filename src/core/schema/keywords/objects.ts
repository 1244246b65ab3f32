import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import { type Check, checkAt, fail, fitsQuietly, type Run } from '../check.ts';
import type { CompilePart } from '../compile-schema.ts';
import { compilePattern } from '../pattern.ts';

/** Keywords about objects. */
export function checksOfObjects(schema: JsonObject, compile: CompilePart): readonly Check[] {
  return [
    requiredCheck(schema['required']),
    ...sizeChecks(schema),
    membersCheck(schema, compile),
    namesCheck(schema['propertyNames'], compile),
    ...dependencyChecks(schema, compile),
  ].filter((check) => check !== null);
}

function requiredCheck(required: Json | undefined): Check | null {
  const names = isJsonArray(required) ? required.filter((name) => typeof name === 'string') : [];
  if (names.length === 0) return null;
  return (value, run) => {
    if (!isJsonObject(value)) return true;
    run.stepsLeft -= names.length >> 2;
    let fits = true;
    for (const name of names) if (!Object.hasOwn(value, name)) fits = fail(run, 'is missing', name);
    return fits;
  };
}

function sizeChecks({ maxProperties, minProperties }: JsonObject): Check[] {
  const checks: Check[] = [];
  const sizeOf = (object: JsonObject, run: Run): number => {
    const size = Object.keys(object).length;
    run.stepsLeft -= size >> 2;
    return size;
  };
  if (typeof maxProperties === 'number')
    checks.push(
      (value, run) =>
        !isJsonObject(value) ||
        sizeOf(value, run) <= maxProperties ||
        fail(run, `must have at most ${maxProperties} members`),
    );
  if (typeof minProperties === 'number')
    checks.push(
      (value, run) =>
        !isJsonObject(value) ||
        sizeOf(value, run) >= minProperties ||
        fail(run, `must have at least ${minProperties} members`),
    );
  return checks;
}

/** `properties`, `patternProperties` and `additionalProperties`. */
function membersCheck(schema: JsonObject, compile: CompilePart): Check | null {
  const { properties, patternProperties, additionalProperties } = schema;
  const named = new Map(entriesOf(properties).map(([name, each]) => [name, compile(each)]));
  const patterns = entriesOf(patternProperties).map(([source, each]) => ({
    matches: compilePattern(source),
    check: compile(each),
  }));
  // Where it is not known which names a pattern is about, no other name can be refused.
  const isClosed = patterns.every(({ matches }) => matches !== null);
  const others = additionalProperties === undefined || !isClosed ? null : compile(additionalProperties);
  if (others === null && patterns.length === 0 && named.values().every((check) => check === null)) return null;
  return (value, run) => {
    if (!isJsonObject(value)) return true;
    let fits = true;
    for (const name of Object.keys(value)) {
      if (run.stepsLeft <= 0) break;
      run.stepsLeft -= 1;
      const member = value[name] as Json;
      run.stepsLeft -= patterns.length >> 2;
      const own = named.get(name);
      let isKnown = named.has(name);
      if (own && !checkAt(own, member, run, name)) fits = false;
      for (const { matches, check } of patterns) {
        const isAbout = matches === null ? false : matches(name, run);
        if (isAbout !== false) isKnown = true;
        if (isAbout === true && check !== null && !checkAt(check, member, run, name)) fits = false;
      }
      if (isKnown || others === null) continue;
      if (additionalProperties === false) fits = fail(run, 'is not known here', name);
      else if (!checkAt(others, member, run, name)) fits = false;
    }
    return fits;
  };
}

function namesCheck(propertyNames: Json | undefined, compile: CompilePart): Check | null {
  const check = propertyNames === undefined ? null : compile(propertyNames);
  if (check === null) return null;
  return (value, run) => {
    if (!isJsonObject(value)) return true;
    const wrong = Object.keys(value).find((name) => !fitsQuietly(check, name, run));
    return wrong === undefined || fail(run, 'is a name that is not allowed here', wrong);
  };
}

/** `dependentRequired` and `dependentSchemas`, which were one `dependencies` before 2019-09. */
function dependencyChecks(schema: JsonObject, compile: CompilePart): Check[] {
  const all = ['dependentRequired', 'dependentSchemas', 'dependencies'].flatMap((keyword) =>
    entriesOf(schema[keyword]),
  );
  return all.flatMap(([name, needed]): Check[] => {
    const check = isJsonArray(needed) ? requiredCheck(needed) : compile(needed);
    return check === null
      ? []
      : [(value, run) => !isJsonObject(value) || !Object.hasOwn(value, name) || check(value, run)];
  });
}

function entriesOf(value: Json | undefined): [string, Json][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}
