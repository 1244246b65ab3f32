import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUriPattern } from '../../../../src/core/policy/matchers/uri-pattern.ts';

describe('createUriPattern', () => {
  it.each<[string, string, boolean]>([
    ['crm://deals/1', 'crm://deals/1', true],
    ['crm://deals/1', 'crm://deals/12', false],
    ['crm://deals/1', 'CRM://deals/1', false],
    ['crm://deals/*', 'crm://deals/1', true],
    ['crm://deals/*', 'crm://deals/', true],
    ['crm://deals/*', 'crm://deals/1/notes', false],
    ['crm://deals/*', 'crm://deals/1?all=yes', false],
    ['crm://deals/*', 'crm://deals/1#x', false],
    ['crm://deals/*/notes', 'crm://deals/1/notes', true],
    ['crm://deals/*/notes', 'crm://deals/1/2/notes', false],
    ['crm://deals/**', 'crm://deals/1/notes?all=yes', true],
    ['crm://deals/**', 'crm://leads/1', false],
    ['crm://**/notes', 'crm://a/b/notes', true],
    ['crm://**/notes', 'crm://a/b/notes/1', false],
    ['crm://*/a*b', 'crm://x/ab', true],
    ['crm://*/a*b', 'crm://x/a/b', false],
    ['**', 'file:///etc/passwd', true],
    ['**', 'ui://board', false],
    ['ui://**', 'ui://board', true],
    ['crm://a.c', 'crm://abc', false],
    ['crm://[a]', 'crm://a', false],
  ])('%j on %j: %s', (pattern, uri, expected) => {
    expect(createUriPattern(pattern).matches(uri)).toBe(expected);
  });

  it('agrees with the regular expression that it stands for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '/', '*', '**'), maxLength: 8 });
    const uri = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 });
    fc.assert(
      fc.property(text, uri, (pattern, candidate) => {
        const source = pattern.replaceAll(/\*\*|\*/g, (stars) => (stars === '*' ? '[^/?#]*' : '.*'));
        expect(createUriPattern(pattern).matches(candidate)).toBe(new RegExp(`^${source}$`).test(candidate));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no more time where a regular expression would try every way', () => {
    expect(createUriPattern(`${'**a'.repeat(60)}**b`).matches('a'.repeat(2048))).toBe(false);
  });
});
