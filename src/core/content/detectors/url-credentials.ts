import { isPlaceholder } from '../placeholder.ts';
import type { WordMark } from './anchor-words.ts';
import type { Detector, ReportSpan } from './detector.ts';

/** The password of `scheme://user:password@host`, in URLs and in connection strings of databases and queues (RFC 3986 §3.2.1). */
export const urlCredentials: Detector = {
  name: 'url-password',
  class: 'secret',
  find(text, report, { words }) {
    if (!text.includes('@')) return;
    for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
      USER_INFO.lastIndex = at + 3;
      const found = USER_INFO.exec(text);
      const password = found?.[1] ?? '';
      if (password === '' || isPlaceholder(password) || STAND_INS.has(password.toLowerCase())) continue;
      const end = USER_INFO.lastIndex - 1;
      report(end - password.length, end);
    }
    findOracle(text, words, report);
  },
};

/** `jdbc:oracle:thin:user/password@…`, which has no `://` before it. */
function findOracle(text: string, words: readonly WordMark[], report: ReportSpan): void {
  for (const { word, at } of words) {
    if (word !== 'oracle' || !text.startsWith(ORACLE, at - ORACLE_AT)) continue;
    ORACLE_USER.lastIndex = at - ORACLE_AT + ORACLE.length;
    const password = ORACLE_USER.exec(text)?.[1] ?? '';
    const end = ORACLE_USER.lastIndex - 1;
    if (password !== '' && !isPlaceholder(password)) report(end - password.length, end);
  }
}

const ORACLE = 'jdbc:oracle:';
const ORACLE_AT = ORACLE.indexOf('oracle');
const ORACLE_USER = /[a-z0-9]{2,8}:[^\s/@:"'<>\\]{1,128}\/([^\s/@"'<>\\]{3,256})@/y;
const USER_INFO = /[^\s/?#@:"'<>\\]{0,128}:([^\s/?#"'<>\\]{3,256})@(?=[A-Za-z0-9[])/y;
const STAND_INS: ReadonlySet<string> = new Set(['password', 'pass', 'pwd', 'secret', 'token', 'xxx']);
