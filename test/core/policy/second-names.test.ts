import { describe, expect, it } from 'vitest';
import { renderArguments, renderExactly, renderTemplate } from '../../../src/core/approval/template.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import { NOW_MS, policyOf, principalOf } from '../../support/policy.ts';

/** What the only rule makes of a call: effect and reason. */
function outcomeOf(rule: object, args: JsonObject, classes: object = { read: ['find'] }): string {
  const policy = policyOf([
    { upstream: 'crm', classes, rules: [{ id: 'r', who: { any: true }, tools: ['find'], effect: 'allow', ...rule }] },
  ]);
  const target = { kind: 'tool', upstream: 'crm', name: 'find' } as const;
  const { effect, reasons } = decide(policy, { principal: principalOf(), target, args, nowMs: NOW_MS });
  return `${effect} ${reasons[0].code}`;
}

const UNEVALUABLE = 'deny condition_unevaluable';
const RIGHT = { filter: { owner: 'alice' } };

/** Arguments in which some server finds another owner than the one that the policy looks at, or one where it finds none. */
const SECOND_WAYS: readonly (readonly [string, JsonObject])[] = [
  ['dots', { 'filter.owner': 'bob' }],
  ['brackets', { 'filter[owner]': 'bob' }],
  ['quoted brackets around the name alone', { filter: { '[owner]': 'bob' } }],
  ['a JSON Pointer', { '/filter/owner': 'bob' }],
  ['JSONPath', { '$.filter.owner': 'bob' }],
  ['colons', { 'filter:owner': 'bob' }],
  ['dots of full width', { 'filter\uff0eowner': 'bob' }],
  ['dots and capitals', { 'Filter.Owner': 'bob' }],
  ['dots and blanks', { 'filter . owner ': 'bob' }],
  ['a way through it', { filter: { 'owner.id': 'bob' } }],
  ['a place in it', { filter: { 'owner[0]': 'bob' } }],
  ['a way to its first part', { 'filter.owner[0]': 'bob' }],
  ['capitals inside', { filter: { Owner: 'bob' } }],
  ['capitals around', { Filter: { owner: 'bob' } }],
  ['another sign between words', { filter: { own_er: 'bob' } }],
  ['a blank behind', { filter: { 'owner ': 'bob' } }],
  ['a blank before', { ' filter': { owner: 'bob' } }],
  ['a tab behind', { filter: { 'owner\t': 'bob' } }],
  ['NUL behind', { filter: { 'owner\0': 'bob' } }],
  ['a no-break space behind', { filter: { 'owner\u00a0': 'bob' } }],
  ['a zero-width space', { filter: { 'own\u200ber': 'bob' } }],
  ['a soft hyphen', { filter: { 'own\u00ader': 'bob' } }],
  ['full width', { filter: { '\uff4fwner': 'bob' } }],
  ['a Cyrillic o', { filter: { '\u043ewner': 'bob' } }],
  ['a Greek o', { filter: { '\u03bfwner': 'bob' } }],
  ['an accent', { filter: { 'o\u0301wner': 'bob' } }],
  ['an accent in one character', { filter: { '\u00f3wner': 'bob' } }],
];
/** The same beside what the policy looks at. */
const BESIDE = SECOND_WAYS.map(([what, args]) => {
  const inner = { ...RIGHT.filter, ...(args['filter'] as JsonObject | undefined) };
  return [`${what}, beside it`, { ...args, filter: inner }] as const;
});

describe.each([...SECOND_WAYS, ...BESIDE])('an argument under a second name, by %s', (_what, args) => {
  it.each<[string, string, object]>([
    ['is no way to be allowed', UNEVALUABLE, { when: 'args.filter.owner == "alice"' }],
    ['is no way to be allowed for lack of it', UNEVALUABLE, { when: '!has(args.filter.owner)' }],
    ['is no way to be allowed for lack of a member', UNEVALUABLE, { when: '!("owner" in args.filter)' }],
    ['is no way round what denies', UNEVALUABLE, { effect: 'deny', when: 'args.filter.owner == "bob"' }],
    ['is no way round what asks', UNEVALUABLE, { effect: 'approve', when: 'args.filter.owner == "bob"' }],
    ['is no way round what is bound', 'deny argument_bound', { bind: { 'filter.owner': 'principal.id' } }],
  ])('%s', (_sentence, expected, rule) => {
    expect(outcomeOf(rule, args)).toBe(expected);
  });

  it('is not told to an approver as the one that counts', () => {
    const facts = { args, principal: { id: 'alice', name: 'Alice' } };
    expect(renderTemplate('of {{args.filter.owner}}', facts)).toBe('of (not given, or under several names)');
    expect(renderExactly('{{args.filter.owner}}', facts)).toBe(null);
    expect(renderArguments({ id: '{{args.filter.owner}}' }, facts)).toBe(null);
  });
});

describe('an argument that tells the class', () => {
  const classes = { byArgument: { find: { argument: 'do_it', read: ['get'], never: ['purge'] } } };
  it.each<[string, JsonObject]>([
    ['dots', { 'do.it': 'purge' }],
    ['a way through it', { 'do_it.now': 'purge' }],
    ['brackets', { 'do_it[]': 'purge' }],
    ['a place in it', { 'do_it[0]': 'purge' }],
    ['capitals', { Do_It: 'purge' }],
    ['another sign between words', { 'do-it': 'purge' }],
    ['a blank between words', { 'do it': 'purge' }],
    ['a blank behind', { 'do_it ': 'purge' }],
    ['NUL behind', { 'do_it\0': 'purge' }],
    ['a Cyrillic o', { 'd\u043e_it': 'purge' }],
    ['an accent', { 'do\u0301_it': 'purge' }],
  ])('counts as the worst where there is a second one, by %s', (_what, args) => {
    expect(outcomeOf({}, { do_it: 'get', ...args }, classes)).toBe('deny class_never');
    expect(outcomeOf({}, args, classes)).toBe('deny class_never');
  });

  it('counts as what it says beside another argument', () => {
    expect(outcomeOf({}, { do_it: 'get', do_that: 'purge', 'do.that': 1 }, classes)).toBe('allow rule_allows');
  });
});

it.each<[string, JsonObject]>([
  ['another word', { owned: 'bob' }],
  ['a longer word', { owners: 'bob' }],
  ['dots elsewhere', { 'sort.by': 'owner' }],
  ['a way beside it', { 'filter.stage': 'won' }],
  ['its last name alone', { owner: 'bob' }],
  ['a way to the same name elsewhere', { 'sort.owner': 'bob' }],
  ['both names as one word', { filterOwner: 'bob' }],
])('an argument is no second name for another one: %s', (_what, more) => {
  const args = { ...RIGHT, ...more };
  expect(outcomeOf({ when: 'args.filter.owner == "alice"' }, args)).toBe('allow rule_allows');
  expect(outcomeOf({ bind: { 'filter.owner': 'principal.id' } }, args)).toBe('allow rule_allows');
  const facts = { args, principal: { id: 'alice', name: 'Alice' } };
  expect(renderTemplate('of {{args.filter.owner}}', facts)).toBe('of alice');
});
