import { OPEN_VARIABLE } from '../../catalog/uri-template.ts';

/** A URI pattern as written in a policy. */
export interface UriPattern {
  readonly text: string;
  /** `null` for a pattern with wildcards, else the one URI it stands for. */
  readonly exactUri: string | null;
  /** Of a URI; or of the shape of a template, and then whether everything that it expands to matches. */
  readonly matches: (uri: string) => boolean;
}

/**
 * `*` stands for any characters within one segment: none of `/`, `?`, `#`. `**` stands for any characters. Everything else stands for
 * itself, case included. Only ever made from the operator's text. Takes time in proportion to the product of both lengths at worst,
 * whatever the URI is.
 */
export function createUriPattern(text: string): UriPattern {
  const tokens = text.split(WILDCARDS);
  const [prefix = '', wildcard, suffix] = tokens;
  if (text === EVERYTHING) return { text, exactUri: null, matches: (uri) => !uri.startsWith(APPS) };
  if (wildcard === undefined) return { text, exactUri: text, matches: (uri) => uri === text };
  if (tokens.length === 3 && suffix === '' && wildcard === '**') {
    return { text, exactUri: null, matches: (uri) => uri.startsWith(prefix) };
  }
  return { text, exactUri: null, matches: (uri) => isMatch(uri, tokens) };
}

const EVERYTHING = '**';
/** Pages that a host runs (MCP Apps): to be named, not to be thought of as included. */
const APPS = 'ui:';

const WILDCARDS = /(\*\*|\*)/;
const SEPARATORS: ReadonlySet<string> = new Set(['/', '?', '#', OPEN_VARIABLE]);

/** Follows every place that the tokens so far can end at, all at once: no choice is ever taken back. */
function isMatch(uri: string, tokens: readonly string[]): boolean {
  let ends: ReadonlySet<number> = new Set([0]);
  for (const token of tokens) {
    ends = isWildcard(token) ? spread(uri, ends, token === '**') : step(uri, ends, token);
    if (ends.size === 0) return false;
  }
  return ends.has(uri.length);
}

const isWildcard = (token: string): boolean => token === '*' || token === '**';

function step(uri: string, from: ReadonlySet<number>, literal: string): ReadonlySet<number> {
  const ends = new Set<number>();
  for (const place of from) if (uri.startsWith(literal, place)) ends.add(place + literal.length);
  return ends;
}

function spread(uri: string, from: ReadonlySet<number>, overSegments: boolean): ReadonlySet<number> {
  const ends = new Set<number>();
  let isReached = false;
  for (let place = 0; place <= uri.length; place++) {
    if (place > 0 && isReached && !overSegments && SEPARATORS.has(uri[place - 1] ?? '')) isReached = false;
    isReached ||= from.has(place);
    if (isReached) ends.add(place);
  }
  return ends;
}
