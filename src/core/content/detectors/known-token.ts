import { assertNever } from '../../result.ts';
import { isPlaceholder } from '../placeholder.ts';
import { isPublishedExample } from './published-examples.ts';
import { TOKEN_FORMATS, type TokenFormat } from './token-formats.ts';

/** The first two characters of every format. */
export const TOKEN_BEGINNINGS: readonly string[] = [
  ...new Set(TOKEN_FORMATS.flatMap(({ prefixes }) => prefixes.map((prefix) => prefix.slice(0, 2)))),
];

/**
 * Where a token ends that begins as its issuer publishes it: `ghp_`, `AKIA`, `xoxb-`, and two hundred more. 0 where none begins, and
 * negative for the end of one that only stands for a token.
 */
export function endOfKnownToken(text: string, at: number): number {
  const end = longestToken(text, at);
  return end > 0 && isPublishedExample(text.slice(at, end)) ? -end : end;
}

interface CompiledFormat {
  readonly pattern: RegExp;
  readonly prefix: string;
  readonly made: TokenFormat['made'];
}

const FORMATS: ReadonlyMap<string, readonly CompiledFormat[]> = compileFormats();

/** Several formats may begin alike; the longest match is the token. */
function longestToken(text: string, at: number): number {
  const candidates = FORMATS.get(text.slice(at, at + 2)) ?? [];
  let end = 0;
  for (const { pattern, prefix, made } of candidates) {
    if (!text.startsWith(prefix, at)) continue;
    pattern.lastIndex = at + prefix.length;
    if (!pattern.test(text)) continue;
    if (!isMadeUp(text.slice(at + prefix.length, pattern.lastIndex), made)) end = Math.max(end, pattern.lastIndex);
    else if (end <= 0) end = Math.min(end, -pattern.lastIndex);
  }
  return end;
}

function isMadeUp(body: string, made: TokenFormat['made']): boolean {
  switch (made) {
    case 'never':
      return false;
    case 'plainly':
      return /EXAMPLE|(.)\1{16}|^X{8}|X{12}/.test(body);
    case null:
      return isPlaceholder(body);
    default:
      return assertNever(made);
  }
}

function compileFormats(): ReadonlyMap<string, readonly CompiledFormat[]> {
  const byPair = new Map<string, CompiledFormat[]>();
  for (const { prefixes, rest, made } of TOKEN_FORMATS) {
    for (const prefix of prefixes) {
      const formats = byPair.get(prefix.slice(0, 2)) ?? [];
      formats.push({ prefix, pattern: new RegExp(`${rest}(?![A-Za-z0-9_])`, 'y'), made });
      byPair.set(prefix.slice(0, 2), formats);
    }
  }
  return byPair;
}
