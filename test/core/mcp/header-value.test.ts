import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHeaderValue } from '../../../src/core/mcp/header-value.ts';

describe('decodeHeaderValue', () => {
  it.each<[string, string, string | null]>([
    ['plain text', 'us-west1', 'us-west1'],
    ['blanks and tabs inside', 'a b\tc', 'a b\tc'],
    ['text outside ASCII', '=?base64?SGVsbG8sIOS4lueVjA==?=', 'Hello, 世界'],
    ['blanks around', '=?base64?IHBhZGRlZCA=?=', ' padded '],
    ['a line break', '=?base64?bGluZTEKbGluZTI=?=', 'line1\nline2'],
    ['what looks encoded itself', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=', '=?base64?literal?='],
    ['nothing, encoded', '=?base64??=', ''],
    ['only the start of the mark', '=?base64?abc', '=?base64?abc'],
    ['start and end that overlap', '=?base64?=', '=?base64?='],
    ['the mark in capitals, which is no mark', '=?BASE64?cmVhZA==?=', '=?BASE64?cmVhZA==?='],
    ['no padding', '=?base64?cmVhZA?=', null],
    ['too much padding', '=?base64?cmVhZA===?=', null],
    ['bits that are not zero at the end', '=?base64?cmVhZB==?=', null],
    ['the URL alphabet', '=?base64?Pz8_?=', null],
    ['a blank inside', '=?base64?cmVh ZA==?=', null],
    ['bytes that are not UTF-8', '=?base64?wK8=?=', null],
    ['a control character', 'a\u0001b', null],
    ['DEL', 'a\u007fb', null],
    ['a character outside ASCII', 'caf\u00e9', null],
    ['a blank at the end', 'a ', null],
  ])('%s', (_sentence, value, decoded) => {
    expect(decodeHeaderValue(value)).toBe(decoded);
  });

  it('finds every text again that was encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = `=?base64?${Buffer.from(text).toString('base64')}?=`;
        expect(decodeHeaderValue(encoded)).toBe(text);
      }),
    );
  });
});
