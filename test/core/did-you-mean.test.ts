import { expect, it } from 'vitest';
import { didYouMean } from '../../src/core/did-you-mean.ts';

it.each<[string, string | null]>([
  ['efect', 'effect'],
  ['effetc', 'effect'],
  ['Effect', 'effect'],
  ['effects', 'effect'],
  ['tool', 'tools'],
  ['whom', 'who'],
  ['zebra', null],
  ['x', null],
])('%s: %s', (word, expected) => {
  expect(didYouMean(word, ['id', 'who', 'tools', 'effect', 'reason'])).toBe(expected);
});
