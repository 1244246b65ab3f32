import { createNamePattern, type NamePattern } from '../matchers/name-pattern.ts';

/** Patterns stand in policies as literals, so there are few of them; this is their number over all policies that were ever loaded. */
const PATTERNS_MAX = 10_000;
const patterns = new Map<string, NamePattern>();

/** `args.branch.isLike("feature/*")`: the patterns of the whole language, in which `*` alone means anything. Takes linear time. */
export function isLike(text: string, pattern: string): boolean {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    compiled = createNamePattern(pattern);
    if (patterns.size < PATTERNS_MAX) patterns.set(pattern, compiled);
  }
  return compiled.matches(text);
}
