/** How long hosts can be made to wait for a person, by the beginning of the name that they go by. */
export interface HoldTimes {
  /** What the operator says; counts before what is known here. */
  readonly configured: ReadonlyMap<string, number>;
  /** For hosts of which nothing is known. */
  readonly otherwiseMs: number;
}

/**
 * Known limits of hosts, less what an answer takes: Cursor and ChatGPT give up after 60 s, Claude Desktop after 240 s, Codex and Claude Code
 * after 300 s, Gemini CLI after 600 s (observed in November 2026).
 */
const KNOWN: ReadonlyMap<string, number> = new Map([
  ['cursor', 50_000],
  ['chatgpt', 50_000],
  ['openai-mcp', 50_000],
  ['claude-ai', 200_000],
  ['claude-code', 270_000],
  ['codex', 270_000],
  ['gemini-cli', 540_000],
]);

const NAME_CHARS_MAX = 64;

/**
 * The hold for a host by its OAuth client id and by the name that it gives itself. It says so itself, so the name counts for nothing but how
 * long it is kept waiting.
 */
export function holdMsFor(times: HoldTimes, names: readonly (string | undefined)[]): number {
  const given = names.flatMap((name) => (name === undefined ? [] : [name.slice(0, NAME_CHARS_MAX).toLowerCase()]));
  for (const table of [times.configured, KNOWN]) {
    const found = [...table].find(([begin]) => given.some((name) => name.startsWith(begin)));
    if (found !== undefined) return found[1];
  }
  return times.otherwiseMs;
}
