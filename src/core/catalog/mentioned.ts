import type { PoisonSign } from './poison-sign.ts';
import type { Subject } from './read-kinds.ts';

/**
 * Whether a text only speaks of what was found in it. A scanner finds `requests to reveal the system prompt`, an argument
 * `skip_checks` skips checks, and `password: the user's password` says what goes into an argument of that name.
 */
export function isMentioned(sign: PoisonSign, text: string, at: number, length: number, subject: Subject): boolean {
  return (
    (LOOKED_FOR.has(sign) && isWhatItLooksFor(text, at, length)) ||
    (NAMED.has(sign) && isInOwnName(text.slice(at, at + length).toLowerCase(), sign, subject))
  );
}

const LOOKED_FOR: ReadonlySet<PoisonSign> = new Set([
  'override',
  'instruction-block',
  'sensitive-source',
  'exfiltration',
]);

function isWhatItLooksFor(text: string, at: number, length: number): boolean {
  if (/\battempts? (?:at|to) $/i.test(text.slice(Math.max(0, at - 20), at))) return true;
  // A tag, a path and an address are what somebody wants to have acted upon.
  if (/[<[]|\/\w|~\//.test(text.slice(at, at + length))) return false;
  const start = Math.max(text.lastIndexOf('. ', at), text.lastIndexOf('\n', at), at - SENTENCE_CHARS_MAX, -1) + 1;
  return LOOKS_FOR.test(text.slice(start, at));
}

const SENTENCE_CHARS_MAX = 200;
/** The sentence begins with looking for something, and then says for what. */
const LOOKS_FOR =
  /^\W{0,3}(?:\w+\W+){0,4}?(?:scan(?:s|ning)?|detect(?:s|or|ion)?|finds?|flags?|blocks?|scores?|guardrails?|filters?|moderat(?:es?|ion)|identif(?:y|ies)|looks? for|red[- ]team|refus(?:es?|als?)|evaluat(?:es?|ion)|classif(?:y|ies)|rates?|(?:tells?|checks?) (?:whether|if))\b[^<[\]>]*\b(?:for|such as|like|with|contains?|that (?:asks?|tr(?:y|ies)|holds?))\b[^<[\]>]{0,60}$/i;

const NAMED: ReadonlySet<PoisonSign> = new Set([
  'override',
  'sensitive-source',
  'exfiltration',
  'redirection',
  'instruction-block',
]);

function isInOwnName(
  quote: string,
  sign: PoisonSign,
  { words, argumentNames, isArgument, isArgumentName }: Subject,
): boolean {
  if (isArgumentName) return sign === 'override';
  const said = quote.match(/[a-z]+/g) ?? [];
  const isOwn = (word: string | undefined): boolean =>
    word !== undefined && (words.has(word) || words.has(word.replace(/s$/, '')) || words.has(`${word}s`));
  if (sign === 'override') return isOwn(isArgument ? said[0] : said.at(-1));
  if (sign === 'redirection') return isArgument && (words.has('bcc') || words.has('cc'));
  if (sign === 'instruction-block')
    return said.some((word) => /^(?:agents?|models?|assistants?)$/.test(word) && isOwn(word));
  const wanted = WANTED.exec(quote)?.[0];
  if (wanted === undefined) return false;
  const plain = wanted.replace(/s$/, '').replaceAll(/[ -]/g, '_');
  return argumentNames.has(plain) || plain.split('_').every(isOwn);
}

const WANTED =
  /\b(?:passwords?|passphrases?|credentials?|secrets?|(?:api|access|private|ssh)[ _-]?keys?|(?:[a-z]{2,10}[ _])?tokens?|cookies?)\b/;
