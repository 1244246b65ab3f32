import { describe, expect, it } from 'vitest';
import { isLike } from '../../../../src/core/policy/cel/is-like.ts';

describe('isLike', () => {
  it.each([
    ['feature/x', 'feature/*', true],
    ['feature/x/y', 'feature/*', true],
    ['Feature/x', 'feature/*', false],
    ['fix/x', 'feature/*', false],
    ['main', 'main', true],
    ['main2', 'main', false],
  ])('%s is like %s: %s, however often it is asked', (text, pattern, expected) => {
    expect([isLike(text, pattern), isLike(text, pattern)]).toEqual([expected, expected]);
  });

  it('takes more patterns than it remembers', () => {
    for (let index = 0; index < 10_050; index++) isLike('x', `p${index}*`);
    expect(isLike('p10049-x', 'p10049*')).toBe(true);
    expect(isLike('x', 'p10049*')).toBe(false);
  });
});
