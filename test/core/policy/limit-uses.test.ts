import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/core/policy/decide.ts';
import type { DecisionTarget } from '../../../src/core/policy/decision.ts';
import { NOW_MS, policyOf, principalOf, watchRule } from '../../support/policy.ts';

const RULES = [
  { id: 'r', who: { any: true }, tools: ['get', 'put', 'find'], effect: 'approve' },
  { id: 'texts', who: { any: true }, prompts: ['get'], effect: 'allow' },
];
const CLASSES = { read: ['get', 'find'], write: ['put'] };

function uses(
  limits: readonly object[],
  more: {
    tool?: string;
    user?: string;
    client?: string;
    kind?: DecisionTarget['kind'];
    watch?: readonly object[];
    upstream?: string;
    asListing?: true;
  } = {},
) {
  const {
    tool = 'get',
    user = 'alice',
    client = 'cursor',
    kind = 'tool',
    watch = [],
    upstream = 'crm',
    asListing,
  } = more;
  const policy = policyOf([{ upstream, classes: CLASSES, rules: RULES, limits, watch }]);
  const principal = { ...principalOf({ user, groups: ['staff'] }), client };
  const args = asListing ? null : {};
  const decision = decide(policy, { principal, target: { kind, upstream, name: tool }, args, nowMs: NOW_MS });
  return decision.effect === 'deny' ? [] : decision.limits;
}

const keyOf = (limit: object, more: Parameters<typeof uses>[1] = {}): string => uses([limit], more)[0]?.key ?? 'none';

describe('what a call takes of limits', () => {
  it('is one of so many, a price, and one of those at once', () => {
    expect(uses([{ calls: '9/1m', concurrent: 2, spend: { cost: 3, budget: '8/1d' } }])).toMatchObject([
      { kind: 'calls', amount: 1, max: 9, windowMs: 60_000, place: '0.yaml:limits.0' },
      { kind: 'spend', amount: 3, max: 8, windowMs: 86_400_000 },
      { kind: 'concurrent', max: 2 },
    ]);
  });

  it.each<[string, object, Parameters<typeof uses>[1], number]>([
    ['of its class', { tools: { class: 'read' }, calls: '9/1m' }, {}, 1],
    ['of another class', { tools: { class: 'write' }, calls: '9/1m' }, {}, 0],
    ['by its name', { tools: ['f*'], calls: '9/1m' }, { tool: 'find' }, 1],
    ['of other people', { who: { groups: ['other'] }, calls: '9/1m' }, {}, 0],
    ['of people with a scope that it lacks, all the same', { who: { any: true, scopes: ['x'] }, calls: '9/1m' }, {}, 1],
    ['of no prompt', { calls: '9/1m' }, { kind: 'prompt' }, 0],
    ['of no listing', { calls: '9/1m' }, { asListing: true }, 0],
  ])('of a limit %s', (_what, limit, more, count) => {
    expect(uses([limit], more)).toHaveLength(count);
  });

  it.each<[string, object, boolean, boolean, boolean]>([
    ['principal', {}, true, false, false],
    ['client', { per: 'client' }, false, true, false],
    ['tool', { per: 'tool' }, true, false, true],
    ['everybody', { per: 'everybody' }, false, false, false],
  ])('is counted apart for each %s', (_per, more, byUser, byClient, byTool) => {
    const limit = { calls: '9/1m', ...more };
    const key = keyOf(limit);
    expect(keyOf(limit, { user: 'bob' }) !== key).toBe(byUser);
    expect(keyOf(limit, { client: 'other' }) !== key).toBe(byClient);
    expect(keyOf(limit, { tool: 'find' }) !== key).toBe(byTool);
  });

  it('stays counted where only its numbers change, and begins anew where it is about something else', () => {
    const key = keyOf({ calls: '9/1m' });
    expect(keyOf({ calls: '3/1m' })).toBe(key);
    expect(keyOf({ calls: '9/2m' })).not.toBe(key);
    expect(keyOf({ calls: '9/1m', tools: ['get'] })).not.toBe(key);
    expect(keyOf({ calls: '9/1m', who: { groups: ['staff'] } })).not.toBe(key);
    expect(keyOf({ calls: '9/1m' }, { upstream: 'wiki' })).not.toBe(key);
    const kinds = uses([{ calls: '9/1m', concurrent: 2, spend: { cost: 3, budget: '8/1m' } }]).map((use) => use.key);
    expect(new Set(kinds).size).toBe(3);
  });

  it('remembers the first use where a watch rule asks about it', () => {
    const first = watchRule('first-use-of-tool', 'require-approval');
    const same = watchRule('identical-calls', 'deny', { count: 5, within: '1m' });
    expect(uses([], { watch: [same, first] })).toMatchObject([
      { kind: 'first-use', place: '0.yaml:watch.1', amount: 1 },
    ]);
    expect(uses([], { watch: [same] })).toEqual([]);
    expect(uses([{ calls: '9/1m' }], { watch: [first] }).map(({ kind }) => kind)).toEqual(['calls', 'first-use']);
    const [alice] = uses([], { watch: [first] });
    expect(uses([], { watch: [first], user: 'bob' })[0]?.key).not.toBe(alice?.key);
    expect(uses([], { watch: [first], tool: 'find' })[0]?.key).not.toBe(alice?.key);
  });
});

describe('the records that a call touches', () => {
  it('are those of every rule that grants it, once each', () => {
    const rule = (id: string, more: object) => ({ id, who: { any: true }, tools: ['put'], effect: 'approve', ...more });
    const policy = policyOf([
      {
        upstream: 'crm',
        classes: CLASSES,
        rules: [
          rule('a', { records: ['args.id', 'args.deal.owner'] }),
          rule('b', { records: ['args.id'] }),
          rule('c', { records: ['args.other'], who: { users: ['bob'] } }),
          rule('d', {}),
        ],
      },
    ]);
    const target = { kind: 'tool', upstream: 'crm', name: 'put' } as const;
    const decision = decide(policy, { principal: principalOf(), target, args: {}, nowMs: NOW_MS });
    expect(decision).toMatchObject({ records: [['id'], ['deal', 'owner']] });
  });
});
