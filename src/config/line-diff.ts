const CONTEXT_LINES = 3;

/** A unified diff with one hunk: from the first line that differs to the last. `patch` and `git apply` take it. */
export function lineDiff(name: string, before: string, after: string): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let first = 0;
  while (first < old.length && first < now.length && old[first] === now[first]) first += 1;
  let same = 0;
  while (same < Math.min(old.length, now.length) - first && old.at(-1 - same) === now.at(-1 - same)) same += 1;
  const start = Math.max(0, first - CONTEXT_LINES);
  const lead = old.slice(start, first);
  // What follows the last line break is no line.
  const linesOf = (all: readonly string[]): number => all.length - (all.at(-1) === '' ? 1 : 0);
  const trail = old.slice(old.length - same, Math.min(old.length - same + CONTEXT_LINES, linesOf(old)));
  const [removed, added] = [old.slice(first, old.length - same), now.slice(first, now.length - same)];
  const span = (lines: readonly string[]): string => `${start + 1},${lead.length + lines.length + trail.length}`;
  return [
    `--- a/${name}`,
    `+++ b/${name}`,
    `@@ -${span(removed)} +${span(added)} @@`,
    ...lead.map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...trail.map((line) => ` ${line}`),
    '',
  ].join('\n');
}
