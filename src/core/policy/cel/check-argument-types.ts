import type { Environment, ParseResult } from '@marcbachmann/cel-js';
import { isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import { createEnvironment } from './environment.ts';

/** Stands for the arguments of one tool in the library, which tells types apart by their constructors. */
class TypedArgs {}

/**
 * Whether a condition can be evaluated at all for arguments of this input schema: `null`, or what is wrong. Only what the schema says
 * plainly of arguments at the top level counts; where it leaves a type open, so does this.
 */
export function checkArgumentTypes(text: string, schema: JsonObject): string | null {
  const properties = schema['properties'];
  if (!isJsonObject(properties)) return null;
  const fields = Object.fromEntries(
    Object.entries(properties).flatMap(([name, each]) => (IDENTIFIER.test(name) ? [[name, typeOf(each)]] : [])),
  );
  const environment = createEnvironment((plain: Environment) =>
    plain.registerType('Args', { ctor: TypedArgs, fields }).registerVariable('args', 'Args'),
  );
  try {
    const parsed: ParseResult = environment.parse(text);
    const checked = parsed.check();
    const summary = checked.error?.summary ?? 'its types do not fit';
    return checked.valid || COMPARED_ANYWAY.test(summary) ? null : summary;
  } catch {
    return null;
  }
}

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
