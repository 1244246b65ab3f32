const WORDS = [
  'pass',
  'pwd',
  'secret',
  'token',
  'key',
  'auth',
  'cookie',
  'session',
  'credential',
  'jwt',
  'bearer',
  'otp',
  'connection',
  'access',
  'psk',
  'value',
  'mysql',
  'mariadb',
  'sshpass',
  'redis-cli',
  'identified',
  'curl',
  'oracle',
] as const;

/** The pairs of letters that English has most of, the most frequent first. */
const COMMON: readonly string[] = (
  'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce ' +
  'li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad'
).split(' ');
const ONE_LETTER = 0.04;
const RARE = 0.004;

export type Word = (typeof WORDS)[number];

/**
 * Two pairs that follow each other in a text which is read in pairs, at least three characters of them of one word. Each word has a window for
 * where it begins at an even place, and one for an odd place.
 */
export interface WordWindow {
  readonly word: Word;
  /** Of its letters. */
  readonly codes: Uint8Array;
  /** Where in the word the window begins; -1: one character before it. */
  readonly offset: number;
}

/** Of so many groups each has one bit of a pair. */
const WORD_GROUPS = 13;

/** The windows in groups, by the number of their bit. */
export const WINDOWS: readonly (readonly WordWindow[])[] = groupWindows();

function groupWindows(): readonly (readonly WordWindow[])[] {
  const groups = Array.from({ length: WORD_GROUPS }, () => ({ windows: Array<WordWindow>(), first: 0, second: 0 }));
  const windows = WORDS.flatMap((word) => [rarestWindow(word, 0), rarestWindow(word, 1)]);
  for (const window of windows.toSorted((a, b) => commonness(b) - commonness(a))) {
    const first = commonnessAt(window.word, window.offset);
    const second = commonnessAt(window.word, window.offset + 2);
    // Any first pair of a group may stand before any second one: how much more often that happens with this window among them.
    const added = groups.map((group) => (group.first + first) * (group.second + second) - group.first * group.second);
    const group = groups[added.indexOf(Math.min(...added))];
    if (group === undefined) continue;
    group.windows.push(window);
    group.first += first;
    group.second += second;
  }
  return groups.map((group) => group.windows);
}

/** `parity`: of the place where the word begins. */
function rarestWindow(word: Word, parity: 0 | 1): WordWindow {
  const codes = Uint8Array.from(word, (letter) => letter.charCodeAt(0));
  const windows: WordWindow[] = [];
  for (let offset = parity === 1 ? -1 : 0; offset <= word.length - 3; offset += 2)
    windows.push({ word, codes, offset });
  return windows.reduce((rarest, window) => (commonness(window) < commonness(rarest) ? window : rarest));
}

function commonness({ word, offset }: WordWindow): number {
  return commonnessAt(word, offset) * commonnessAt(word, offset + 2);
}

/** About how often a pair of the word stands in English. */
function commonnessAt(word: string, at: number): number {
  if (at < 0 || at + 1 === word.length) return ONE_LETTER;
  const rank = COMMON.indexOf(word.slice(at, at + 2));
  return rank === -1 ? RARE : 1 / (rank + 21);
}
