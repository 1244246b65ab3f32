import { KIND, KINDS, PHRASE_STARTS, SMALL_WORDS } from './word-kinds.ts';

/**
 * A text as the kinds of its words, one character each: `.` ends a sentence, `,` a part of one, `x` is a word that says nothing by
 * itself. Small words are left out.
 */
export interface KindText {
  readonly kinds: string;
  /** For each character of `kinds`, where its words begin and end in the text. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Whose text it is. What a tool or an argument is for by its own name is no sign: a tool for passwords speaks of passwords. */
export interface Subject {
  /** Words of the name of the tool, and of the argument that is described. */
  readonly words: ReadonlySet<string>;
  readonly argumentNames: ReadonlySet<string>;
  /** The words of those names. */
  readonly argumentWords: ReadonlySet<string>;
  /** Of the same list. */
  readonly toolNames: ReadonlySet<string>;
  /** Whether the text says what belongs in an argument. */
  readonly isArgument: boolean;
  /** Whether it is the name of one, in words. */
  readonly isArgumentName: boolean;
}

export const NO_SUBJECT: Subject = {
  words: new Set(),
  argumentNames: new Set(),
  argumentWords: new Set(),
  toolNames: new Set(),
  isArgument: false,
  isArgumentName: false,
};

export function readKinds(text: string, subject: Subject): KindText {
  const tokens = tokensOf(text);
  const starts: number[] = [];
  const ends: number[] = [];
  let kinds = '';
  const add = (kind: string, start: number, end: number): void => {
    kinds += kind;
    starts.push(start);
    ends.push(end);
  };
  if (subject.isArgument) add(KIND.sink, 0, 0);
  if (subject.isArgumentName) add(KIND.sink, 0, 0);
  for (let index = 0; index < tokens.length; ) {
    const { kind, words } = phraseAt(tokens, index, subject);
    const first = tokens[index];
    const last = tokens[index + words - 1];
    if (first === undefined || last === undefined) break;
    const end = last.at + last.raw.length;
    if (kind !== '') add(kind, first.at, end);
    if (ENDED.test(last.raw)) add(/[.!?]$/.test(last.raw) ? '.' : ',', end - 1, end);
    index += words;
  }
  return { kinds, starts, ends };
}

interface Token {
  readonly raw: string;
  /** In small letters, without marks around it. */
  readonly word: string;
  readonly at: number;
  readonly isQuoted: boolean;
}

/** Code in backticks, addresses, paths, words, and what stands between parts of sentences. */
const TOKEN =
  /`[^`\n]{1,200}`|https?:\/\/[^\s)>\]]{1,300}|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}|[~./\\]{0,3}[\p{L}\p{N}_$%][\p{L}\p{N}_$%'’./\\@~-]*|\+\d[\d -]{6,18}\d|[.!?;:,()\n]|\u3002/gu;
/** A word with the mark behind it: paths and numbers hold such marks too. */
const ENDED = /[\p{L}\p{N}'’][.!?:,]$/u;

function tokensOf(text: string): readonly Token[] {
  return Array.from(text.matchAll(TOKEN), ({ 0: raw, index }) => {
    const isQuoted = raw.startsWith('`') || /["'‘“]/.test(text.charAt(index - 1));
    const word = raw
      .toLowerCase()
      .replaceAll('’', "'")
      .replaceAll('`', '')
      .replace(/[.!?:,]+$/, '');
    return { raw, word: isQuoted ? word.replace(/'$/, '') : word, at: index, isQuoted };
  });
}

interface Phrase {
  /** `''` where nothing is to be written. */
  readonly kind: string;
  readonly words: number;
}

const PHRASE_WORDS_MAX = 5;

/** The longest phrase that is known, or else one word. */
function phraseAt(tokens: readonly Token[], index: number, subject: Subject): Phrase {
  const first = tokens[index];
  if (first === undefined) return { kind: '', words: 1 };
  if (!PHRASE_STARTS.has(first.word) && !stemsOf(first.word).some((stem) => PHRASE_STARTS.has(stem))) {
    return { kind: kindOfToken(first, subject), words: 1 };
  }
  const words = [first.word];
  let best: Phrase | null = null;
  for (let count = 2; count <= PHRASE_WORDS_MAX; count += 1) {
    const before = tokens[index + count - 2];
    const next = tokens[index + count - 1];
    if (before === undefined || next === undefined || next.word === '' || /[^\p{L}\p{N}'’_-]/u.test(before.raw)) break;
    words.push(next.word);
    const kind = kindOfPhrase(words);
    if (kind !== null) best = { kind: isSubject(kind, words, subject) ? 'x' : kind, words: count };
  }
  return best ?? { kind: kindOfToken(first, subject), words: 1 };
}

/** Only the last word of a phrase is inflected, or the first where it is a verb. */
function kindOfPhrase(words: readonly string[]): string | null {
  const exact = KINDS.get(words.join(' '));
  if (exact !== undefined) return exact;
  const lead = words.slice(0, -1).join(' ');
  const rest = words.slice(1).join(' ');
  const inflected = [
    ...stemsOf(words.at(-1) ?? '').map((stem) => `${lead} ${stem}`),
    ...stemsOf(words[0] ?? '').map((stem) => `${stem} ${rest}`),
  ];
  const known = inflected.find((phrase) => KINDS.has(phrase));
  return known === undefined ? null : (KINDS.get(known) ?? null);
}

const SHELL_COMMAND =
  /^(?:sudo )?(?:cat|curl|wget|nc|scp|rsync|env|printenv|whoami|base64|rm|sh|bash|powershell|set)\b/;
const SECRET_FILE =
  /(?:\.ssh\b(?!\/config|\/known)|\bid_(?:rsa|ed25519|ecdsa)|\/etc\/(?:passwd|shadow|sudoers|hosts)\b|\.aws\/credentials|\.pem$|\.netrc|\.npmrc|\.git-credentials|\.kube\/config|\.docker\/config|mcp\.json|\.kdbx|authorized_keys|\.gnupg|_history$|wallet\.dat)/;
const SETTINGS_FILE = /(?:^|\/)\.env\b/;
const IDENTIFIER = /^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*_[a-z0-9]+$/;
const PLAIN_WORD = /^[a-z']+$/;
const CONSTANT = /^[A-Z_0-9]+\W*$/;

function kindOfToken({ raw, word, isQuoted }: Token, subject: Subject): string {
  if (/^[.!?;\n\u3002]$/.test(raw)) return '.';
  if (/^[,:()]$/.test(raw)) return ',';
  if (word === '' || SMALL_WORDS.has(word)) return '';
  if (!isQuoted && PLAIN_WORD.test(word)) return kindUnless(word, subject);
  if (raw.startsWith('`') && SHELL_COMMAND.test(word)) return KIND.command;
  if (/^https?:/.test(word)) return KIND.place;
  if (/@[\w-]+\.|^\+\d/.test(word)) return KIND.mailbox;
  if (SECRET_FILE.test(word)) return KIND.secretFile;
  // `load_env` reads such a file, and says so.
  if (SETTINGS_FILE.test(word)) return subject.words.has('env') ? 'x' : KIND.settingsFile;
  if (subject.argumentNames.has(word) && (isQuoted || word.includes('_'))) return KIND.sink;
  if (IDENTIFIER.test(word) && !CONSTANT.test(raw)) return subject.toolNames.has(word) ? 'x' : KIND.toolName;
  return kindUnless(word, subject);
}

function kindUnless(word: string, subject: Subject): string {
  const kind = kindOfWord(word);
  return isSubject(kind, [word], subject) ? 'x' : kind;
}

function kindOfWord(word: string): string {
  const known = [word, ...stemsOf(word)].find((form) => KINDS.has(form));
  if (known !== undefined) return KINDS.get(known) ?? 'x';
  return POSSESSIVE.test(word) ? KIND.usersOwn : 'x';
}

/** `traveller's`; not `it's`. */
const POSSESSIVE = /^(?!it's|that's|let's|what's|there's|here's)[a-z]{3,}'s$/;

/** What an inflected word may come from: `copies` from `copy`, `sending` from `send`, `placed` from `place`. */
function stemsOf(word: string): readonly string[] {
  if (word.length < 4) return [];
  if (word.endsWith('ies') || word.endsWith('ied')) return [`${word.slice(0, -3)}y`];
  if (word.endsWith('ing')) return stemsBefore(word.slice(0, -3));
  if (word.endsWith('ed')) return stemsBefore(word.slice(0, -2));
  if (word.endsWith('es')) return [word.slice(0, -1), word.slice(0, -2)];
  return word.endsWith('s') && !word.endsWith('ss') ? [word.slice(0, -1)] : [];
}

function stemsBefore(stem: string): readonly string[] {
  return stem.at(-1) === stem.at(-2) ? [stem, `${stem}e`, stem.slice(0, -1)] : [stem, `${stem}e`];
}

function isSubject(kind: string, words: readonly string[], subject: Subject): boolean {
  if (!SUBJECTS.has(kind)) return false;
  const isKnown = (word: string): boolean =>
    subject.words.has(word) || (ARGUMENTS_TOO.has(kind) && subject.argumentWords.has(word));
  return words.every((word) => isKnown(word) || stemsOf(word).some(isKnown));
}

/** What a tool may ask for in an argument that is called so. */
const ARGUMENTS_TOO: ReadonlySet<string> = new Set([KIND.secret, KIND.personal, KIND.whole]);
/** What a tool may be for. Never to conceal something, nor to read the files in which secrets are. */
const SUBJECTS: ReadonlySet<string> = new Set([
  ...ARGUMENTS_TOO,
  KIND.talk,
  KIND.talkPart,
  KIND.rules,
  KIND.hand,
  KIND.ignore,
  KIND.obey,
  KIND.askLeave,
  KIND.change,
  KIND.prefer,
  KIND.answer,
]);
