/** RFC 3339 in UTC, with milliseconds: `2026-11-20T17:39:48.670Z`. */
export function formatTimestamp(ms: number): string {
  // oxlint-disable-next-line no-restricted-globals -- pure: it formats the time that it is given and asks for none.
  return new Date(ms).toISOString();
}
