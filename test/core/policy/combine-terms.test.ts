import { describe, expect, it } from 'vitest';
import type { ApprovalTerms } from '../../../src/core/policy/decision.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import { NOW_MS, policyOf, principalOf } from '../../support/policy.ts';

/** The terms of a call that these approvals are asked for; `deny` where nobody could give them. */
function terms(approvals: readonly (object | null)[], approversMin = 1): ApprovalTerms | 'deny' {
  const rules = approvals.map((approval, index) => ({
    id: `r${index}`,
    who: { any: true },
    tools: ['put'],
    effect: 'approve',
    ...(approval !== null && { approval }),
  }));
  const policy = policyOf([{ upstream: 'crm', classes: { read: ['get'], write: ['put'] }, rules }], { approversMin });
  const target = { kind: 'tool', upstream: 'crm', name: 'put' } as const;
  const decision = decide(policy, { principal: principalOf(), target, args: {}, nowMs: NOW_MS });
  return decision.effect === 'approve' ? decision.terms : 'deny';
}

describe('the terms of several rules that ask', () => {
  it('are those of the environment where none says more', () => {
    expect(terms([null, {}])).toEqual({
      approverGroups: [],
      approversNeeded: 1,
      expiresInMs: 1_800_000,
      approverUsers: [],
      byRequester: false,
      summary: null,
      preview: null,
      confirm: null,
      reauthenticateMs: null,
      grant: null,
    });
  });

  it.each<[string, readonly (object | null)[], number, object | 'deny']>([
    [
      'groups that all accept',
      [{ by: { groups: ['b', 'a', 'c'] } }, { by: { groups: ['a', 'b'] } }],
      1,
      { approverGroups: ['a', 'b'] },
    ],
    ['groups that one names', [null, { by: { groups: ['a'] } }], 1, { approverGroups: ['a'] }],
    ['no group in common', [{ by: { groups: ['a'] } }, { by: { groups: ['b'] } }], 1, 'deny'],
    ['the most people', [{ count: 3 }, { count: 2 }], 1, { approversNeeded: 3 }],
    ['at least as many as the environment wants', [{ count: 2 }], 4, { approversNeeded: 4 }],
    ['the first end', [{ expires: '5m' }, { expires: '2m' }], 1, { expiresInMs: 120_000 }],
    ['the end of the environment, which is sooner', [{ expires: '2h' }, null], 1, { expiresInMs: 1_800_000 }],
    ['the requester, where all leave it to them', [{ by: 'requester' }, { by: 'requester' }], 1, { byRequester: true }],
    ['somebody else, where one rule wants that', [{ by: 'requester' }, null], 1, { byRequester: false }],
    ['somebody else, where the environment wants two', [{ by: 'requester' }], 2, { byRequester: false }],
    ['the summary that there is', [null, { summary: 'Set {{args.id}}' }], 1, { summary: 'Set {{args.id}}' }],
    ['people whom all accept', [{ by: { users: ['b', 'a'] } }, { by: { users: ['a'] } }], 1, { approverUsers: ['a'] }],
    ['no person in common', [{ by: { users: ['a'] } }, { by: { users: ['b'] } }], 1, 'deny'],
    ['what must be typed', [null, { confirm: '{{args.id}}' }], 1, { confirm: '{{args.id}}' }],
    [
      'the freshest sign-in',
      [{ reauthenticate: '9m' }, {}, { reauthenticate: '5m' }],
      1,
      { reauthenticateMs: 300_000 },
    ],
    [
      'the smallest of what all offer',
      [{ grant: { count: 9, for: '5m' } }, { grant: { count: 4, for: '9m' } }],
      1,
      { grant: { count: 4, forMs: 300_000 } },
    ],
    ['no offer, where one makes none', [{ grant: { count: 9, for: '5m' } }, {}], 1, { grant: null }],
    ['no offer, where one says nothing', [{ grant: { count: 9, for: '5m' } }, null], 1, { grant: null }],
    [
      'the preview that there is',
      [null, { preview: { tool: 'get', args: { id: '{{args.id}}' } } }],
      1,
      { preview: { tool: 'get', args: { id: '{{args.id}}' } } },
    ],
  ])('are %s', (_what, approvals, approversMin, expected) => {
    const found = terms(approvals, approversMin);
    if (expected === 'deny') expect(found).toBe('deny');
    else expect(found).toMatchObject(expected);
  });
});

const BIG = 'args.amount > 5';

it('a listing is told the terms of all rules, where somebody could satisfy them', () => {
  const rules = [{ approval: { count: 2 } }, { approval: { count: 3 }, when: BIG }].map((each, index) => {
    return { id: `r${index}`, who: { any: true }, tools: ['put'], effect: 'approve', ...each };
  });
  const policy = policyOf([{ upstream: 'crm', classes: { write: ['put'] }, rules }]);
  const target = { kind: 'tool', upstream: 'crm', name: 'put' } as const;
  const decision = decide(policy, { principal: principalOf(), target, args: null, nowMs: NOW_MS });
  expect(decision).toMatchObject({ effect: 'approve', terms: { approversNeeded: 3 } });
});

describe('a listing of a tool whose rules leave nobody to ask', () => {
  const listed = (conditions: readonly (string | null)[]): string => {
    const rules = conditions.map((when, index) => ({
      id: `r${index}`,
      who: { any: true },
      tools: ['put'],
      effect: 'approve',
      approval: { by: { groups: [`g${index}`] } },
      ...(when !== null && { when }),
    }));
    const policy = policyOf([{ upstream: 'crm', classes: { read: [], write: ['put'] }, rules }]);
    const target = { kind: 'tool', upstream: 'crm', name: 'put' } as const;
    return decide(policy, { principal: principalOf(), target, args: null, nowMs: NOW_MS }).effect;
  };

  it.each<[string, readonly (string | null)[], string]>([
    ['leaves it out, where both always ask', [null, null], 'deny'],
    ['shows it, where one asks for some arguments', [null, BIG], 'approve'],
    ['shows it, where each asks for some arguments', [BIG, BIG], 'approve'],
    ['leaves it out, where two always ask beside that', [null, null, BIG], 'deny'],
  ])('%s', (_what, conditions, effect) => {
    expect(listed(conditions)).toBe(effect);
  });
});
