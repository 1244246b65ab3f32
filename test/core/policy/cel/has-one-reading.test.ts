import { expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/json/value.ts';
import { createReadingCheck } from '../../../../src/core/policy/cel/has-one-reading.ts';
import type { ArgumentPath } from '../../../../src/core/policy/cel/input-limits.ts';

it.each<[string, JsonObject, ArgumentPath, boolean]>([
  ['plain arguments', { amount: 1, other: 2 }, ['amount'], true],
  ['a second spelling', { amount: 1, Amount: 2 }, ['amount'], false],
  ['a second spelling with another sign', { 'a-b': 1, a_b: 2 }, ['a_b'], false],
  ['a second spelling in another form of Unicode', { café: 1, 'cafe\u0301': 2 }, ['café'], false],
  ['a long s', { rows: 1, 'row\u017f': 2 }, ['rows'], false],
  ['the second spelling alone', { Amount: 2 }, ['amount'], false],
  ['a second spelling of what is not looked at', { amount: 1, b: 1, B: 2 }, ['amount'], true],
  ['a second spelling further in', { a: { b: 1, B: 2 } }, ['a', 'b'], false],
  ['a second spelling beside the way there', { a: { b: 1 }, A: {} }, ['a', 'b'], false],
  ['a second spelling beside what is looked at', { a: { b: 1, c: 1, C: 1 } }, ['a', 'b'], true],
  ['two spellings in what a loop goes over', { items: [{ n: 1 }, { n: 1, N: 2 }] }, ['items'], false],
  ['two spellings in an item that is not looked at', { items: [{ n: 1 }, { n: 1, N: 2 }] }, ['items', 0], true],
  ['two spellings in the item that is looked at', { items: [{ n: 1, N: 2 }] }, ['items', 0, 'n'], false],
  ['a name that is no place in a list', { items: [{ n: 1, N: 2 }] }, ['items', 'n'], true],
  ['two spellings anywhere in all arguments', { a: { b: { c: 1, C: 1 } } }, [], false],
  ['a text where an object is expected', { a: 'b' }, ['a', 'b'], true],
])('%s', (_what, args, path, expected) => {
  expect(createReadingCheck([path])(args)).toBe(expected);
});
