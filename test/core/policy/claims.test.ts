import { describe, expect, it } from 'vitest';
import { claimantsOf, grantsSome, offersTo, speaksOf } from '../../../src/core/policy/claims.ts';
import { policyOf, principalOf } from '../../support/policy.ts';

const policy = policyOf([
  {
    upstream: 'wiki',
    rules: [
      { id: 'pages', who: { groups: ['staff'] }, resources: ['wiki://**'], effect: 'allow', completion: true },
      { id: 'none', resources: ['wiki://secret/**'], effect: 'deny' },
    ],
  },
  { upstream: 'crm', rules: [{ id: 'texts', who: { groups: ['sales'] }, prompts: ['mail'], effect: 'approve' }] },
  { upstream: 'shut', rules: [{ id: 'never', resources: ['wiki://**'], effect: 'deny' }] },
  {
    upstream: 'tools',
    classes: { read: ['get'] },
    rules: [{ id: 'get', who: { groups: ['staff'], scopes: ['read'] }, tools: ['get'], effect: 'allow' }],
  },
]);
const ALL = ['wiki', 'crm', 'shut', 'tools', 'unknown'];
const staff = principalOf({ groups: ['staff'] });
const sales = principalOf({ groups: ['sales'] });

describe('whose a URI is', () => {
  it.each([
    ['wiki://a', ['wiki']],
    // That it is denied to everybody does not make it somebody else's.
    ['wiki://secret/a', ['wiki']],
    ['crm://a', []],
  ])('%s belongs to %j', (name, expected) => {
    expect(claimantsOf(policy, ALL, { kind: 'resource', name })).toEqual(expected);
  });

  it('is asked of those upstreams alone that are named', () => {
    expect(claimantsOf(policy, ['crm', 'shut'], { kind: 'resource', name: 'wiki://a' })).toEqual([]);
  });
});

describe('what a host may be told that there is', () => {
  it.each([
    ['staff', staff, ALL, { resources: true, prompts: false, completions: true }],
    ['sales', sales, ALL, { resources: false, prompts: true, completions: false }],
    [
      'staff of other upstreams',
      staff,
      ['crm', 'shut', 'tools', 'unknown'],
      { resources: false, prompts: false, completions: false },
    ],
    ['others', principalOf(), ALL, { resources: false, prompts: false, completions: false }],
  ] as const)('%s', (_who, principal, upstreams, expected) => {
    expect(offersTo(policy, upstreams, principal)).toEqual(expected);
  });
});

describe('who has anything to do with an upstream', () => {
  it.each([
    ['wiki', staff, true],
    ['wiki', sales, false],
    ['crm', sales, true],
    ['shut', staff, false],
    ['unknown', staff, false],
    // A scope is missing, which only a credential could mend.
    ['tools', staff, false],
    ['tools', principalOf({ groups: ['staff'], scopes: ['read'] }), true],
  ] as const)('%s', (upstream, principal, expected) => {
    expect(grantsSome(policy, upstream, principal)).toBe(expected);
  });
});

describe('what rules speak of', () => {
  it.each([
    ['wiki', 'resources', true],
    ['wiki', 'prompts', false],
    ['crm', 'prompts', true],
    ['tools', 'resources', false],
    ['unknown', 'resources', false],
  ] as const)('%s, %s: %s', (upstream, kind, expected) => {
    expect(speaksOf(policy, upstream, kind)).toBe(expected);
  });
});
