/**
 * Whether a member with this name holds a secret, going by the words of the name: `accessToken`, `X-Api-Key` and `DB_PASSWORD_2`
 * do, `tokenize`, `max_tokens` and `password_length` do not. Case and the style of writing make no difference. In doubt the answer
 * is yes: a value missing from the log is a smaller loss than a secret in it.
 */
export function isSecretName(name: string): boolean {
  if (!HINT.test(name)) return false;
  const parts = name.match(WORD)?.map((word) => word.toLowerCase()) ?? [];
  const whole = parts.join('');
  if (SECRET_WHOLE_NAMES.has(whole) || SECRET_WORDS.has(whole)) return true;
  if (DESCRIBING_WORDS.has(parts.at(-1) ?? '')) return false;
  return parts.some((part, index) => isSecretWord(part) || SECRET_WORDS.has(part + (parts[index + 1] ?? '')));
}

function isSecretWord(word: string): boolean {
  return SECRET_WORDS.has(word) || SECRET_ENDING.test(word);
}

/** Some part of every name that can be secret. Nearly all names of a call have none of these, and this is all they cost. */
const HINT = /pass|pwd|secret|token|key|auth|cookie|session|credential|jwt|bearer|otp|connection|psk/i;

/** `HTTPServerKey2` is HTTP, Server, Key, 2. Takes time in proportion to the name: an agent chooses it. */
const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g;

/** Secret wherever they stand in a name, as one word or as two words next to each other. */
const SECRET_WORDS: ReadonlySet<string> = words(
  'password passwords passwd passphrase passcode passwort pwd otp totp secret secrets credential credentials',
  'authorization cookie cookies token jwt bearer accesstoken refreshtoken idtoken authtoken bearertoken sessiontoken',
  'accesstokens refreshtokens authtokens clientsecret sessionid sessionkey connectionstring',
  'apikey privatekey secretkey accesskey signingkey encryptionkey masterkey sshkey authkey',
  'apikeys privatekeys secretkeys accesskeys signingkeys encryptionkeys sshkeys authkeys',
  'appkey licensekey licencekey writekey adminkey accountkey storagekey presharedkey sharedkey servicekey clientkey wpakey wifikey psk',
);

/** Words that end like this are secret words run together, `dbpassword`; no other word ends so. */
const SECRET_ENDING = /(?:password|passwd|passphrase|passwort|apikey)$/;

/** Secret only as the whole name: `auth_method` and `training_session` hold none. */
const SECRET_WHOLE_NAMES: ReadonlySet<string> = words('auth pass passe session');

/** A name that ends in one of these says something about a secret and does not hold it. */
const DESCRIBING_WORDS: ReadonlySet<string> = words(
  'count limit budget usage length size min max type kind name ref format expiry expires ttl policy required enabled',
  'url uri endpoint consent banner',
);

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}
