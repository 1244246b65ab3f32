import { isPlaceholder, shannonEntropy } from '../placeholder.ts';
import { isSecretName } from '../secret-names.ts';
import type { Detector } from './detector.ts';
import { characterClass, isIn } from './token-runs.ts';
import { HAS_COLON, HAS_EQUALS, HAS_ANGLE } from '../text-traits.ts';

export const NAMED_SECRET = 'named-secret';

/**
 * A random-looking value behind a name that says it is secret: `api_key = "…"`, `DB_PASSWORD: …`, `--token …`, `<secret>…</secret>`,
 * in the ways in which configurations and programs are written. The value alone is found, so that the reader still sees what it was.
 */
export const namedSecret: Detector = {
  name: NAMED_SECRET,
  class: 'secret',
  needs: HAS_COLON | HAS_EQUALS | HAS_ANGLE,
  find(text, report) {
    for (const sign of [':', '=', '>']) {
      for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) {
        const name = nameBefore(text, at);
        if (name.length < 3 || !namesSecret(name)) continue;
        VALUE.lastIndex = at + 1;
        const found = VALUE.exec(text);
        const value = found?.[1] ?? found?.[2] ?? found?.[3] ?? '';
        const end = VALUE.lastIndex - (found?.[1] === undefined ? 0 : 1);
        if (looksSecret(value) && text[end] !== '(') report(end - value.length, end);
        // A long value is looked at once, however many signs are in it.
        if (value.length > LONG_VALUE_CHARS) at = end - 1;
      }
    }
  },
};

const NAME_CHARS_MAX = 64;
const VALUE_CHARS_MAX = 512;
const LONG_VALUE_CHARS = 64;

/** In double quotes, in single ones or in backquotes; or bare, up to what ends a value. */
const VALUE =
  /[=>]?\s{0,4}(?:\\?["'`]\s?(?:([^\s"'`\\]{1,513})["'`\\]|([^\s"'`\\]{1,513}))|([^\s"'`,;|&()<\\]{1,513}))/y;
/** Names that say of themselves that nothing secret follows. */
const NOT_SECRET =
  /^(?:not?|Not?|NOT?|non|Non|NON|mock|Mock|MOCK)(?:[A-Z]|[_-])|example|sample|placeholder|public|fake|dummy|invalid/i;
const ACCESS_ID = /access[_.-]?(?:key[_.-]?)?id$/i;

/** Whether a name says that its value is secret: the name of a JSON member, or of a variable. */
export function namesSecret(name: string): boolean {
  return (isSecretName(name) || ACCESS_ID.test(name)) && !NOT_SECRET.test(name);
}

/** What stands before the sign, perhaps in quotes, with blanks or a second sign behind it. `''` where that is no name. */
function nameBefore(text: string, sign: number): string {
  let end = sign;
  for (let steps = 0; steps < AFTER_NAME_CHARS_MAX && isIn(AFTER_NAME, text.charCodeAt(end - 1)); steps += 1) end -= 1;
  let start = end;
  while (start > 0 && end - start < NAME_CHARS_MAX && isIn(NAME_CHARACTERS, text.charCodeAt(start - 1))) start -= 1;
  return text.slice(start, end);
}

const AFTER_NAME_CHARS_MAX = 6;
const AFTER_NAME = characterClass(/[ \t"'`\]:=?\\]/);
const NAME_CHARACTERS = characterClass(/[A-Za-z0-9_.-]/);

/** Random, and neither a word, a path, a call nor a reference. */
export function looksSecret(value: string): boolean {
  if (value.length < 8 || value.length > VALUE_CHARS_MAX || isPlaceholder(value) || CODE.test(value)) return false;
  const digits = value.replace(/[^0-9]/g, '').length;
  if (digits === 0 || digits === value.length) return false;
  return shannonEntropy(value) >= (value.length >= 20 ? 3 : 2.5);
}

/** Member access, calls, paths, URLs, dates: what stands for a value in a program. */
const CODE =
  /[()]|^[/.~]|:\/\/|^(?:process|env|os|self|this|config|secrets?|vault|data|var|arn)[.:]|^\d{4}-\d\d-\d\d|^[A-Za-z]+(?:\.[A-Za-z_]+)+$/i;
