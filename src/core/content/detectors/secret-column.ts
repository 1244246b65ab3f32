import type { Detector, ReportSpan } from './detector.ts';
import { looksSecret, namesSecret } from './named-secret.ts';

/**
 * Random-looking values in a column whose head says that they are secret: in tables with commas, semicolons, tabs or strokes between
 * cells, and in the lists of name and value that programs print with blanks in between.
 */
export const secretColumn: Detector = {
  name: 'secret-column',
  class: 'secret',
  find(text, report, { words }) {
    let next = 0;
    let lineStart = 0;
    let lineEnd = -1;
    for (const { at } of words) {
      if (at < next) continue;
      // A long line is measured once, however many words are in it.
      if (at > lineEnd) {
        lineStart = text.lastIndexOf('\n', at) + 1;
        lineEnd = endOfLine(text, at);
      }
      const start = startWithin(text, lineStart, at);
      const end = endWithin(text, at, lineEnd);
      // No line is looked at twice, and one of this length is no head.
      next = end;
      if (end - start > LINE_CHARS_MAX) continue;
      findBeside(text, start, end, report);
      next = findBelow(text, start, end, report);
    }
  },
};

const LINE_CHARS_MAX = 1024;
const BESIDE = /^[ \t|│]*([\w.-]{3,64})(?: {2,}|\t)[ \t|│]*(\S{8,512})[ \t|│]*$/;

function findBeside(text: string, start: number, end: number, report: ReportSpan): void {
  const found = BESIDE.exec(text.slice(start, end));
  if (found === null) return;
  const [line, name = '', value = ''] = found;
  const from = start + line.lastIndexOf(value);
  if (namesSecret(name) && looksSecret(value)) report(from, from + value.length);
}

/** Answers where the table ends, or the line where it is no head of one. */
function findBelow(text: string, start: number, headEnd: number, report: ReportSpan): number {
  const separator = SEPARATORS.find((each) => text.slice(start, headEnd).includes(each));
  if (separator === undefined) return headEnd;
  const heads = cellsIn(text, start, headEnd, separator);
  if (heads.length < 2 || !heads.every(([from, to]) => HEAD.test(text.slice(from, to)))) return headEnd;
  const secret = heads.flatMap(([from, to], column) => {
    const head = text.slice(from, to);
    return isSecretHead(head) ? [{ column, charsMin: PASSWORD.test(head) ? PASSWORD_CHARS_MIN : TOKEN_CHARS_MIN }] : [];
  });
  if (secret.length === 0 || isRow(text, start, heads.length, separator)) return headEnd;
  let end = headEnd;
  while (text.charAt(end) === '\n') {
    const next = endWithin(text, end + 1, endOfLine(text, end + 1));
    const cells = next - end > LINE_CHARS_MAX ? [] : cellsIn(text, end + 1, next, separator);
    if (cells.length !== heads.length && !RULE.test(text.slice(end + 1, next))) return end;
    for (const { column, charsMin } of secret) {
      const [from, to] = cells[column] ?? [0, 0];
      if (to - from >= charsMin && looksSecret(text.slice(from, to))) report(from, to);
    }
    end = next;
  }
  return end;
}

/** Whether the line before this one has as many cells: then this is no head. */
function isRow(text: string, start: number, cells: number, separator: string): boolean {
  if (text.charAt(start - 1) !== '\n') return false;
  const before = Math.max(text.lastIndexOf('\n', start - 2) + 1, start - LINE_CHARS_MAX);
  return cellsIn(text, before, start - 1, separator).length === cells;
}

const SEPARATORS = ['|', '\t', ';', ','];
/** Between the head and the rows. */
const RULE = /^[\s|+:=-]{1,1024}$/;
/** Words, and nothing that stands in a row of values. */
const HEAD = /^[A-Za-z_#][\w .()/#-]{0,63}$|^$/;

const PASSWORD = /pass|pwd|secret|credential/i;
const PASSWORD_CHARS_MIN = 8;
/** Tables about languages have tokens in them, and such keys as a row is found by are mostly shorter. */
const TOKEN_CHARS_MIN = 16;

function isSecretHead(head: string): boolean {
  return namesSecret(head.replace(/ /g, '_'));
}

type Cell = readonly [from: number, to: number];

/** Of one line, without blanks, quotes and backquotes around them. */
function cellsIn(text: string, start: number, end: number, separator: string): readonly Cell[] {
  const cells: Cell[] = [];
  let from = start;
  let isQuoted = false;
  for (let at = start; at <= end; at += 1) {
    const char = at === end ? separator : text.charAt(at);
    if (char === '"') isQuoted = !isQuoted;
    if (char !== separator || (isQuoted && at < end)) continue;
    cells.push(trimmed(text, from, at));
    from = at + 1;
  }
  return cells;
}

function trimmed(text: string, start: number, end: number): Cell {
  let from = start;
  let to = end;
  while (from < to && AROUND.has(text.charAt(from))) from += 1;
  while (to > from && AROUND.has(text.charAt(to - 1))) to -= 1;
  return [from, to];
}

const AROUND: ReadonlySet<string> = new Set([' ', '"', "'", '`', '\r', '*', '\t']);

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

/** In JSON the first line of a text stands behind its name. */
function startWithin(text: string, lineStart: number, at: number): number {
  const line = text.slice(Math.max(lineStart, at - LINE_CHARS_MAX), at);
  const member = line.lastIndexOf('":"');
  return member === -1 ? lineStart : at - line.length + member + 3;
}

/** And the last one before its end. */
function endWithin(text: string, from: number, lineEnd: number): number {
  const string = text.slice(from, Math.min(lineEnd, from + LINE_CHARS_MAX)).search(STRING_END);
  return string === -1 ? lineEnd : from + string;
}

const STRING_END = /"(?:[}\]]|,"[^"]{1,64}":)/;
