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
  ['the way in one name', { 'a.b': 1 }, ['a', 'b'], false],
  ['the way in one name beside it', { a: { b: 1 }, 'a.b': 2 }, ['a', 'b'], false],
  ['the beginning of the way in one name', { 'a.b': { c: 1 } }, ['a', 'b', 'c'], false],
  ['the end of the way in one name', { a: { 'b.c': 1 } }, ['a', 'b', 'c'], false],
  ['a way past what is looked at', { a: 1, 'a.b': 2 }, ['a'], false],
  ['a way to something beside it', { a: { b: 1 }, 'a.c': 2 }, ['a', 'b'], true],
  ['a way to another place in a list', { items: [1, 2], 'items[1]': 3 }, ['items', 0], true],
  ['a way to the place in a list', { items: [1, 2], 'items[0]': 3 }, ['items', 0], false],
  ['the way that a policy writes as one name', { 'a.b': 1 }, ['a.b'], true],
  ['a member that leads there too', { 'a.b': 1, a: { b: 2 } }, ['a.b'], false],
  ['two members that could lead there too', { 'a.b': 1, a: 2, A: 3 }, ['a.b'], false],
  ['a member that leads nowhere', { 'a.b': 1, a: 2 }, ['a.b'], true],
  ['another spelling of the way that a policy writes as one name', { 'a.b': 1, 'a[b]': 2 }, ['a.b'], false],
  ['the way that a policy writes as one name as one word', { a_b: 1 }, ['a.b'], false],
  ['two ways of writing a way in what a loop goes over', { items: [{ 'a.b': 1, 'a[b]': 2 }] }, ['items'], false],
  ['a way into a member of what a loop goes over', { items: [{ a: {}, 'a.b': 2 }] }, ['items'], false],
  ['labels with dots, as Kubernetes has them', { labels: { app: 'x', 'app.io/name': 'y' } }, ['labels'], true],
])('%s', (_what, args, path, expected) => {
  expect(createReadingCheck([path], [])(args)).toBe(expected);
});

it.each<[string, JsonObject, boolean]>([
  ['the field', { items: [{ owner: 1 }] }, true],
  ['no field', { items: [{ other: 1 }] }, true],
  ['the field in another spelling', { items: [{ owner: 1 }, { Owner: 1 }] }, false],
  ['a way into the field', { items: [{ 'owner.id': 1 }] }, false],
  ['the field of something else in another spelling', { items: [], Owner: 1 }, true],
])('what a loop asks of its items: %s', (_what, args, expected) => {
  expect(createReadingCheck([['items']], ['owner'])(args)).toBe(expected);
});
