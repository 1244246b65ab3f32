import { isPlaceholder } from '../placeholder.ts';
import type { Detector } from './detector.ts';
import { TOKEN_FORMATS } from './token-formats.ts';
import { characterClass, isIn, visitRuns } from './token-runs.ts';
import { HAS_LONG_RUN, TOKEN_CHARS_MIN } from '../text-traits.ts';

/** Tokens that begin as their issuers publish it: `ghp_`, `AKIA`, `xoxb-`, and a hundred more. */
export const knownToken: Detector = {
  name: 'token',
  class: 'secret',
  needs: HAS_LONG_RUN,
  find(text, report) {
    visitRuns(text, TOKEN_CHARACTERS, TOKEN_CHARS_MIN, (start, end) => {
      const last = end - TOKEN_CHARS_MIN;
      // What stands behind a backslash may belong to it: `\\n` in a program, or in JSON inside of a text.
      const afterEscape = text.charCodeAt(start - 1) === BACKSLASH ? start + 1 : -1;
      let isInWord = false;
      for (let at = start; at <= last; at += 1) {
        const code = text.charCodeAt(at);
        if ((!isInWord || at === afterEscape) && mayBegin(code, text.charCodeAt(at + 1))) {
          const tokenEnd = endOfToken(text, at);
          if (tokenEnd > 0) report(at, tokenEnd);
          // What is made up is looked at once as well.
          if (tokenEnd !== 0) at = Math.abs(tokenEnd) - 1;
        }
        isInWord = isIn(WORD_CHARACTERS, code);
      }
    });
  },
};

interface CompiledFormat {
  readonly pattern: RegExp;
  readonly prefix: string;
  readonly lenient: boolean;
}

const BACKSLASH = 0x5c;
const TOKEN_CHARACTERS = characterClass(/[A-Za-z0-9_.~+/:=-]/);
const WORD_CHARACTERS = characterClass(/[A-Za-z0-9_]/);

const FORMATS: ReadonlyMap<number, readonly CompiledFormat[]> = compileFormats();
/** One bit for every two ASCII characters: whether some token begins with them. */
const BEGINNINGS: Uint8Array = new Uint8Array(128 * 128);
for (const pair of FORMATS.keys()) BEGINNINGS[pair] = 1;

function mayBegin(first: number, second: number): boolean {
  return first < 128 && second < 128 && BEGINNINGS[first * 128 + second] === 1;
}

/** 0 where no token begins, and negative for one that is made up. Several formats may begin alike; the longest match is the token. */
function endOfToken(text: string, at: number): number {
  const candidates = FORMATS.get(text.charCodeAt(at) * 128 + text.charCodeAt(at + 1)) ?? [];
  let end = 0;
  for (const { pattern, prefix, lenient } of candidates) {
    if (!text.startsWith(prefix, at)) continue;
    pattern.lastIndex = at + prefix.length;
    if (!pattern.test(text)) continue;
    const body = text.slice(at + prefix.length, pattern.lastIndex);
    const madeUp = lenient ? /(.)\1{16}/.test(body) || /EXAMPLE/.test(body) : isPlaceholder(body);
    if (!madeUp) end = Math.max(end, pattern.lastIndex);
    else if (end <= 0) end = Math.min(end, -pattern.lastIndex);
  }
  return end;
}

function compileFormats(): ReadonlyMap<number, readonly CompiledFormat[]> {
  const byPair = new Map<number, CompiledFormat[]>();
  for (const { prefixes, rest, lenient = false } of TOKEN_FORMATS) {
    for (const prefix of prefixes) {
      const pair = prefix.charCodeAt(0) * 128 + prefix.charCodeAt(1);
      const formats = byPair.get(pair) ?? [];
      formats.push({ prefix, pattern: new RegExp(`${rest}(?![A-Za-z0-9_])`, 'y'), lenient });
      byPair.set(pair, formats);
    }
  }
  return byPair;
}
