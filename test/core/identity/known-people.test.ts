import { describe, expect, it } from 'vitest';
import { createKnownPeople } from '../../../src/core/identity/known-people.ts';

const people = createKnownPeople([
  ['olivia', 'olivia.meyer@example.com', 'https://login.example.com#00u1'],
  ['Otto', 'o.b@example.com'],
]);

describe('the names of a person', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'are all of their list',
      ['olivia'],
      ['olivia', 'olivia.meyer@example.com', 'https://login.example.com#00u1', '00u1'],
    ],
    ['whichever of them is known', ['https://login.example.com#00u1'], ['olivia', '00u1']],
    ['in any case', ['OLIVIA.Meyer@Example.com'], ['olivia']],
    ['in one normal form', ['ｏｌｉｖｉａ'], ['olivia.meyer@example.com']],
    ['by the subject alone', ['00u1'], ['olivia']],
    ['of whichever issuer, as with all names', ['https://elsewhere.example.com#olivia'], ['00u1']],
    ['and none but their own where nothing is said', ['oscar'], ['oscar']],
  ])('%s', (_what, names, expected) => {
    expect([...people.namesOf(names)]).toEqual(expect.arrayContaining([...expected]));
  });

  it('are never those of others', () => {
    const olivia = people.namesOf(['olivia']);
    const otto = people.namesOf(['otto']);
    expect([...olivia].filter((name) => otto.has(name))).toEqual([]);
    expect([...people.namesOf(['oscar'])]).toEqual(['oscar']);
    expect([...createKnownPeople([]).namesOf(['a#b'])]).toEqual(['a#b', 'b']);
  });

  it('go over lists that share one, in whatever order they stand', () => {
    const accounts = [
      ['c', 'd'],
      ['b', 'c'],
      ['olivia', 'b'],
      ['x', 'y'],
    ];
    expect([...people.namesOf(['d'], accounts)]).toEqual(expect.arrayContaining(['olivia', '00u1', 'b', 'c', 'd']));
    expect([...people.namesOf(['d'], accounts.toReversed())]).toEqual(expect.arrayContaining(['olivia', '00u1']));
    expect(people.namesOf(['d'], accounts).has('x')).toBe(false);
  });

  it('are told as the operator wrote them, without those that are asked about', () => {
    expect(people.othersOf(['OTTO'])).toEqual(['o.b@example.com']);
    expect(people.othersOf(['o.b@example.com'])).toEqual(['Otto']);
    expect(people.othersOf(['oscar'])).toEqual([]);
  });
});
