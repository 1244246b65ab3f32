import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNamePattern } from '../../../../src/core/policy/matchers/name-pattern.ts';

describe('createNamePattern', () => {
  it.each<[string, string, boolean]>([
    ['get', 'get', true],
    ['get', 'get_deal', false],
    ['get', 'Get', false],
    ['get_*', 'get_', true],
    ['get_*', 'get_deal', true],
    ['get_*', 'xget_deal', false],
    ['*_deal', 'get_deal', true],
    ['*_deal', 'get_deals', false],
    ['*', '', true],
    ['*', 'anything at all', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['ab*ba', 'aba', false],
    ['a*b*c', 'a_b_c', true],
    ['a*b*c', 'a_c_b', false],
    ['*a*a*', 'xaxax', true],
    ['*a*a*', 'xax', false],
    ['a**b', 'ab', true],
    ['a.c', 'abc', false],
    ['a+', 'aa', false],
  ])('%j on %j: %s', (pattern, name, expected) => {
    expect(createNamePattern(pattern).matches(name)).toBe(expected);
  });

  it('agrees with the regular expression that it stands for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(text, name, (pattern, candidate) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(candidate);
        expect(createNamePattern(pattern).matches(candidate)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes time in proportion to the name where a regular expression would not', () => {
    const pattern = createNamePattern(`${'*a'.repeat(60)}*b`);
    expect(pattern.matches('a'.repeat(100_000))).toBe(false);
  });
});
