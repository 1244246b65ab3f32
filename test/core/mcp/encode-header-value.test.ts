import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHeaderValue } from '../../../src/core/mcp/encode-header-value.ts';
import { decodeHeaderValue } from '../../../src/core/mcp/header-value.ts';

describe('encode header value', () => {
  // The first five rows are the specification's own examples.
  it.each([
    ['plain ASCII stays', 'us-west1', 'us-west1'],
    ['beyond ASCII is encoded', 'Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
    ['spaces at the ends are encoded', ' padded ', '=?base64?IHBhZGRlZCA=?='],
    ['a line feed is encoded', 'line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
    ['what looks encoded is encoded', '=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
    ['spaces inside stay', 'a  b', 'a  b'],
    ['a tab is encoded', 'a\tb', '=?base64?YQli?='],
    ['an empty text is encoded', '', '=?base64??='],
    ['CR LF and a header are encoded', 'a\r\nx-evil: 1', '=?base64?YQ0KeC1ldmlsOiAx?='],
    ['the shortest thing that looks encoded is encoded', '=?base64?=', '=?base64?PT9iYXNlNjQ/PQ==?='],
  ])('%s', (_sentence, text, encoded) => {
    expect(encodeHeaderValue(text)).toBe(encoded);
  });

  it('is undone by decoding, and is always visible ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = encodeHeaderValue(text);
        expect(encoded).toMatch(/^[ -~]+$/);
        expect(decodeHeaderValue(encoded)).toBe(text);
      }),
    );
  });
});
