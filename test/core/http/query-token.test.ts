import { describe, expect, it } from 'vitest';
import { hasQueryToken } from '../../../src/core/http/query-token.ts';

describe('a token in a query', () => {
  it.each([
    '?access_token=x',
    '?access_token',
    '?a=b&ACCESS_TOKEN=x',
    '?a=b;access_token=x',
    '?access%5Ftoken=x',
    '?%61ccess_token=x',
    '?access%255ftoken=x',
    '?access%25255ftoken=x',
    '?%zz&access%5ftoken=x',
    '?access%EF%BC%BFtoken=x',
    '?%EF%BD%81ccess_token=x',
    '?access_token%5B%5D=x',
    '?access-token=x',
    '?accessToken=x',
    '?access+token=x',
    '?access%00_token=x',
    '??access_token=x',
  ])('%s is one', (query) => {
    expect(hasQueryToken(`/mcp${query}`)).toBe(true);
  });

  it('may hide behind as many escapes as it likes', () => {
    expect(hasQueryToken(`/mcp?access%${'25'.repeat(50)}5ftoken=x`)).toBe(true);
  });

  it.each([
    '',
    '?',
    '?a=b',
    '?access=1&token=2',
    '?token=x',
    '?accessible=1',
    '?note=100%25',
    '?note=%zz',
    '?code=a%2Fb',
    '?tool=crm/access_token',
    '?q=access%5Ftoken',
  ])('%j is none', (query) => {
    expect(hasQueryToken(`/mcp${query}`)).toBe(false);
  });

  it('is not looked for in the path', () => {
    expect(hasQueryToken('/access_token')).toBe(false);
  });
});
