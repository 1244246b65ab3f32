import { hasOtherWay, hasTwins, type NameWay, waysOf } from '../../json/fold-name.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import type { ArgumentPath } from './input-limits.ts';

/**
 * Whether every reader finds the same where an expression looks. A condition that holds for `amount` says nothing of a server that acts on
 * the `Amount` beside it. Only of arguments that are small enough to be looked at. `fields` are those that loops ask of what they go over.
 */
export function createReadingCheck(
  paths: readonly ArgumentPath[],
  fields: readonly string[],
): (args: JsonObject) => boolean {
  const looked = paths.map((path) => ({ path, ways: waysOf(path) }));
  const asked = fields.flatMap((field) => waysOf([field]));
  return (args) => looked.every((each) => isPlain(args, each, 0, asked));
}

interface LookedAt {
  readonly path: ArgumentPath;
  readonly ways: readonly NameWay[];
}

function isPlain(around: Json | undefined, looked: LookedAt, at: number, asked: readonly NameWay[]): boolean {
  const step = looked.path[at];
  const way = looked.ways[at];
  if (step === undefined || way === undefined) return isPlainThroughout(around, asked);
  if (typeof step === 'number') return isPlain(isJsonArray(around) ? around[step] : undefined, looked, at + 1, asked);
  if (!isJsonObject(around)) return true;
  if (hasOtherWay(around, way)) return false;
  return isPlain(Object.hasOwn(around, step) ? around[step] : undefined, looked, at + 1, asked);
}

function isPlainThroughout(value: Json | undefined, asked: readonly NameWay[]): boolean {
  if (isJsonArray(value)) return value.every((item) => isPlainThroughout(item, asked));
  if (!isJsonObject(value)) return true;
  if (hasTwins(value) || asked.some((way) => hasOtherWay(value, way))) return false;
  return Object.values(value).every((item) => isPlainThroughout(item, asked));
}
