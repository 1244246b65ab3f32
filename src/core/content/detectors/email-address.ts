import type { Detector } from './detector.ts';

/** An e-mail address as people write them: RFC 5321 without quoted local parts, and a domain with a letter at its end. */
export const emailAddress: Detector = {
  name: 'email',
  class: 'email',
  find(text, report) {
    for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
      let start = at;
      while (start > 0 && at - start < LOCAL_CHARS_MAX && isLocal(text, start - 1)) start -= 1;
      while (start < at && text.charAt(start) === '.') start += 1;
      DOMAIN.lastIndex = at + 1;
      if (start === at || !DOMAIN.test(text)) continue;
      // Where a repository is: `git@github.com:org/repo`.
      if (text.slice(start, at) === 'git' && text.charAt(DOMAIN.lastIndex) === ':') continue;
      report(start, DOMAIN.lastIndex);
    }
  },
};

const LOCAL_CHARS_MAX = 64;
function isLocal(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128 ? ASCII_LOCAL[code] === 1 : LOCAL.test(text.charAt(at));
}

/** RFC 5321 allows more, and what people use ends before a quote, a slash or an equals sign. */
const LOCAL = /[\p{L}\p{N}._%+-]/u;
const ASCII_LOCAL: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) =>
  LOCAL.test(String.fromCharCode(code)) ? 1 : 0,
);
const DOMAIN = /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}-])/uy;
