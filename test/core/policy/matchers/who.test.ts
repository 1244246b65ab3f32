import { expect, it } from 'vitest';
import { createWhoMatcher } from '../../../../src/core/policy/matchers/who.ts';
import { principalOf } from '../../../support/policy.ts';

const NOBODY = { any: false, users: null, groups: null, scopes: [] };

// The schema refuses these; a rule that got past it must still match nobody.
it.each([
  ['no condition', NOBODY],
  ['scopes alone', { ...NOBODY, scopes: ['crm'] }],
  ['an empty list of users', { ...NOBODY, users: [] }],
  ['an empty list of groups', { ...NOBODY, groups: [] }],
  ['an empty list beside any', { ...NOBODY, any: true, groups: [] }],
])('%s matches nobody', (_what, who) => {
  expect(createWhoMatcher(who)(principalOf({ groups: ['staff'], scopes: ['crm'] })).kind).toBe('other');
});

it('tells which scopes are missing, in the order of the rule', () => {
  const match = createWhoMatcher({ ...NOBODY, any: true, scopes: ['c', 'a', 'b'] })(principalOf({ scopes: ['a'] }));
  expect(match).toEqual({ kind: 'lacks-scopes', missing: ['c', 'b'] });
});
