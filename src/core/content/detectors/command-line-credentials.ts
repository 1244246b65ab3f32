import { isPlaceholder } from '../placeholder.ts';
import type { WordMark } from './anchor-words.ts';
import type { Detector, ReportSpan } from './detector.ts';
import { looksSecret } from './named-secret.ts';

/** The user and password that a line of `curl` is given with `-u` or `--user`, what follows `--password`, what database clients and `sshpass` are given, the lines of a `.netrc`, and what SQL gives to a user. */
export const commandLineCredentials: Detector = {
  name: 'command-line-credentials',
  class: 'secret',
  find(text, report, { words }) {
    findCurlUsers(text, words, report);
    findShortOptions(text, words, report);
    for (const pattern of OPTIONS) findOptions(text, words, pattern, report);
  },
};

function findCurlUsers(text: string, words: readonly WordMark[], report: ReportSpan): void {
  const commands = words.filter(({ word }) => word === 'curl');
  for (const [index, { at }] of commands.entries()) {
    // The next line of curl looks for itself, so that no text is looked at twice.
    const next = commands[index + 1]?.at ?? text.length;
    const line = text.slice(at, Math.min(next, at + LINE_CHARS_MAX));
    const found = USER.exec(line);
    if (found === null) continue;
    const value = found[1] ?? '';
    const start = at + found.index + found[0].length - value.length;
    if (hasPassword(value)) report(start, start + value.length);
  }
}

/** What these clients are given stands near their names. Where it stands is looked for once, however many names there are. */
function findShortOptions(text: string, words: readonly WordMark[], report: ReportSpan): void {
  let option = -1;
  const clients = words.filter(({ at, word }) => {
    if (!CLIENTS.has(word)) return false;
    if (option < at) option = indexOfOption(text, at);
    return option - at <= OPTION_CHARS_MAX;
  });
  findOptions(text, clients, SHORT_OPTION, report);
}

const CLIENTS: ReadonlySet<string> = new Set(['mysql', 'mariadb', 'sshpass', 'redis-cli']);
/** The name of a client, and what may stand between it and the option. */
const OPTION_CHARS_MAX = 220;

/** `Infinity` where there is none. */
function indexOfOption(text: string, from: number): number {
  OPTION.lastIndex = from;
  return OPTION.exec(text)?.index ?? Infinity;
}

const OPTION = /\s-[pa]/g;

/** Each pattern begins with an anchor. */
function findOptions(text: string, words: readonly WordMark[], pattern: RegExp, report: ReportSpan): void {
  let done = 0;
  for (const { at } of words) {
    if (at < done) continue;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) continue;
    done = pattern.lastIndex;
    const value = found[1] ?? found[2] ?? '';
    if (looksSecret(value)) report(done - value.length, done);
  }
}

const LINE_CHARS_MAX = 4096;
/** Quotes may stand around all of it or around a half. */
const USER = /\s(?:-u|--user)[\s=]{1,4}((?:"[^"\n]{0,256}"|'[^'\n]{0,256}'|[^\s"']{0,256}){1,3})/;
const LONG_OPTION =
  /(?:(?<=--(?:[a-z]{1,16}-){0,3})(?:password|passwd|token|secret)|(?<=--(?:[a-z]{1,16}-){0,3}(?:api|access|secret)-?)key)[ \t]{1,4}["']?([^\s"'<>$-][^\s"'<>]{7,255})/iy;
/** Of clients whose short options for it everybody knows. */
const SHORT_OPTION =
  /\b(?:(?:mysql(?:dump|admin)?|mariadb)\b[^\n|;&]{0,200}?\s-p|sshpass\s{1,4}-p\s{0,4}|redis-cli\b[^\n|;&]{0,200}?\s-a\s{1,4})["']?([^\s"'<>$-][^\s"'<>]{7,255})/y;
const NETRC =
  /(?<=\b(?:machine\s{1,4}\S{1,200}|default)\s{1,8}login\s{1,4}\S{1,200}\s{1,8})password\s{1,4}([^\s"'\\]{4,256})/y;
/** What SQL gives to a user. */
const SQL =
  /(?:password|identified(?:\s{1,4}with\s{1,4}\S{1,64})?\s{1,4}by(?:\s{1,4}password)?)\s{1,4}["']([^"'\s]{8,256})(?=["'])/iy;
/** In the configurations of routers: what is agreed upon with another one, and what has the number of its encoding before it. */
const ROUTER =
  /(?:(?<=\b(?:isakmp|ikev2|tacacs-server|radius-server)\s{1,2})key(?:\s{1,2}[0-9])?\s{1,2}([^\s"'<>$]{8,128})|(?:password|secret|key)\s7\s([0-9A-F]{8,128}))(?=[\s"\\]|$)/y;
const OPTIONS: readonly RegExp[] = [LONG_OPTION, NETRC, SQL, ROUTER];

function hasPassword(value: string): boolean {
  const parts = value.replace(/["']/g, '');
  const colon = parts.indexOf(':');
  if (colon === -1) return false;
  const user = parts.slice(0, colon).replace(/^\{|\}$/g, '');
  const password = parts.slice(colon + 1).replace(/^\{|\}$/g, '');
  const secret = password === '' ? user : password;
  if (secret.length < 6 || isReference(value)) return false;
  return !STAND_INS.test(secret) && !isPlaceholder(secret);
}

/** A variable, a template, the output of a command: the secret itself is somewhere else. */
function isReference(value: string): boolean {
  return /\$[A-Za-z_({0-9]*[A-Za-z_({]|\{\{|<|`|^\[|:\[/.test(value.replace(/[A-Za-z0-9]\$[0-9]/g, ''));
}

const STAND_INS = /^(?:pass|password|passwd|token|secret|user|test|xxx+|yyy+|admin)$/i;
