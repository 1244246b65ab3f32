import { describe, expect, it } from 'vitest';
import { parseCpuList } from '../../bench/machine.ts';

describe('parseCpuList', () => {
  it.each([
    ['0', [0]],
    ['0-1', [0, 1]],
    ['2,5', [2, 5]],
    ['0-2,7,9-10', [0, 1, 2, 7, 9, 10]],
  ])('reads %s', (text, cpus) => {
    expect(parseCpuList(text)).toEqual(cpus);
  });
});
