import { Buffer, isUtf8 } from 'node:buffer';

const SENTINEL_START = '=?base64?';
const SENTINEL_END = '?=';

/**
 * The text that an `Mcp-Name` or `Mcp-Param-*` header stands for (2026-07-28, "Value Encoding"), or `null` where the header is not
 * well-formed. Only one spelling of each text is accepted, so no other reader can decode it to something else.
 */
export function decodeHeaderValue(value: string): string | null {
  if (value.startsWith(SENTINEL_START) && value.endsWith(SENTINEL_END) && value.length >= SENTINEL_LENGTH) {
    return decodeBase64(value.slice(SENTINEL_START.length, -SENTINEL_END.length));
  }
  return isPlain(value) ? value : null;
}

const SENTINEL_LENGTH = SENTINEL_START.length + SENTINEL_END.length;

function decodeBase64(text: string): string | null {
  const bytes = Buffer.from(text, 'base64');
  // Buffer skips what is not base64 and takes any padding; writing it again shows whether it did.
  if (bytes.toString('base64') !== text) return null;
  return isUtf8(bytes) ? bytes.toString('utf8') : null;
}

/** Visible ASCII, with spaces and tabs inside. */
function isPlain(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if ((code < 0x20 && code !== 0x09) || code > 0x7e) return false;
  }
  return value === value.trim();
}
