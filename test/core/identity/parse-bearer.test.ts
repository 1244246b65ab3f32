import { describe, expect, it } from 'vitest';
import { parseBearer } from '../../../src/core/identity/parse-bearer.ts';

describe('parseBearer', () => {
  it.each(['Bearer abc', 'bearer abc', 'BEARER abc', 'bEaReR abc'])('takes the scheme in any case: %s', (header) => {
    expect(parseBearer(header)).toEqual({ ok: true, value: 'abc' });
  });

  it.each(['a', 'a.b.c', 'A-Z_a~z+0/9==', `${'x'.repeat(8192)}`])('takes the token %.20s as it is', (token) => {
    expect(parseBearer(`Bearer ${token}`)).toEqual({ ok: true, value: token });
  });

  it('tells a header that is not there from one that is wrong', () => {
    expect(parseBearer(undefined)).toEqual({ ok: false, error: 'missing' });
  });

  it.each([
    ['an empty header', ''],
    ['the scheme alone', 'Bearer'],
    ['a token of no characters', 'Bearer '],
    ['two spaces', 'Bearer  x'],
    ['a tab', 'Bearer\tx'],
    ['a space in front', ' Bearer x'],
    ['a space behind', 'Bearer x '],
    ['two credentials in a list', 'Bearer x, Bearer y'],
    ['two tokens', 'Bearer x y'],
    ['a token in quotes', 'Bearer "x"'],
    ['padding alone', 'Bearer =='],
    ['padding inside', 'Bearer a=b'],
    ['another scheme', 'Basic YTpi'],
    ['a scheme that only starts alike', 'Bearerx y'],
    ['a newline', 'Bearer x\n'],
    ['a control character', 'Bearer x\u0000'],
    ['a letter outside ASCII', 'Bearer é'],
    ['one character more than a credential may have', `Bearer ${'x'.repeat(8193)}`],
  ])('refuses %s', (_, header) => {
    expect(parseBearer(header)).toEqual({ ok: false, error: 'malformed' });
  });
});
