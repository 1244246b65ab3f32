const BACKSLASH = 0x5c;

/**
 * The closing quote of the string whose first character is at `start`; -1 where there is none. A quote is an escaped one if
 * an odd number of backslashes stands before it.
 */
export function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start); end !== -1; end = json.indexOf('"', end + 1)) {
    let first = end;
    while (first > start && json.charCodeAt(first - 1) === BACKSLASH) first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
  return -1;
}
