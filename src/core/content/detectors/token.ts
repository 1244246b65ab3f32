import type { Detector, ReportSpan } from './detector.ts';
import { findInfixToken, INFIX_BEGINNINGS } from './infix-token.ts';
import { endOfJsonWebToken, JWT, JWT_BEGINNING } from './json-web-token.ts';
import { endOfKnownToken, TOKEN_BEGINNINGS } from './known-token.ts';
import { characterClass } from './text-codes.ts';

/** Tokens that are told by their form alone. */
export const token: Detector = {
  name: 'token',
  class: 'secret',
  find(text, report, { runs, codes: { codes } }) {
    for (let index = 0; index < runs.length; index += 2) {
      visitRun(text, codes, { start: runs[index] ?? 0, end: runs[index + 1] ?? 0 }, report);
    }
  },
};

/** What of these may begin with a pair of ASCII characters, as bits. */
const MAY_BE_KNOWN = 1;
const MAY_BE_INFIX = 2;
const MAY_BE_JWT = 4;
const PAIRS: Uint8Array = new Uint8Array(128 * 128);
for (const pair of TOKEN_BEGINNINGS) PAIRS[pairNumber(pair)] = MAY_BE_KNOWN;
for (const pair of INFIX_BEGINNINGS) PAIRS[pairNumber(pair)] = (PAIRS[pairNumber(pair)] ?? 0) | MAY_BE_INFIX;
PAIRS[pairNumber(JWT_BEGINNING)] = (PAIRS[pairNumber(JWT_BEGINNING)] ?? 0) | MAY_BE_JWT;

function pairNumber(beginning: string): number {
  return beginning.charCodeAt(0) * 128 + beginning.charCodeAt(1);
}

/** The one loop over characters: most of what tokens cost in a text without any. */
function visitRun(text: string, codes: Uint8Array, run: Run, report: ReportSpan): void {
  for (let at = run.start; at < run.end; at += 1) {
    const kinds = PAIRS[(((codes[at] ?? 0) & 0x7f) << 7) | ((codes[at + 1] ?? 0) & 0x7f)] ?? 0;
    if (kinds === 0) continue;
    if ((kinds & MAY_BE_INFIX) !== 0) findInfixToken(text, at, report);
    if ((kinds & ~MAY_BE_INFIX) === 0 || isWithinWord(codes, run, at)) continue;
    const found = findAt(text, at, kinds, report);
    // What is made up is looked at once as well.
    if (found !== 0) at = Math.abs(found) - 1;
  }
}

interface Run {
  readonly start: number;
  readonly end: number;
}

function findAt(text: string, at: number, kinds: number, report: ReportSpan): number {
  // A hyphen is a character of base64url, so what stands behind one was looked at with what stands before it.
  if ((kinds & MAY_BE_JWT) !== 0 && text.startsWith(JWT_BEGINNING, at) && text.charCodeAt(at - 1) !== HYPHEN) {
    const end = endOfJsonWebToken(text, at);
    if (end > 0) report(at, end, JWT);
    if (end !== 0) return end;
  }
  const end = endOfKnownToken(text, at);
  if (end > 0) report(at, end);
  return end;
}

/** What stands behind a backslash may belong to it: `\\n` in a program, or in JSON inside of a text. */
function isWithinWord(codes: Uint8Array, { start }: Run, at: number): boolean {
  if (at === 0 || WORD_CHARACTERS[codes[at - 1] ?? 0] !== 1) return false;
  return at !== start + 1 || start === 0 || codes[start - 1] !== BACKSLASH;
}

const BACKSLASH = 0x5c;
const HYPHEN = 0x2d;
const WORD_CHARACTERS = characterClass(/[A-Za-z0-9_]/);
