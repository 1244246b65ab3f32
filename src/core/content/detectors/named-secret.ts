import { isPlaceholder, shannonEntropy } from '../placeholder.ts';
import { isSecretName } from '../secret-names.ts';
import type { WordMark } from './anchor-words.ts';
import { AUTHORIZATION, findInHeader, isCredentialHeader } from './authorization-header.ts';
import type { Detector, ReportSpan } from './detector.ts';
import { isGivenToApp } from './public-call.ts';
import { characterClass, isIn } from './text-codes.ts';

export const NAMED_SECRET = 'named-secret';

/**
 * A random-looking value behind a name that says it is secret: `api_key = "…"`, `DB_PASSWORD: …`, `--token=…`, `<secret>…</secret>`,
 * `the password is …`, in the ways in which configurations, programs and people write. The value alone is found, so that the reader
 * still sees what it was.
 */
export const namedSecret: Detector = {
  name: NAMED_SECRET,
  class: 'secret',
  find(text, report, { words, codes }) {
    const known = new Map<string, NameKind>();
    let next = 0;
    let nameEnd = 0;
    for (const { at, word } of words) {
      if (at < next) continue;
      // A long row of such characters is read once, however many words are in it.
      for (nameEnd = Math.max(nameEnd, at); isIn(NAME_CHARACTERS, text.charCodeAt(nameEnd)); ) nameEnd += 1;
      if (nameEnd - at > SIGN_CHARS_MAX) continue;
      SIGN.lastIndex = at;
      if (!SIGN.test(text)) {
        findArgument(text, at, report);
        if (word === 'bearer') findBearer(text, at, report);
        continue;
      }
      const sign = SIGN.lastIndex - 1;
      const name = nameBefore(text, sign);
      const kind = known.get(name) ?? kindOf(name);
      known.set(name, kind);
      next = sign + 1;
      if (kind.isSecret) next = findValue(text, sign, name, report);
      if (kind.isHeader && text[sign] === ':') next = Math.max(next, findInHeader(text, name, sign, report) + 1);
    }
    findPairs(text, words, report);
    if (!codes.isAscii) findForeign(text, report);
  },
};

interface NameKind {
  readonly isSecret: boolean;
  readonly isHeader: boolean;
}

function kindOf(name: string): NameKind {
  return { isSecret: name.length >= 3 && namesSecret(name), isHeader: isCredentialHeader(name) };
}

/** `define('DB_PASSWORD', '…')`, `headers.set("X-Api-Key", "…")`: a call that is given a name and a value. */
function findArgument(text: string, word: number, report: ReportSpan): void {
  ARGUMENT.lastIndex = word;
  const value = ARGUMENT.exec(text)?.[1];
  if (value === undefined) return;
  const [, name = ''] = CALL.exec(text.slice(Math.max(0, word - NAME_CHARS_MAX), text.indexOf(',', word))) ?? [];
  const end = ARGUMENT.lastIndex;
  if (namesSecret(name) && looksSecret(value)) report(end - value.length, end);
}

/** The scheme of a header and its token (RFC 6750), wherever somebody wrote them down. */
function findBearer(text: string, word: number, report: ReportSpan): void {
  BEARER.lastIndex = word;
  const value = BEARER.exec(text)?.[1] ?? '';
  if (looksSecret(value)) report(BEARER.lastIndex - value.length, BEARER.lastIndex, AUTHORIZATION);
}

const BEARER = /bearer\s{1,3}([\w.~+/-]{20,4096}={0,2})/iy;
const ARGUMENT = /[\w.-]{3,64}["'`]\s?,\s?["'`]([^\s"'`\\]{8,512})(?=["'`])/y;
const CALL = /\w\(\s?["'`]([\w.-]{3,64})["'`]\s?$/;

/** Some part of every secret name, the rest of the name, and a sign. Each of the parts is an anchor. */
const SIGN =
  /(?:pass|pwd|secret|token|key|auth|cookie|session|credential|jwt|bearer|otp|connection|access|psk)[\w.-]{0,40}[ \t"'`\]?\\]{0,10}(?:[:=>]|(?:is|was)[ :])/iy;

/** From the first character of an anchor to the end of the name, by `SIGN` and `ARGUMENT`: the longest anchor has ten characters. */
const SIGN_CHARS_MAX = 74;

/** Answers where the next name may begin. */
function findValue(text: string, sign: number, name: string, report: ReportSpan): number {
  // What is secret in an address has a name of its own there.
  ADDRESS.lastIndex = sign + 1;
  if (ADDRESS.test(text) || isResourceName(text, name, sign)) return sign + 1;
  VALUE.lastIndex = sign + 1;
  const found = VALUE.exec(text);
  const quoted = found?.[1] ?? found?.[2];
  const value = (quoted ?? found?.[3] ?? found?.[4] ?? '').replace(SCHEME, '');
  const end = VALUE.lastIndex - (quoted === undefined ? 0 : 1);
  const start = end - value.length;
  if (isValue(value, name, quoted !== undefined) && text[end] !== '(' && !isGivenToApp(text, start)) report(start, end);
  // A long value is looked at once, however many signs are in it.
  return value.length > LONG_VALUE_CHARS ? end : sign + 1;
}

function isValue(value: string, name: string, isQuoted: boolean): boolean {
  if (/\s/.test(value) && !MAY_HAVE_BLANKS.test(name)) return false;
  if (ISSUED_KEY.test(name) && !isSecretName(name) && !ISSUED.test(value)) return false;
  if (looksSecret(value)) return true;
  // People make passwords of words, and mark them by a sign or two.
  return isQuoted && PASSWORD.test(name) && looksChosen(value);
}

const MAY_HAVE_BLANKS = /pass|cookie|credential/i;
const PASSWORD = /pass(?:word|wd|phrase|code)?\d{0,3}$|pwd$/i;

/** Letters and signs, as a password may be that has no digit. */
function looksChosen(value: string): boolean {
  if (value.length < 8 || value.length > VALUE_CHARS_MAX || !/[a-z]/.test(value) || !/[!#@^*?+~]/.test(value))
    return false;
  return !/\s/.test(value) && !CODE.test(value) && !isPlaceholder(value);
}

/** `arn:aws:secretsmanager:…:secret:prod/db-AbC123` says where a secret is. */
function isResourceName(text: string, name: string, sign: number): boolean {
  return name === 'secret' && RESOURCE.test(text.slice(Math.max(0, sign - RESOURCE_CHARS_MAX), sign));
}

const RESOURCE = /\barn:[\w:-]{1,90}:secret$/;
const RESOURCE_CHARS_MAX = 104;
const NAME_CHARS_MAX = 64;
const VALUE_CHARS_MAX = 512;
const LONG_VALUE_CHARS = 64;

/** Before the credential in the value of a header. */
const SCHEME = /^(?:Bearer|Basic|Token|ApiKey|GenieKey|SSWS|Splunk)\s{1,3}/i;
const ADDRESS = /\s{0,4}\\{0,7}["'`]?(?:[/.~]|[a-z][a-z0-9+.-]{1,20}:\/\/)/iy;
/** In double quotes, in single ones or in backquotes, escaped as in JSON within JSON; or bare, up to what ends a value. */
const VALUE =
  /[=>]?\s{0,4}(?:\\{0,7}"\s?([^"\\\n]{1,513})["\\]|\\{0,7}['`]\s?([^'`\\\n]{1,513})['`\\]|\\{0,7}["'`]\s?([^\s"'`\\]{1,513})|([^\s"'`,;|&()<\\]{1,513}))/y;
/**
 * Names that say of themselves that nothing secret follows; what a page gives to every visitor against forged requests is none either, and
 * what a list gives to come to its next page is needed to read on.
 */
const NOT_SECRET =
  /^(?:not?|Not?|NOT?|non|Non|NON|mock|Mock|MOCK)(?:[A-Z]|[_-])|example|sample|placeholder|public|fake|dummy|invalid|csrf|xsrf|authenticity|(?:next|page|continuation|pagination|sync|scroll|resume)[_.-]?token/i;
/** `DB_PASS`: configurations call it so, and hardly anything else has a digit in it. */
const PASS = /[a-z0-9][_.-]pass$/i;
const ACCESS_ID = /access[_.-]?(?:key[_.-]?)?id$/i;

/** Whether a name says that its value is secret: the name of a JSON member, or of a variable. */
export function namesSecret(name: string): boolean {
  const isSecret = isSecretName(name) || ACCESS_ID.test(name) || PASS.test(name) || ISSUED_KEY.test(name);
  return isSecret && !NOT_SECRET.test(name);
}

/** `azureOpenAiKey`: the key of a service that issues keys. Of other things a key is what they are found by. */
const ISSUED_KEY =
  /(?:openai|azure|anthropic|claude|gemini|mistral|cohere|groq|algolia|heroku|hubspot|stripe|twilio|sendgrid|mailgun|mailchimp|datadog|newrelic|pagerduty|opsgenie|cloudflare|fastly|netlify|vercel|supabase|firebase|maps|weather|shodan|virustotal|alchemy|infura|etherscan|binance|kraken|coinbase|rapid|deepl|youtube|tmdb|trello|zendesk|intercom|segment|amplitude|rollbar|bugsnag|honeycomb|wpa|wep|wifi)[a-z0-9]{0,16}[ _.-]?key$/i;
const ISSUED = /^(?=(?:[^0-9]{0,128}[0-9]){3})[\w-]{20,512}$/;

/**
 * What stands before the sign, perhaps in quotes, with blanks or a second sign behind it. `''` where that is no name. People write
 * `API key`, in two words.
 */
function nameBefore(text: string, sign: number): string {
  let end = sign;
  while (sign - end < AFTER_NAME_CHARS_MAX && isIn(AFTER_NAME, text.charCodeAt(end - 1))) end -= 1;
  if (text.charCodeAt(sign - 1) === LOWER_S && IS_OR_WAS.test(text.slice(sign - 4, sign + 1))) {
    end = sign - (text.charCodeAt(sign - 2) === LOWER_I ? 3 : 4);
  }
  let start = end;
  while (start > 0 && end - start < NAME_CHARS_MAX && isIn(NAME_CHARACTERS, text.charCodeAt(start - 1))) start -= 1;
  const name = text.slice(start, end);
  if (text.charCodeAt(start - 1) !== BLANK || name.length !== 3 || !/^key$/i.test(name)) return name;
  return TWO_WORDS.exec(text.slice(Math.max(0, start - NAME_CHARS_MAX), end))?.[0] ?? name;
}

const AFTER_NAME_CHARS_MAX = 12;
const AFTER_NAME = characterClass(/[ \t"'`\]:=?\\]/);
const NAME_CHARACTERS = characterClass(/[A-Za-z0-9_.-]/);
const IS_OR_WAS = /\s(?:is|was)[ :]$/i;
const LOWER_I = 0x69;
const LOWER_S = 0x73;
const BLANK = 0x20;
const TWO_WORDS = /[A-Za-z][A-Za-z0-9]{1,20} key$/i;

/** Random, and neither a word, a path, a call nor a reference. */
export function looksSecret(value: string): boolean {
  if (value.length < 8 || value.length > VALUE_CHARS_MAX || !/[0-9]/.test(value) || !/[^0-9]/.test(value)) return false;
  if (CODE.test(value) || isPlaceholder(value)) return false;
  return shannonEntropy(value) >= (value.length >= 20 ? 3 : 2.5);
}

/** Member access, calls, paths, URLs, dates: what stands for a value in a program. */
const CODE =
  /[()]|^[/.~]|:\/\/|^(?:process|env|os|self|this|config|secrets?|vault|data|var|arn)[.:]|^\d{4}-\d\d-\d\d|^[A-Za-z]+(?:\.[A-Za-z_]+)+$/i;

/** `{"name": "API_KEY", "value": …}`, in YAML and in attributes as well: environments and headers are often lists of such pairs. */
function findPairs(text: string, words: readonly WordMark[], report: ReportSpan): void {
  for (const { word, at } of words) {
    if (word !== 'value') continue;
    PAIR.lastIndex = at;
    const [, before, around] = PAIR.exec(text) ?? [];
    const name = before ?? around;
    if (name !== undefined && namesSecret(name)) findValue(text, PAIR.lastIndex - 1, name, report);
  }
}

/** The name stands before the value, or in front of the object that holds it, as in the outputs of Terraform. */
const PAIR =
  /(?:(?<=\b(?:key|name)["']?\s?[:=]\s?["']?([\w.-]{3,64})["']?,?\s{0,40}["']?)|(?<=\b([\w.-]{3,64})["']?\s{0,4}[:=]\s{0,4}\{\s{0,40}["']?))value["']?\s{0,2}[:=]/iy;

/** What a password is called where letters have signs or other scripts are written; no anchor stands in these. */
function findForeign(text: string, report: ReportSpan): void {
  FOREIGN.lastIndex = 0;
  for (let found = FOREIGN.exec(text); found !== null; found = FOREIGN.exec(text)) {
    const value = found[1] ?? '';
    if (looksSecret(value)) report(FOREIGN.lastIndex - value.length, FOREIGN.lastIndex);
  }
}

const FOREIGN =
  /(?:contraseña|пароль|密[码碼]|口令|パスワード|비밀번호|hasło|şifre|mật khẩu|parolă|lösenord|κωδικός)(?:\s{0,3}(?:[:=：]|は|为|是|es|to|är|[-–—])\s{0,3}|\s{1,3})["'«“「]?([!#-&(-+.-:<-~-]{8,128})/gi;
