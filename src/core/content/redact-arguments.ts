import { type Json, type JsonObject, createJsonObject, isJsonObject } from '../json/value.ts';
import { TOKEN_CHARS, TOKEN_PATTERN } from '../identity/token-format.ts';
import { createSecretNeedles } from './mask-secrets.ts';
import type { Needles } from './needles.ts';
import { isSecretName } from './secret-names.ts';

/** The credentials that the gateway holds, and every token that it could have issued, in a form that finds them in a text. */
export interface KnownSecrets {
  /** The credentials that the gateway holds. */
  readonly values: readonly string[];
  /** Any of them, the longest first. */
  readonly pattern: RegExp;
  /** Nothing shorter can hold one. */
  readonly charactersMin: number;
  /** The former, as results may show them. */
  readonly needles: Needles | null;
}

/**
 * What the audit log and an approver are shown of the arguments of a call. The value of a member whose name says that it is secret
 * becomes `[redacted:key]`, whatever its type, and so does the `value` of a pair such as `{"name": "API_KEY", "value": …}`. Every
 * occurrence of a credential of the gateway or of a token that it issues, in strings and in names, becomes
 * `[redacted:credential]`. `null` stays: it tells nothing. The same object where there is nothing to redact.
 */
export function redactArguments(args: JsonObject, knownSecrets: KnownSecrets): JsonObject {
  return redactObject(args, knownSecrets);
}

/** Values under 8 characters are left out: honest texts are full of them, and no credential is that short. */
export function createKnownSecrets(values: readonly string[]): KnownSecrets {
  const secrets = [...new Set(values)].filter((value) => value.length >= SECRET_CHARACTERS_MIN);
  // The longest first: where two begin alike, the rest of the longer one must not stay.
  secrets.sort((a, b) => b.length - a.length);
  const literals = secrets.map((secret) => secret.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const pattern = new RegExp([...literals, TOKEN_PATTERN].join('|'), 'g');
  const charactersMin = Math.min(TOKEN_CHARS, secrets.at(-1)?.length ?? TOKEN_CHARS);
  return { values: secrets, pattern, charactersMin, needles: createSecretNeedles(secrets) };
}

/** The same string where none of them is in it. */
export function redactKnownSecrets(text: string, { pattern, charactersMin }: KnownSecrets): string {
  return text.length < charactersMin ? text : text.replace(pattern, CREDENTIAL_MARKER);
}

const SECRET_CHARACTERS_MIN = 8;
const KEY_MARKER = '[redacted:key]';
const CREDENTIAL_MARKER = '[redacted:credential]';

function redactValue(value: Json, knownSecrets: KnownSecrets): Json {
  if (typeof value === 'string') return redactKnownSecrets(value, knownSecrets);
  if (Array.isArray(value)) return redactArray(value, knownSecrets);
  return isJsonObject(value) ? redactObject(value, knownSecrets) : value;
}

function redactArray(array: readonly Json[], knownSecrets: KnownSecrets): readonly Json[] {
  const redacted = array.map((item) => redactValue(item, knownSecrets));
  return redacted.some((item, index) => item !== array[index]) ? redacted : array;
}

function redactObject(object: JsonObject, knownSecrets: KnownSecrets): JsonObject {
  const secretPair = isSecretPair(object);
  const shown: [string, Json][] = [];
  let changed = false;
  for (const name of Object.keys(object)) {
    const value = object[name] as Json;
    const secret = isSecretName(name) || (secretPair && name === 'value');
    const shownValue = secret && value !== null ? KEY_MARKER : redactValue(value, knownSecrets);
    const shownName = redactKnownSecrets(name, knownSecrets);
    changed ||= shownValue !== value || shownName !== name;
    shown.push([shownName, shownValue]);
  }
  return changed ? fromMembers(shown) : object;
}

/** Headers, environment variables and form fields are often lists of pairs, where the telling name is a value itself. */
function isSecretPair(object: JsonObject): boolean {
  if (object.value === undefined) return false;
  const name = object.name ?? object.key;
  return typeof name === 'string' && isSecretName(name);
}

/** Names that became alike are told apart by their place, so that no member disappears. */
function fromMembers(members: readonly (readonly [string, Json])[]): JsonObject {
  const object = createJsonObject();
  for (const [index, [name, value]] of members.entries()) {
    let vacant = name;
    while (object[vacant] !== undefined) vacant += `#${index}`;
    object[vacant] = value;
  }
  return object;
}
