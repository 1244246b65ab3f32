import { describe, expect, it } from 'vitest';
import { formatToken, hashToken, isTokenHash, parseToken } from '../../../src/core/identity/token-format.ts';

const ID = `tok_${'aB3-_'.repeat(4)}zz`;
const SECRET = 'Zz09-_'.repeat(7).padEnd(44, 'q');
const TEXT = formatToken({ plane: 'mcp', id: ID, secret: SECRET });

describe('gateway-issued tokens', () => {
  it.each(['mcp', 'admin'] as const)('of the %s plane are read as they were written', (plane) => {
    const token = { plane, id: ID, secret: SECRET };
    expect(parseToken(formatToken(token))).toEqual(token);
  });

  it.each([
    ['another prefix', TEXT.replace('csm', 'csx')],
    ['another case of the prefix', TEXT.replace('csm', 'CSM')],
    ['a newline at the end', `${TEXT}\n`],
    ['a space in front', ` ${TEXT}`],
    ['one character too few', TEXT.slice(0, -1)],
    ['one character too many', `${TEXT}A`],
    ['a digit of another script', `${TEXT.slice(0, -1)}٣`],
    ['padding', `${TEXT.slice(0, -1)}=`],
    ['a plus sign', `${TEXT.slice(0, -1)}+`],
    ['no secret', TEXT.slice(0, 27)],
    ['nothing', ''],
  ])('are not recognised with %s', (_, text) => {
    expect(parseToken(text)).toBeNull();
  });

  it.each([
    ['id', { plane: 'mcp', id: 'tok_short', secret: SECRET }],
    ['kind of id', { plane: 'mcp', id: ID.replace('tok', 'apr'), secret: SECRET }],
    ['secret', { plane: 'mcp', id: ID, secret: 'short' }],
  ] as const)('are never written with a wrong %s', (_, token) => {
    expect(() => formatToken(token)).toThrow('not of the form');
  });

  it('are compared by the hash of the whole text', () => {
    expect(isTokenHash(hashToken(TEXT), TEXT)).toBe(true);
  });

  it.each([
    ['the same id and secret on the other plane', TEXT.replace('csm', 'csa')],
    ['another secret', `${TEXT.slice(0, -1)}A`],
    ['a secret in another case', TEXT.toUpperCase()],
  ])('do not match %s', (_, other) => {
    expect(isTokenHash(hashToken(TEXT), other)).toBe(false);
  });

  it.each(['', 'zz', hashToken(TEXT).slice(0, 32), `${hashToken(TEXT)}00`])(
    'never match a damaged stored hash: %j',
    (stored) => {
      expect(isTokenHash(stored, TEXT)).toBe(false);
    },
  );
});
