/** A tool name or a glob as written in a policy. */
export interface NamePattern {
  readonly text: string;
  /** `null` for a glob, else the one name it stands for. */
  readonly exactName: string | null;
  readonly matches: (name: string) => boolean;
}

/**
 * `*` stands for any characters, or none; everything else, for itself, case included. Only ever made from the operator's text: what
 * a caller sends is compared, never used as a pattern. Takes time in proportion to the lengths of both.
 */
export function createNamePattern(text: string): NamePattern {
  const [prefix = '', ...rest] = text.split('*');
  const suffix = rest.pop();
  if (suffix === undefined) return { text, exactName: text, matches: (name) => name === text };
  return { text, exactName: null, matches: (name) => isGlobMatch(name, prefix, rest, suffix) };
}

function isGlobMatch(name: string, prefix: string, middle: readonly string[], suffix: string): boolean {
  if (!name.startsWith(prefix)) return false;
  let position = prefix.length;
  // Taking the first place where each part fits is enough: an earlier one leaves more room for what follows.
  for (const part of middle) {
    const found = name.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return name.length - suffix.length >= position && name.endsWith(suffix);
}
