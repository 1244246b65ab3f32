import type { Detector, ReportSpan } from './detector.ts';

/**
 * Private keys in PEM armour (RFC 7468, OpenPGP) and in the files of PuTTY; also where the lines are escaped or stand in strings of
 * their own, and from the head on where the end is cut off.
 */
export const privateKey: Detector = {
  name: 'private-key',
  class: 'secret',
  find(text, report) {
    for (let word = text.indexOf('BEGIN '); word !== -1; word = text.indexOf('BEGIN ', word + 1)) {
      HEAD.lastIndex = word - 5;
      if (word < 5 || !HEAD.test(text)) continue;
      const end = endOfKey(text, HEAD.lastIndex);
      if (end === null) continue;
      report(word - 5, end);
      word = end - 1;
    }
    findPuttyKeys(text, report);
  },
};

/** `null`: no key stands there. A foot far away belongs to something else. */
function endOfKey(text: string, bodyStart: number): number | null {
  const next = text.indexOf('-----', bodyStart);
  if (next !== -1 && next - bodyStart <= KEY_CHARS_MAX) {
    if (next - bodyStart < KEY_CHARS_MIN || STAND_IN.test(text.slice(bodyStart, bodyStart + STAND_IN_CHARS_MAX)))
      return null;
    FOOT.lastIndex = next;
    return FOOT.test(text) ? FOOT.lastIndex : next;
  }
  BODY.lastIndex = bodyStart;
  return BODY.test(text) ? BODY.lastIndex : null;
}

/** Less is no key, and often a word in the place of one. */
const KEY_CHARS_MIN = 24;
const KEY_CHARS_MAX = 16 * 1024;
const STAND_IN_CHARS_MAX = 64;
const STAND_IN = /[<[{]|\.\.\.|…|\*{3}|x{8}|your|example|placeholder|redacted/i;
const HEAD = /-----BEGIN[ A-Z0-9_-]{0,60}PRIVATE KEY(?: BLOCK)?-----/iy;
const FOOT = /-----END[ A-Z0-9_-]{0,80}-----/iy;
const BODY = /[A-Za-z0-9+/=\s\\"',]{24,16384}/y;

const PUTTY_HEAD = 'PuTTY-User-Key-File-';
const PUTTY_PRIVATE = 'Private-Lines: ';
const PUTTY_LINES = /[0-9]{1,4}(?:(?:\r?\n|\\r|\\n){1,2}[A-Za-z0-9+/=]{1,128}){1,64}/y;

/** Each part is looked for from where the one before was found, so no text is looked at twice. */
function findPuttyKeys(text: string, report: ReportSpan): void {
  let lines = -1;
  for (let at = text.indexOf(PUTTY_HEAD); at !== -1; at = text.indexOf(PUTTY_HEAD, at + PUTTY_HEAD.length)) {
    if (lines < at) lines = text.indexOf(PUTTY_PRIVATE, at);
    if (lines === -1) return;
    PUTTY_LINES.lastIndex = lines + PUTTY_PRIVATE.length;
    if (lines - at <= KEY_CHARS_MAX && PUTTY_LINES.test(text)) report(at, PUTTY_LINES.lastIndex);
  }
}
