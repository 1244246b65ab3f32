import { plainLetters } from '../content/plain-text.ts';
import { isJsonArray, isJsonObject, type JsonObject } from './value.ts';

/**
 * The name as the laxest readers of JSON compare it: Go takes `Action`, and `\u017f` for `s`, for the same member, its second version
 * leaves out `-` and `_`, .NET and Jackson can be told to do the like. Which of two such members such a server acts on cannot be known.
 */
export function foldName(name: string): string {
  const folded = IS_ASCII.test(name) ? name.toLowerCase() : name.normalize('NFKC').toUpperCase().toLowerCase();
  return folded.replaceAll(/[-_]/g, '');
}

const IS_ASCII = /^[\0-\x7f]*$/;

/**
 * Where one looks in an object for a value, as lax readers compare it. To MongoDB and Elasticsearch the name `filter.owner` is the
 * `owner` of `filter`; forms write it `filter[owner]`, JSON Pointer `/filter/owner`, JSONPath `$.filter.owner`, .NET `filter:owner`.
 */
export interface NameWay {
  /** The member itself. */
  readonly name: string;
  /** The member as one word: PHP takes `tenant.id` for `tenant_id`. */
  readonly word: string;
  /** The member and all that is looked for in it, name by name. */
  readonly steps: readonly string[];
}

/** The ways from each object on a path to what is looked for; a number is a place in a list. */
export function waysOf(path: readonly (string | number)[]): readonly NameWay[] {
  return path.map((step, index) => {
    const name = String(step);
    return { name, word: stepsOf(name).join(''), steps: path.slice(index).flatMap((each) => stepsOf(String(each))) };
  });
}

/** Forms are trimmed before they are read, databases compare without accents, and a model reads what it seems to see. */
function stepsOf(name: string): readonly string[] {
  const folded = foldName(name);
  if (IS_WORD.test(folded)) return [folded];
  const seen = foldName(plainLetters(name)).normalize('NFKD');
  return seen
    .replaceAll(/[\s\p{M}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu, '')
    .split(/[.[\]/:$]+/)
    .filter((step) => step !== '');
}

const IS_WORD = /^[a-z0-9]+$/;

/** Whether a lax reader could find something else there: another member, or one that leads past the named one, be that there or not. */
export function hasOtherWay(object: JsonObject, { name, word, steps }: NameWay): boolean {
  const { byWord, winding } = namesOf(object);
  const same = byWord.get(word);
  if (same !== undefined && same !== name) return true;
  if (winding.some((each) => each.name !== name && startsAlike(each.steps, steps))) return true;
  // The policy itself may write a way as one name; then a plain member can lead there too.
  const [first = ''] = steps;
  if (first === word) return false;
  const around = byWord.get(first);
  return around === null || (around !== undefined && isContainer(object, around));
}

/** Whether a lax reader could take any two members of the object for one, or one for a part of another. */
export function hasTwins(object: JsonObject): boolean {
  const { byWord, winding } = namesOf(object);
  if ([...byWord.values()].includes(null)) return true;
  return winding.some(({ steps: [first = ''] }) => {
    const around = byWord.get(first);
    return around !== undefined && around !== null && isContainer(object, around);
  });
}

/** The names of an object as the laxest readers compare them. */
interface FoldedNames {
  /** `null` stands for several. */
  readonly byWord: ReadonlyMap<string, string | null>;
  /** Those that could be ways of more than one step. */
  readonly winding: readonly { readonly name: string; readonly steps: readonly string[] }[];
}

/** A hundred conditions look at the same arguments. Values never change. */
const NAMES = new WeakMap<JsonObject, FoldedNames>();

function namesOf(object: JsonObject): FoldedNames {
  const known = NAMES.get(object);
  if (known !== undefined) return known;
  const byWord = new Map<string, string | null>();
  const winding: { name: string; steps: readonly string[] }[] = [];
  for (const name of Object.keys(object)) {
    const steps = stepsOf(name);
    const word = steps.join('');
    byWord.set(word, byWord.has(word) ? null : name);
    if (steps.length > 1) winding.push({ name, steps });
  }
  const names = { byWord, winding };
  NAMES.set(object, names);
  return names;
}

function startsAlike(a: readonly string[], b: readonly string[]): boolean {
  return a.every((step, index) => index >= b.length || step === b[index]);
}

function isContainer(object: JsonObject, name: string): boolean {
  const value = object[name];
  return isJsonObject(value) || isJsonArray(value);
}
