import { foldName, hasTwins } from '../../json/fold-name.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import type { ArgumentPath } from './input-limits.ts';

/**
 * Whether every reader finds the same where an expression looks. A condition that holds for `amount` says nothing of a server that acts on
 * the `Amount` beside it. Only of arguments that are small enough to be looked at.
 */
export function createReadingCheck(paths: readonly ArgumentPath[]): (args: JsonObject) => boolean {
  const folded = paths.map((path) => path.map((step) => ({ step, folded: foldName(String(step)) })));
  return (args) => folded.every((path) => isPlain(args, path, 0));
}

type FoldedPath = readonly { readonly step: string | number; readonly folded: string }[];

function isPlain(around: Json | undefined, path: FoldedPath, at: number): boolean {
  const next = path[at];
  if (next === undefined) return isPlainThroughout(around);
  const { step, folded } = next;
  if (typeof step === 'number') return isPlain(isJsonArray(around) ? around[step] : undefined, path, at + 1);
  if (!isJsonObject(around)) return true;
  const known = namesOf(around).get(folded);
  // A lax reader would take the other name, or one of several, for this one.
  if (known !== undefined && known !== step) return false;
  return isPlain(known === step ? around[step] : undefined, path, at + 1);
}

/** The names of an object as the laxest readers compare them; `null` stands for several. */
type FoldedNames = ReadonlyMap<string, string | null>;

/** A hundred conditions look at the same arguments. Values never change. */
const NAMES = new WeakMap<JsonObject, FoldedNames>();

function namesOf(object: JsonObject): FoldedNames {
  const known = NAMES.get(object);
  if (known !== undefined) return known;
  const names = new Map<string, string | null>();
  for (const name of Object.keys(object)) {
    const folded = foldName(name);
    names.set(folded, names.has(folded) ? null : name);
  }
  NAMES.set(object, names);
  return names;
}

function isPlainThroughout(value: Json | undefined): boolean {
  if (isJsonArray(value)) return value.every(isPlainThroughout);
  if (!isJsonObject(value)) return true;
  return !hasTwins(value) && Object.values(value).every(isPlainThroughout);
}
