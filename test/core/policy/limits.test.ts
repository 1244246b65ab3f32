import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/core/policy/decide.ts';
import { policyFileSchema } from '../../../src/core/policy/policy-schema.ts';
import { NOW_MS, policyOf, principalOf } from '../../support/policy.ts';

const FILE = {
  upstream: 'crm',
  classes: { read: ['get'], write: ['put'] },
  rules: [{ id: 'r', who: { any: true }, tools: ['*'], effect: 'allow', unattended: true }],
};

function usesOf(limits: readonly object[], tool = 'get', as: Parameters<typeof principalOf>[0] = {}) {
  const target = { kind: 'tool', upstream: 'crm', name: tool } as const;
  const decision = decide(policyOf([{ ...FILE, limits }]), {
    principal: principalOf(as),
    target,
    args: {},
    nowMs: NOW_MS,
  });
  return decision.effect === 'deny' ? [] : decision.limits;
}

describe('limits', () => {
  it('are taken together with their place, each kind for itself', () => {
    const uses = usesOf([{ calls: '600/1m', concurrent: 8, spend: { cost: 3, budget: '1000/1d' } }]);
    expect(uses.map(({ key: _, ...use }) => use)).toEqual([
      { kind: 'calls', place: '0.yaml:limits.0', amount: 1, max: 600, windowMs: 60_000 },
      { kind: 'spend', place: '0.yaml:limits.0', amount: 3, max: 1000, windowMs: 86_400_000 },
      { kind: 'concurrent', place: '0.yaml:limits.0', max: 8 },
    ]);
    expect(new Set(uses.map(({ key }) => key)).size).toBe(3);
  });

  it.each<[string, object, string, Parameters<typeof principalOf>[0], number]>([
    ['a class counts calls of the class', { tools: { class: 'write' } }, 'put', {}, 1],
    ['a class does not count others', { tools: { class: 'write' } }, 'get', {}, 0],
    ['a pattern counts what it names', { tools: ['g*'] }, 'get', {}, 1],
    ['a pattern does not count others', { tools: ['g*'] }, 'put', {}, 0],
    ['people are counted who are named', { who: { groups: ['staff'] } }, 'get', { groups: ['staff'] }, 1],
    ['others are not', { who: { groups: ['staff'] } }, 'get', {}, 0],
    ['a credential of few scopes is no way round', { who: { any: true, scopes: ['x'] } }, 'get', {}, 1],
  ])('%s', (_, limit, tool, as, count) => {
    expect(usesOf([{ calls: '1/1s', ...limit }], tool, as)).toHaveLength(count);
  });

  it.each<[string, string, readonly [string, string], boolean]>([
    ['principal', 'two people', ['get alice', 'get bob'], false],
    ['principal', 'two tools of one person', ['get alice', 'put alice'], true],
    ['tool', 'two tools of one person', ['get alice', 'put alice'], false],
    ['client', 'two people through one client', ['get alice', 'get bob'], true],
    ['everybody', 'two people', ['get alice', 'put bob'], true],
  ])('per %s count %s together: %s', (per, _, [first, second], together) => {
    const keyOf = (call: string) => {
      const [tool = '', user = ''] = call.split(' ');
      return usesOf([{ per, calls: '1/1s' }], tool, { user })[0]?.key;
    };
    expect(keyOf(first) === keyOf(second)).toBe(together);
  });

  it('go on counting when only their numbers change', () => {
    const [before] = usesOf([{ tools: ['get'], calls: '5/1m' }]);
    const [after] = usesOf([{ tools: ['get'], calls: '9/1m' }]);
    const [other] = usesOf([{ tools: ['get'], calls: '5/1h' }]);
    expect(after?.key).toBe(before?.key);
    expect(other?.key).not.toBe(before?.key);
  });

  it('take nothing for a listing', () => {
    const target = { kind: 'tool', upstream: 'crm', name: 'get' } as const;
    const policy = policyOf([{ ...FILE, limits: [{ calls: '1/1s' }] }]);
    expect(decide(policy, { principal: principalOf(), target, args: null, nowMs: NOW_MS })).toMatchObject({
      limits: [],
    });
  });

  it('that count the same twice are refused', () => {
    const twice = [{ calls: '5/1m' }, { calls: '9/1m', concurrent: 2 }];
    expect(() => usesOf(twice)).toThrow('another limit counts the same calls');
    expect(usesOf([{ calls: '5/1m' }, { calls: '9/1h' }])).toHaveLength(2);
  });

  it.each<[object, string]>([
    [{}, 'limits nothing'],
    [{ calls: '0/1m' }, 'must be a number and a time'],
    [{ calls: '5' }, 'must be a number and a time'],
    [{ calls: '5/m' }, 'must be a number and a time'],
    [{ calls: '5/1m/1h' }, 'must be a number and a time'],
    [{ calls: '5/100ms' }, 'must be a number and a time'],
    [{ calls: '5/400d' }, 'must be a number and a time'],
    [{ calls: '1e3/1m' }, 'must be a number and a time'],
    [{ concurrent: 0 }, 'Too small'],
    [{ spend: { cost: 0.5, budget: '1/1d' } }, 'expected int'],
    [{ calls: '5/1m', per: 'session' }, 'Invalid option'],
    [{ calls: '5/1m', tools: [] }, 'is empty'],
  ])('%j is refused', (limit, message) => {
    const parsed = policyFileSchema.safeParse({ version: 1, ...FILE, limits: [limit] });
    expect(parsed.error?.issues.map((issue) => issue.message).join() ?? '').toContain(message);
  });
});
