import { SECRET_DETECTORS } from '../content/detectors/built-in.ts';
import { detect } from '../content/detect.ts';
import { unfoldText } from '../content/unfold-text.ts';
import { finishSteps, type Steps } from '../steps.ts';
import { signsOfLanguages } from './language-signs.ts';
import { MODEL_SIGNS } from './model-signs.ts';
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
export function scanText(text: string): readonly TextFinding[] {
  return finishSteps(scanTextInSteps(text));
}

/** The same, with a pause for others after each part. */
export function* scanTextInSteps(text: string): Steps<readonly TextFinding[]> {
  const looked = text.length > TEXT_CHARS_MAX ? text.slice(0, TEXT_CHARS_MAX) : text;
  const findings = new Map<PoisonSign, TextFinding>();
  const hidden = HIDDEN.exec(looked);
  if (hidden !== null) findings.set('hidden-characters', { sign: 'hidden-characters', quote: quoteAt(looked, hidden) });
  const [secret] = detect(looked, SECRET_DETECTORS);
  if (secret !== undefined) findings.set('holds-secret', { sign: 'holds-secret', quote: secret.detector });
  for (const reading of [looked, ...unfoldText(looked).texts.map(({ text: inner }) => inner)]) {
    for (const finding of yield* scanReading(reading))
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

function* scanReading(text: string): Steps<readonly TextFinding[]> {
  if (text.length < SENTENCE_CHARS_MIN) return NOTHING;
  const found = new Map<SignPattern, TextFinding>();
  for (const part of partsOf(text)) {
    let tried = 0;
    for (const each of [...SIGNS, ...signsOfLanguages(part)]) {
      const match = found.has(each) ? null : each.pattern.exec(part);
      if (match !== null) found.set(each, { sign: each.sign, quote: quoteAt(part, match) });
      tried += 1;
      if (tried % PATTERNS_A_STEP === 0) yield;
    }
  }
  const bySign = new Map<PoisonSign, number>();
  for (const { sign, weight } of found.keys()) bySign.set(sign, Math.max(bySign.get(sign) ?? 0, weight));
  const total = [...bySign.values()].reduce((sum, weight) => sum + weight, 0);
  return total < 2 ? [] : [...found.values()];
}

/** The first use of a pattern also makes a machine of it, which takes about as long as the search in a long text. */
const PATTERNS_A_STEP = 4;
/** What somebody makes up to be slow takes a pattern up to 8 ms in so many characters. */
const PART_CHARS = 4000;
/** Longer than anything that a pattern matches, so that all of it stands in one part. */
const OVERLAP_CHARS = 800;

/** A long text in parts that overlap; each begins where a sentence does, as far as there are any. */
function* partsOf(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > PART_CHARS) {
    const end = start + PART_CHARS;
    yield text.slice(start, end);
    const overlap = text.slice(end - OVERLAP_CHARS, end - OVERLAP_CHARS / 2).search(/[.\n]/);
    start = end - OVERLAP_CHARS + Math.max(0, overlap);
  }
  yield text.slice(start);
}

/** Less says nothing to a model. */
const SENTENCE_CHARS_MIN = 10;
const NOTHING: readonly TextFinding[] = [];

function quoteAt(text: string, match: RegExpExecArray): string {
  return text.slice(match.index, match.index + Math.max(QUOTE_CHARS_MIN, match[0].length)).slice(0, QUOTE_CHARS_MAX);
}

const QUOTE_CHARS_MIN = 24;
const QUOTE_CHARS_MAX = 120;

const SIGNS = [...POISON_SIGNS, ...MODEL_SIGNS];
