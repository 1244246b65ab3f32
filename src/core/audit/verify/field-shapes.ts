import { isJsonArray, isJsonObject, type Json } from '../../json/value.ts';

/** Which values a field of an entry can have. */
export interface FieldShape<in Value> {
  readonly name: string;
  readonly fits: (value: Json) => boolean;
  /** Never there: has the compiler compare the values of a shape with those of the field. */
  readonly of?: (value: Value) => void;
}

export const text: FieldShape<string> = { name: 'a text', fits: (value) => typeof value === 'string' };

export const texts: FieldShape<readonly string[]> = listOf(text);

/** Of milliseconds, fractions are possible. */
export const count: FieldShape<number> = {
  name: 'a number that is not negative',
  fits: (value) => typeof value === 'number' && value >= 0,
};

export const digest: FieldShape<string> = {
  name: '64 hexadecimal digits',
  fits: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
};

/** One of the names of a record, so that the compiler insists on all of them. */
export function oneOf<Name extends string>(names: Readonly<Record<Name, true>>): FieldShape<Name> {
  return among(Object.keys(names) as Name[]);
}

export function among<Name extends string>(names: readonly Name[]): FieldShape<Name> {
  const known: ReadonlySet<unknown> = new Set(names);
  return { name: `one of ${names.join(', ')}`, fits: (value) => known.has(value) };
}

export function orNull<Value>({ name, fits }: FieldShape<Value>): FieldShape<Value | null> {
  return { name: `${name}, or null`, fits: (value) => value === null || fits(value) };
}

export function listOf<Value>({ name, fits }: FieldShape<Value>): FieldShape<readonly Value[]> {
  return { name: `a list, each ${name}`, fits: (value) => isJsonArray(value) && value.every(fits) };
}

/** An object with exactly one member, of these names. */
export function oneMember(names: ReadonlyMap<string, FieldShape<never>>): FieldShape<object> {
  return {
    name: `an object with one of ${[...names.keys()].join(', ')}`,
    fits(value) {
      const [member, ...others] = isJsonObject(value) ? Object.entries(value) : [];
      return member !== undefined && others.length === 0 && names.get(member[0])?.fits(member[1]) === true;
    },
  };
}

export const isTrue: FieldShape<true> = { name: 'true', fits: (value) => value === true };
