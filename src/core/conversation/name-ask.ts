import { isJsonObject, type Json } from '../json/value.ts';
import type { RawAsk } from './check-ask.ts';

const KEY_CHARS_MAX = 64;
const WORD = /^[A-Za-z0-9_]+$/;

/**
 * The key of a question that came without one. Hosts of 2026-07-28 answer by keys, and an upstream of before has none to give. It says
 * who is asked and for what, `user_name`, and is the same whenever the same is asked, so that a host can answer it beforehand.
 */
export function nameAsk({ method, params }: RawAsk): string {
  switch (method) {
    case 'sampling/createMessage':
      return 'model_message';
    case 'roots/list':
      return 'client_roots';
    default:
      return params?.mode === 'url' ? 'user_page' : nameForm(params?.requestedSchema);
  }
}

function nameForm(schema: Json | undefined): string {
  const properties = isJsonObject(schema) && isJsonObject(schema.properties) ? schema.properties : {};
  const names = Object.keys(properties);
  const key = `user_${names.join('_')}`;
  return names.length > 0 && names.every((name) => WORD.test(name)) && key.length <= KEY_CHARS_MAX ? key : 'user_input';
}
