import type { Environment, ParseResult } from '@marcbachmann/cel-js';
import { isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import { createEnvironment } from './environment.ts';

/** The types of some arguments, in the words of the library; `dyn` where a schema leaves a type open. */
export type ArgumentTypes = Readonly<Record<string, string>>;

/**
 * What an input schema says plainly of arguments at the top level. `null`: it says nothing of any, or an argument has a name that the
 * library has no types for.
 */
export function argumentTypes(schema: JsonObject, names: readonly string[]): ArgumentTypes | null {
  const properties = schema['properties'];
  if (!isJsonObject(properties) || !names.every((name) => IDENTIFIER.test(name))) return null;
  return Object.fromEntries(
    names.map((name) => [name, typeOf(Object.hasOwn(properties, name) ? properties[name] : undefined)]),
  );
}

/**
 * Whether a condition can be evaluated at all for arguments of these types: `null`, or what is wrong. They are all the arguments that it
 * looks at.
 */
export function checkArgumentTypes(text: string, types: ArgumentTypes): string | null {
  try {
    const environment = WITHOUT_ARGS.clone()
      .registerType('Args', { ctor: TypedArgs, fields: types })
      .registerVariable('args', 'Args');
    const parsed: ParseResult = environment.parse(text);
    const checked = parsed.check();
    const summary = checked.error?.summary ?? 'its types do not fit';
    return checked.valid || COMPARED_ANYWAY.test(summary) ? null : summary;
  } catch {
    return null;
  }
}

/** Stands for the arguments of one tool in the library, which tells types apart by their constructors. */
class TypedArgs {}

const WITHOUT_ARGS: Environment = createEnvironment((plain) => plain);

/** Whole numbers of the expression are compared with doubles of the call, as they are where no type is known. */
const COMPARED_ANYWAY = /^no such overload: (?:double (?:==|!=) int|int (?:==|!=) double)$/;

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

function typeOf(declared: Json | undefined): string {
  const type = isJsonObject(declared) ? declared['type'] : undefined;
  return (typeof type === 'string' && TYPES.get(type)) || 'dyn';
}

/** Numbers of JSON are doubles here, whole or not. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['string', 'string'],
  ['number', 'double'],
  ['integer', 'double'],
  ['boolean', 'bool'],
  ['array', 'list<dyn>'],
  ['object', 'map<string, dyn>'],
]);
