import { Buffer } from 'node:buffer';

/**
 * A text as the value of an `Mcp-Name` or `Mcp-Param-*` header (2026-07-28, Streamable HTTP, "Value Encoding"): itself where that is
 * plain visible ASCII, otherwise `=?base64?…?=` over its UTF-8, so that no argument can end a header or begin another.
 */
export function encodeHeaderValue(text: string): string {
  if (PLAIN.test(text) && !(text.startsWith('=?base64?') && text.endsWith('?='))) return text;
  return `=?base64?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

/** Visible ASCII, spaces inside only: whitespace at the ends does not survive HTTP, and an empty value need not either. */
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/;
