import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import { type Check, fail, fitsQuietly } from '../check.ts';
import { typeCheck } from './any.ts';
import type { CompilePart } from '../compile-schema.ts';

/** `allOf`, `anyOf`, `oneOf`, `not`, and `if` with `then` and `else`. */
export function checksOfCombinations(schema: JsonObject, compile: CompilePart): readonly Check[] {
  const all = partsOf(schema['allOf'], compile).filter((check) => check !== null);
  const alternatives = [anyCheck(schema['anyOf'], compile), oneCheck(schema['oneOf'], compile)];
  const others = [notCheck(schema['not'], compile), conditionCheck(schema, compile)];
  return [...all, ...[...alternatives, ...others].filter((check) => check !== null)];
}

function partsOf(list: Json | undefined, compile: CompilePart): (Check | null)[] {
  return isJsonArray(list) ? list.map((each) => compile(each)) : [];
}

function anyCheck(list: Json | undefined, compile: CompilePart): Check | null {
  const parts = partsOf(list, compile);
  const checks = parts.filter((check) => check !== null);
  const types = typesOf(list);
  if (types !== null) return typeCheck(types, false);
  // One that says nothing fits everything.
  if (checks.length === 0 || checks.length < parts.length) return null;
  const [only] = checks;
  if (checks.length === 1 && only !== undefined) return only;
  return (value, run) =>
    checks.some((check) => fitsQuietly(check, value, run)) || fail(run, 'fits none of the forms that it may have');
}

/** `anyOf: [{ type: string }, { type: null }]` is how many programs write two types. */
function typesOf(list: Json | undefined): readonly string[] | null {
  if (!isJsonArray(list)) return null;
  const types = list.flatMap((part) => {
    if (!isJsonObject(part) || Object.keys(part).some((key) => key !== 'type' && key !== 'description')) return [];
    return typeof part['type'] === 'string' ? [part['type']] : [];
  });
  return types.length === list.length && types.length > 0 ? types : null;
}

function oneCheck(list: Json | undefined, compile: CompilePart): Check | null {
  const parts = partsOf(list, compile);
  if (parts.length === 0) return null;
  return (value, run) => {
    run.stepsLeft -= parts.length >> 2;
    const fitting = parts.filter((check) => check === null || fitsQuietly(check, value, run)).length;
    if (fitting === 1) return true;
    return fail(
      run,
      fitting === 0 ? 'fits none of the forms that it may have' : 'fits more than one of the forms that it may have',
    );
  };
}

function notCheck(schema: Json | undefined, compile: CompilePart): Check | null {
  if (schema === undefined) return null;
  const check = compile(schema);
  return (value, run) =>
    (check !== null && !fitsQuietly(check, value, run)) || fail(run, 'is of a form that is not allowed');
}

function conditionCheck(schema: JsonObject, compile: CompilePart): Check | null {
  const condition = schema['if'] === undefined ? undefined : compile(schema['if']);
  if (condition === undefined) return null;
  const then = schema['then'] === undefined ? null : compile(schema['then']);
  const otherwise = schema['else'] === undefined ? null : compile(schema['else']);
  if (then === null && otherwise === null) return null;
  return (value, run) => {
    const check = condition === null || fitsQuietly(condition, value, run) ? then : otherwise;
    return check === null || check(value, run);
  };
}
