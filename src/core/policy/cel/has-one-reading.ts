import { hasTwin, hasTwins } from '../../json/fold-name.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import type { ArgumentPath } from './input-limits.ts';

/**
 * Whether every reader finds the same where an expression looks. A condition that holds for `amount` says nothing of a server that acts on
 * the `Amount` beside it. Only of arguments that are small enough to be looked at.
 */
export function hasOneReading(args: JsonObject, paths: readonly ArgumentPath[]): boolean {
  return paths.every((path) => isPlain(args, path));
}

function isPlain(around: Json | undefined, path: ArgumentPath): boolean {
  const [step, ...rest] = path;
  if (step === undefined) return isPlainThroughout(around);
  if (typeof step === 'number') return isPlain(isJsonArray(around) ? around[step] : undefined, rest);
  if (!isJsonObject(around)) return true;
  return !hasTwin(around, step) && isPlain(Object.hasOwn(around, step) ? around[step] : undefined, rest);
}

function isPlainThroughout(value: Json | undefined): boolean {
  if (isJsonArray(value)) return value.every(isPlainThroughout);
  if (!isJsonObject(value)) return true;
  return !hasTwins(value) && Object.values(value).every(isPlainThroughout);
}
