import { visibleText } from '../content/visible-text.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import { hasOtherWay, waysOf } from '../json/fold-name.ts';
import { createJsonObject, isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';

/**
 * Texts of rules with places for what a call is about: `Set {{args.field}} of deal {{args.id}}`. A place names a value and nothing
 * else: nothing is evaluated, and what is put in is never read again for places.
 */
export interface TemplateFacts {
  readonly args: JsonObject;
  readonly principal: { readonly id: string; readonly name: string };
}

export interface TemplateFault {
  readonly message: string;
  readonly help: string;
}

const PLACE = /\{\{([^{}]*)\}\}/g;
const PRINCIPAL_FIELDS = ['id', 'name'] as const;
const ARGUMENT = /^args(?:\.[A-Za-z_$][\w$-]{0,63}){1,8}$/;

/** Whether every place of a text names something that there can be. The text comes out again, so that a rule stays plain data. */
export function parseTemplate(text: string): Result<string, TemplateFault> {
  for (const [place, inner = ''] of text.matchAll(PLACE)) {
    const name = inner.trim();
    if (ARGUMENT.test(name) || PRINCIPAL_FIELDS.some((field) => name === `principal.${field}`)) continue;
    return err({ message: `has a place that nothing stands for: ${place}`, help: HELP });
  }
  if (/\{\{|\}\}/.test(text.replace(PLACE, '')))
    return err({ message: 'has a `{{` or `}}` without the other', help: HELP });
  return ok(text);
}

const HELP = 'a place is `{{args.id}}`, `{{args.filter.owner}}`, `{{principal.id}}` or `{{principal.name}}`';

/** The longest that one value may be in a sentence; it stands whole among the arguments. */
const VALUE_CHARS_MAX = 200;

/** One line for a person: unseen characters are written out, and long values are cut visibly. */
export function renderTemplate(text: string, facts: TemplateFacts): string {
  return visibleText(text.replace(PLACE, (_place, inner: string) => sentenceText(valueAt(inner.trim(), facts))));
}

/** A text to be typed letter by letter, so nothing is cut. `null` where a value is missing, or is none that a person could type. */
export function renderExactly(text: string, facts: TemplateFacts): string | null {
  let isWhole = true;
  const rendered = text.replace(PLACE, (_place, inner: string) => {
    const value = valueAt(inner.trim(), facts);
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value === 'string') return value;
    isWhole = false;
    return '';
  });
  return isWhole ? rendered : null;
}

/** Arguments made of texts: one that is a place and no more keeps the type of its value. `null` where a value is missing. */
export function renderArguments(template: Json, facts: TemplateFacts): Json | null {
  if (typeof template === 'string') {
    const [whole] = template.matchAll(PLACE);
    if (whole?.[0] === template) return valueAt((whole[1] ?? '').trim(), facts) ?? null;
    return renderExactly(template, facts);
  }
  if (Array.isArray(template)) {
    const items = (template as readonly Json[]).map((item) => renderArguments(item, facts));
    return items.every((item) => item !== null) ? items : null;
  }
  if (!isJsonObject(template)) return template;
  const object = createJsonObject();
  for (const [name, value] of Object.entries(template)) {
    const rendered = value === null ? null : renderArguments(value, facts);
    if (rendered === null && value !== null) return null;
    object[name] = rendered;
  }
  return object;
}

/** Nothing where a server could find another value in the same place: what a person reads must be what is done. */
function valueAt(name: string, { args, principal }: TemplateFacts): Json | undefined {
  const [root, ...path] = name.split('.');
  if (root === 'principal') return path[0] === 'id' || path[0] === 'name' ? principal[path[0]] : undefined;
  let value: Json | undefined = args;
  for (const way of waysOf(path)) {
    if (!isJsonObject(value) || !Object.hasOwn(value, way.name) || hasOtherWay(value, way)) return undefined;
    value = value[way.name];
  }
  return value;
}

function sentenceText(value: Json | undefined): string {
  if (value === undefined) return '(not given, or under several names)';
  const text = typeof value === 'string' ? value : canonicalJson(value);
  if (text.length <= VALUE_CHARS_MAX) return text;
  return `${text.slice(0, VALUE_CHARS_MAX).toWellFormed()}… (${text.length} characters)`;
}
