import { type FieldChange, fieldChanges, jsonText, pointerToken } from '../json/field-changes.ts';
import { createJsonObject, isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { renderArguments, renderExactly, type TemplateFacts } from './template.ts';

/** What a call makes of a record, as far as can be told beforehand. */
export interface RecordChanges {
  readonly changes: readonly FieldChange[];
  readonly unchanged: readonly FieldChange[];
  /** Why that is not the whole story; `null` where it may be. */
  readonly note: string | null;
}

const UNCHANGED_MAX = 100;

/**
 * The record before a call and after it. `set` says which fields become what; where it is empty, arguments are fields of the same name,
 * and so are the members of an argument that is an object and no field itself.
 */
export function recordChanges(read: Json, facts: TemplateFacts, set: Readonly<Record<string, string>>): RecordChanges {
  const record = unwrap(read);
  if (!isJsonObject(record)) {
    const whole = jsonText(read);
    return { changes: [], unchanged: [{ place: '', before: whole, after: whole }], note: 'the record has no fields' };
  }
  const wanted = Object.keys(set).length === 0 ? fieldsByName(record, facts.args) : fieldsBySet(facts, set);
  if (wanted === null)
    return { changes: [], unchanged: fieldsOf(record), note: 'an argument that is to be shown is missing' };
  const after = withFields(record, wanted);
  const changes = fieldChanges(record, after);
  const note = wanted.length === 0 ? 'the arguments name no field of the record' : null;
  const untouched = Object.entries(record).filter(([name, value]) => jsonText(value) === jsonText(after[name]));
  return { changes, unchanged: fieldsOf(Object.fromEntries(untouched)), note };
}

type Field = readonly [path: readonly string[], value: Json];

/** Servers wrap a record into an object with nothing else in it. */
function unwrap(read: Json): Json {
  if (!isJsonObject(read)) return read;
  const [only, ...others] = Object.values(read);
  return others.length === 0 && isJsonObject(only) ? only : read;
}

function fieldsByName(record: JsonObject, args: JsonObject): readonly Field[] {
  return Object.entries(args).flatMap(([name, value]): readonly Field[] => {
    if (Object.hasOwn(record, name)) return [[[name], value]];
    if (!isJsonObject(value)) return [];
    return Object.entries(value).flatMap(([inner, innerValue]): readonly Field[] =>
      Object.hasOwn(record, inner) ? [[[inner], innerValue]] : [],
    );
  });
}

/** `null`: a value is missing. */
function fieldsBySet(facts: TemplateFacts, set: Readonly<Record<string, string>>): readonly Field[] | null {
  const fields: Field[] = [];
  for (const [nameTemplate, valueTemplate] of Object.entries(set)) {
    const name = renderExactly(nameTemplate, facts);
    const value = renderArguments(valueTemplate, facts);
    if (name === null || value === null) return null;
    fields.push([name.split('.'), value]);
  }
  return fields;
}

function withFields(record: JsonObject, fields: readonly Field[]): JsonObject {
  return fields.reduce((around, [path, value]) => withField(around, path, value), record);
}

function withField(around: JsonObject, [name = '', ...rest]: readonly string[], value: Json): JsonObject {
  const copy = Object.assign(createJsonObject(), around);
  const inner = Object.hasOwn(around, name) ? around[name] : undefined;
  copy[name] = rest.length === 0 ? value : withField(isJsonObject(inner) ? inner : createJsonObject(), rest, value);
  return copy;
}

function fieldsOf(record: JsonObject): readonly FieldChange[] {
  return Object.entries(record)
    .slice(0, UNCHANGED_MAX)
    .map(([name, value]) => ({ place: `/${pointerToken(name)}`, before: jsonText(value), after: jsonText(value) }));
}
