import { Buffer } from 'node:buffer';
import type { Detector } from './detector.ts';
import { HAS_LONG_RUN } from '../text-traits.ts';

/** A JSON Web Token (RFC 7519): two or more parts in base64url, the first of them a JSON object that names an algorithm. */
export const jsonWebToken: Detector = {
  name: 'jwt',
  class: 'secret',
  needs: HAS_LONG_RUN,
  find(text, report) {
    let from = 0;
    for (;;) {
      const at = text.indexOf('eyJ', from);
      if (at === -1) return;
      from = at + 3;
      if (at > 0 && WORD.test(text.charAt(at - 1))) continue;
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(text);
      if (token === null) continue;
      from = TOKEN.lastIndex;
      if (isHeader(token[1] ?? '') && isJsonObject(token[2] ?? '')) report(at, from);
    }
  },
};

const WORD = /[A-Za-z0-9_-]/;
const TOKEN = /(eyJ[A-Za-z0-9_-]+)\.((?:eyJ|ew|ey)[A-Za-z0-9_-]{8,})(?:\.[A-Za-z0-9_-]*){0,3}/y;

/** A header is small; what is longer is not decoded. */
const HEADER_CHARS_MAX = 4096;

function isHeader(part: string): boolean {
  if (part.length > HEADER_CHARS_MAX) return false;
  try {
    const header: unknown = JSON.parse(decode(part));
    return typeof header === 'object' && header !== null && ['alg', 'typ', 'kid', 'enc'].some((name) => name in header);
  } catch {
    return false;
  }
}

function isJsonObject(part: string): boolean {
  const text = decode(part.slice(0, HEADER_CHARS_MAX)).trimStart();
  return text.startsWith('{') && text.includes('"');
}

function decode(part: string): string {
  return Buffer.from(part, 'base64url').toString('latin1');
}
