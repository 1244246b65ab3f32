import { describe, expect, it } from 'vitest';
import { median, percentile } from '../../bench/statistics.ts';

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => n + 1);

  it.each([
    ['the middle of a hundred', hundred, 0.5, 50],
    ['the 99th of a hundred', hundred, 0.99, 99],
    ['the last of a hundred', hundred, 1, 100],
    ['the slower one of two, so that a rare stall is not hidden', [1, 900], 0.99, 900],
    ['the only one', [7], 0.01, 7],
    ['nothing of nothing', [], 0.5, null],
  ])('is %s', (_name, sorted, share, expected) => {
    expect(percentile(sorted, share)).toBe(expected);
  });
});

describe('median', () => {
  it.each([
    ['the middle one, in whatever order they come', [9, 1, 5], 5],
    ['the mean of the two in the middle', [4, 1, 3, 100], 3.5],
    ['that of the rounds that could be measured', [null, 3, null], 3],
    ['nothing when none could', [null, null], null],
    ['nothing of nothing', [], null],
  ])('is %s', (_name, values, expected) => {
    expect(median(values)).toBe(expected);
  });
});
