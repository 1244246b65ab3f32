import { isSecretName } from '../content/secret-names.ts';
import { visibleText } from '../content/visible-text.ts';
import { type Json, type JsonObject, createJsonObject, isJsonArray, isJsonObject } from '../json/value.ts';
import { type Result, err, ok } from '../result.ts';
import type { AskRefusal } from './ask.ts';

const FIELDS_MAX = 32;
const NAME_CHARS_MAX = 128;
const TEXT_CHARS_MAX = 1000;
const CHOICES_MAX = 200;
/** Keys that the gateway keeps for questions of its own. */
const OWN_KEY = 'gw:';

/**
 * The schema of a form, made anew: a flat object of primitive fields with the keywords that the specification names for each. A form
 * must not ask for what only its owner may know.
 */
export function checkForm(schema: Json | undefined): Result<JsonObject, AskRefusal> {
  if (!isJsonObject(schema) || schema.type !== 'object' || !isJsonObject(schema.properties)) return err('malformed');
  const names = Object.keys(schema.properties);
  if (names.length > FIELDS_MAX) return err('too-large');
  const properties = createJsonObject();
  for (const name of names) {
    if (name.length > NAME_CHARS_MAX) return err('too-large');
    if (name.startsWith(OWN_KEY) || visibleText(name) !== name) return err('malformed');
    if (isSecretName(name) || asksForSecret(name)) return err('asks-for-secret');
    const field = checkField(schema.properties[name]);
    if (!field.ok) return field;
    properties[name] = field.value;
  }
  const { required } = schema;
  if (required === undefined) return ok({ type: 'object', properties });
  if (!isTexts(required)) return err('malformed');
  return ok({ type: 'object', properties, required: required.filter((name) => properties[name] !== undefined) });
}

/** Words for what a form must not ask for (2025-11-25, "Elicitation": servers MUST NOT request sensitive information in form mode). */
export function asksForSecret(text: string): boolean {
  return SECRET_WORDS.test(text.replaceAll(/[_-]/g, ' '));
}

/** A form is no place to send people somewhere from: that is what the other mode, with its allow-list, is for. */
export function holdsUrl(text: string): boolean {
  return URL_LIKE.test(text);
}

const SECRET_WORDS =
  /\b(?:pass ?(?:word|phrase|code)|passwd|pwd|one ?time (?:code|password)|otp|2fa|mfa|pin (?:code|number)|api ?key|access ?key|secret ?key|private ?key|client ?secret|(?:access|refresh|bearer|auth|session|api|security|login) ?tokens?|credentials?|credit ?card|card number|cvv|cvc|iban|social security|ssn|seed phrase|recovery (?:code|phrase)|verification code)s?\b/i;
const URL_LIKE = /[a-z][a-z0-9+.-]{1,20}:\/\/|\bwww\.|\b(?:javascript|data|mailto):/i;

const KEYWORDS: ReadonlyMap<Json, readonly string[]> = new Map<Json, readonly string[]>([
  ['string', ['minLength', 'maxLength', 'format', 'default', 'enum', 'enumNames', 'oneOf']],
  ['number', ['minimum', 'maximum', 'default']],
  ['integer', ['minimum', 'maximum', 'default']],
  ['boolean', ['default']],
  ['array', ['minItems', 'maxItems', 'default', 'items']],
]);
const FORMATS: readonly Json[] = ['email', 'uri', 'date', 'date-time'];

function checkField(field: Json | undefined): Result<JsonObject, AskRefusal> {
  if (!isJsonObject(field)) return err('malformed');
  const keywords = KEYWORDS.get(field.type ?? null);
  if (keywords === undefined) return err('malformed');
  if (field.format === 'password') return err('asks-for-secret');
  const made = createJsonObject();
  made['type'] = field.type as Json;
  for (const name of ['title', 'description']) {
    const text = field[name];
    if (text === undefined) continue;
    if (typeof text !== 'string') return err('malformed');
    if (text.length > TEXT_CHARS_MAX) return err('too-large');
    if (asksForSecret(text)) return err('asks-for-secret');
    if (holdsUrl(text)) return err('url-in-form');
    made[name] = visibleText(text);
  }
  for (const name of keywords) {
    const value = field[name];
    if (value === undefined) continue;
    const checked = checkKeyword(name, value);
    if (!checked.ok) return checked;
    if (checked.value !== null) made[name] = checked.value;
  }
  return ok(made);
}

/** `null`: left out. */
function checkKeyword(name: string, value: Json): Result<Json, AskRefusal> {
  switch (name) {
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
    case 'minimum':
    case 'maximum':
      return typeof value === 'number' ? ok(value) : err('malformed');
    case 'format':
      return ok(FORMATS.includes(value) ? value : null);
    case 'enum':
    case 'enumNames':
      return isTexts(value) ? sized(value) : err('malformed');
    case 'oneOf':
    case 'anyOf':
      return checkChoices(value);
    case 'items':
      return checkItems(value);
    default:
      // `default`
      return isPrimitive(value) || isTexts(value) ? sized(value) : err('malformed');
  }
}

function checkItems(items: Json): Result<Json, AskRefusal> {
  if (!isJsonObject(items)) return err('malformed');
  if (items.anyOf !== undefined) {
    const choices = checkChoices(items.anyOf);
    return choices.ok ? ok({ anyOf: choices.value }) : choices;
  }
  return isTexts(items.enum) && items.enum.length <= CHOICES_MAX
    ? ok({ type: 'string', enum: items.enum })
    : err('malformed');
}

function checkChoices(choices: Json): Result<Json, AskRefusal> {
  if (!isJsonArray(choices)) return err('malformed');
  if (choices.length > CHOICES_MAX) return err('too-large');
  const made: Json[] = [];
  for (const choice of choices) {
    if (!isJsonObject(choice) || typeof choice.const !== 'string' || typeof choice.title !== 'string')
      return err('malformed');
    if (choice.const.length > TEXT_CHARS_MAX || choice.title.length > TEXT_CHARS_MAX) return err('too-large');
    made.push({ const: choice.const, title: visibleText(choice.title) });
  }
  return ok(made);
}

function sized(value: Json): Result<Json, AskRefusal> {
  if (isJsonArray(value) && value.length > CHOICES_MAX) return err('too-large');
  const texts = isJsonArray(value) ? value : [value];
  return texts.some((text) => typeof text === 'string' && text.length > TEXT_CHARS_MAX) ? err('too-large') : ok(value);
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return isJsonArray(value ?? null) && (value as readonly Json[]).every((item) => typeof item === 'string');
}

function isPrimitive(value: Json): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
