/**
 * Whether a path is a directory or lies below it, compared by whole segments: `/data-evil` is not under `/data`. Throws, which makes
 * the condition unevaluable, for a path that its reader could take for another one than this comparison does: one with `..`, a
 * backslash, an escape such as `%2e`, a control character, or a character that Unicode folds into a dot or a slash.
 */
export function isUnder(path: string, directory: string): boolean {
  const segments = parseSegments(path);
  const base = parseSegments(directory);
  if (segments === null || base === null) throw new Error('a path that readers understand differently');
  if (path.startsWith('/') !== directory.startsWith('/')) return false;
  return base.every((segment, index) => segment === segments[index]);
}

/** `null`: the path is not plain. */
export function parseSegments(path: string): readonly string[] | null {
  if (
    path === '' ||
    path.length > PATH_CHARS_MAX ||
    NOT_PLAIN.test(path) ||
    signsIn(path) !== signsIn(path.normalize('NFKC'))
  )
    return null;
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.includes('..') ? null : segments;
}

/** No file system has longer ones. */
const PATH_CHARS_MAX = 4096;

// A drive letter or a scheme makes of what follows another path. `~` is somebody's home to a shell.
const NOT_PLAIN = /[\\\p{Cc}\p{Cf}\p{Cs}]|%[0-9a-fA-F]{2}|^~|^[A-Za-z][A-Za-z0-9+.-]*:/u;

function signsIn(path: string): number {
  let count = 0;
  for (const character of path) if (character === '.' || character === '/' || character === '%') count += 1;
  return count;
}
