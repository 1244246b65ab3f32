import { SECRET_DETECTORS } from '../content/detectors/built-in.ts';
import { detect } from '../content/detect.ts';
import { readingsOf } from '../content/unfold-text.ts';
import { finishSteps, type Steps } from '../steps.ts';
import { MEANING_SIGNS } from './meaning-signs.ts';
import { NO_SUBJECT, readKinds, type Subject } from './read-kinds.ts';
import { signsOfLanguages } from './language-signs.ts';
import { MODEL_SIGNS } from './model-signs.ts';
import { CONDUCT_SIGNS } from './conduct-signs.ts';
import { undisguise } from './disguised-text.ts';
import { isMentioned } from './mentioned.ts';
import type { PoisonSign, SignPattern } from './poison-sign.ts';
import { POISON_SIGNS } from './poison-signs.ts';

export interface TextFinding {
  readonly sign: PoisonSign;
  /** The words that gave it away, at most 120 characters, as they stand; show them as visible text. */
  readonly quote: string;
}

/**
 * Looks in one text of a tool definition for what is addressed to the model and not to its reader: instructions in disguise, orders
 * to hide something, reading of credentials, sending data elsewhere. Encoded and invisible text is read in its plain form too. Signs
 * that honest texts show as well count only together.
 */
export function scanText(text: string, subject: Subject = NO_SUBJECT): readonly TextFinding[] {
  return finishSteps(scanTextInSteps(text, subject));
}

/** The same, with a pause for others after each part. */
export function* scanTextInSteps(text: string, subject: Subject = NO_SUBJECT): Steps<readonly TextFinding[]> {
  const looked = text.length > TEXT_CHARS_MAX ? text.slice(0, TEXT_CHARS_MAX) : text;
  const findings = new Map<PoisonSign, TextFinding>();
  const hidden = HIDDEN.exec(looked);
  if (hidden !== null)
    findings.set('hidden-characters', {
      sign: 'hidden-characters',
      quote: quoteAt(looked, hidden.index, hidden[0].length),
    });
  const [secret] = detect(looked, SECRET_DETECTORS);
  if (secret !== undefined) findings.set('holds-secret', { sign: 'holds-secret', quote: secret.detector });
  const readings = [looked, ...readingsOf(looked), ...undisguise(looked)];
  for (const reading of readings) {
    for (const finding of yield* scanReading(reading, subject))
      if (!findings.has(finding.sign)) findings.set(finding.sign, finding);
  }
  return [...findings.values()];
}

/** No honest description is longer; what stands behind it is found because the length is. */
export const TEXT_CHARS_MAX = 100_000;

/**
 * Tags and other ignorable characters, text that runs in another direction, escape sequences, HTML comments, and a long blank that moves
 * the rest out of sight. Joiners in emoji and the marks of right-to-left scripts are left.
 */
const HIDDEN =
  /[\u{e0000}-\u{e007f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{200b}\u{2060}-\u{2064}\u{feff}\u{ad}\u{180e}]|[\u{e0100}-\u{e01ef}]|[\w.,]\u{200d}|\u{200c}{2}|\u{1b}\[|[\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1a}\u{1c}-\u{1f}\u{7f}]|<!--|[ \t]{200}|\n{40}/u;

interface Match extends TextFinding {
  readonly weight: 1 | 2;
  readonly at: number;
  readonly length: number;
}

function* scanReading(text: string, subject: Subject): Steps<readonly TextFinding[]> {
  if (text.length < SENTENCE_CHARS_MIN) return NOTHING;
  const matches: Match[] = [];
  for (const { part, from } of partsOf(text)) {
    let tried = 0;
    for (const { sign, weight, pattern, voidAfter } of signsFor(part)) {
      for (const [at, length] of placesOf(pattern, part)) {
        if (voidAfter?.test(part.slice(Math.max(0, at - VOID_CHARS), at)) === true) continue;
        if (!isMentioned(sign, part, at, length, subject))
          matches.push({ sign, weight, at: from + at, length, quote: quoteAt(part, at, length) });
      }
      tried += 1;
      if (tried % PATTERNS_A_STEP === 0) yield;
    }
    const { kinds, starts, ends } = readKinds(part, subject);
    for (const { sign, weight, pattern } of MEANING_SIGNS) {
      for (const [index, length] of placesOf(pattern, kinds)) {
        const at = starts[index] ?? 0;
        const end = ends[index + length - 1] ?? at;
        if (isMentioned(sign, part, at, end - at, subject)) continue;
        matches.push({ sign, weight, at: from + at, length: end - at, quote: quoteAt(part, at, end - at) });
      }
    }
    yield;
  }
  return thoseThatCount(matches);
}

function signsFor(text: string): readonly SignPattern[] {
  const foreign = signsOfLanguages(text);
  return foreign.length === 0 ? SIGNS : [...SIGNS, ...foreign];
}

/** The strong ones, and the weak ones that stand next to a different one. */
function thoseThatCount(matches: readonly Match[]): readonly Match[] {
  const sorted = matches.toSorted((one, other) => one.at - other.at);
  const counted = sorted.filter(({ weight }) => weight === 2);
  for (const [index, match] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before === undefined || before.sign === match.sign || match.at - before.at > TOGETHER_CHARS) continue;
    // Two ways of reading the same words are one sign.
    if (match.at < before.at + before.length) continue;
    counted.push(before, match);
  }
  return counted;
}

/** More than any `voidAfter` looks at. */
const VOID_CHARS = 60;

/** A few sentences: what stands further apart has nothing to do with each other. */
const TOGETHER_CHARS = 300;

function placesOf(pattern: RegExp, text: string): readonly (readonly [at: number, length: number])[] {
  pattern.lastIndex = 0;
  let match = pattern.exec(text);
  // So it is nearly always, and there are many patterns.
  if (match === null) return NO_PLACES;
  const places: (readonly [number, number])[] = [];
  for (; match !== null && places.length < PLACES_MAX; match = pattern.exec(text)) {
    places.push([match.index, match[0].length]);
    if (match[0] === '') break;
  }
  return places;
}

const NO_PLACES: readonly (readonly [number, number])[] = [];
const PLACES_MAX = 20;

/** The first use of a pattern also makes a machine of it, which takes about as long as the search in a long text. */
const PATTERNS_A_STEP = 4;
/** What somebody makes up to be slow takes a pattern up to 8 ms in so many characters. */
const PART_CHARS = 4000;
/** Longer than anything that a pattern matches, so that all of it stands in one part. */
const OVERLAP_CHARS = 800;

/** A long text in parts that overlap; each begins where a sentence does, as far as there are any. */
function* partsOf(text: string): Generator<{ readonly part: string; readonly from: number }> {
  let start = 0;
  while (text.length - start > PART_CHARS) {
    const end = start + PART_CHARS;
    yield { part: text.slice(start, end), from: start };
    const overlap = text.slice(end - OVERLAP_CHARS, end - OVERLAP_CHARS / 2).search(/[.\n]/);
    start = end - OVERLAP_CHARS + Math.max(0, overlap);
  }
  yield { part: text.slice(start), from: start };
}

/** Less says nothing to a model. */
const SENTENCE_CHARS_MIN = 10;
const NOTHING: readonly TextFinding[] = [];

function quoteAt(text: string, at: number, length: number): string {
  return text.slice(at, at + Math.max(QUOTE_CHARS_MIN, length)).slice(0, QUOTE_CHARS_MAX);
}

const QUOTE_CHARS_MIN = 24;
const QUOTE_CHARS_MAX = 120;

const SIGNS: readonly SignPattern[] = [...POISON_SIGNS, ...MODEL_SIGNS, ...CONDUCT_SIGNS];
