import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json/value.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import { viewDecision } from '../../../src/core/policy/view-decision.ts';
import { NOW_MS, policyOf, principalOf } from '../../support/policy.ts';

const policy = policyOf([
  {
    upstream: 'crm',
    classes: { read: ['get', 'scoped'], write: ['put'], never: ['purge'] },
    rules: [
      { id: 'get', who: { any: true }, tools: ['get'], effect: 'allow', bind: { owner: 'principal.id' } },
      { id: 'put', who: { any: true }, tools: ['put'], effect: 'approve', approval: { count: 2 } },
      { id: 'scoped', who: { any: true, scopes: ['x'] }, tools: ['scoped'], effect: 'allow' },
    ],
    limits: [{ calls: '9/1m', concurrent: 2, tools: ['get'] }],
  },
]);

function view(name: string, args: JsonObject | null = {}) {
  const target = { kind: 'tool', upstream: 'crm', name } as const;
  return viewDecision(decide(policy, { principal: principalOf(), target, args, nowMs: NOW_MS }));
}

describe('a decision as it is shown', () => {
  it('has what is sent, and what it takes of limits, where it is allowed', () => {
    expect(view('get', { id: 1 })).toEqual({
      effect: 'allow',
      class: 'read',
      policyVersion: policy.version,
      reasons: [{ code: 'rule_allows', ruleId: 'get', place: '0.yaml:rules.0', text: 'A rule allows it.' }],
      hidden: false,
      missingScopes: [],
      args: { id: 1, owner: 'alice' },
      terms: null,
      limits: [
        { kind: 'calls', place: '0.yaml:limits.0', max: 9, amount: 1, windowMs: 60_000 },
        { kind: 'concurrent', place: '0.yaml:limits.0', max: 2, amount: 1, windowMs: null },
      ],
    });
  });

  it('has the terms, where people are asked', () => {
    expect(view('put')).toMatchObject({ effect: 'approve', hidden: false, terms: { approversNeeded: 2 }, limits: [] });
  });

  it('says what is missing, and what hosts do not learn, where it is denied', () => {
    expect(view('scoped')).toMatchObject({
      effect: 'deny',
      hidden: false,
      missingScopes: ['x'],
      args: null,
      terms: null,
    });
    expect(view('purge')).toMatchObject({
      effect: 'deny',
      class: 'never',
      hidden: true,
      missingScopes: [],
      limits: [],
    });
  });

  it('has no arguments, where a listing asks', () => {
    expect(view('get', null)).toMatchObject({ effect: 'allow', args: null, limits: [] });
  });

  it.each([
    ['get', {}],
    ['put', {}],
    ['scoped', {}],
    ['purge', {}],
    ['other', {}],
    ['get', { owner: 'bob' }],
    ['no\u0000name', {}],
  ])('gives every reason words: %s %j', (name, args) => {
    const texts = view(name, args).reasons.map(({ text }) => text);
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.filter((text) => !/^[A-Z].{10,}\.$/.test(text))).toEqual([]);
  });

  it('gives words for an upstream without a policy as well', () => {
    const target = { kind: 'tool', upstream: 'wiki', name: 'x' } as const;
    const decision = decide(policy, { principal: principalOf(), target, args: {}, nowMs: NOW_MS });
    expect(viewDecision(decision).reasons).toEqual([
      { code: 'upstream_without_policy', ruleId: null, place: null, text: 'No policy speaks about this upstream.' },
    ]);
  });
});

describe('the duties on a result', () => {
  it('are those of all rules that grant it, of rules whose scopes are missing too', () => {
    const rule = (id: string, more: object) => ({ id, who: { any: true }, tools: ['get'], effect: 'allow', ...more });
    const duties = policyOf([
      {
        upstream: 'crm',
        classes: { read: ['get', 'free'] },
        rules: [
          rule('a', { result: { keep: ['id', 'name'] } }),
          rule('b', { result: { maxBytes: 2048 }, who: { any: true, scopes: ['x'] } }),
          rule('c', {}),
          rule('d', { tools: ['free'] }),
        ],
      },
    ]);
    const of = (name: string) => {
      const target = { kind: 'tool', upstream: 'crm', name } as const;
      const decision = decide(duties, { principal: principalOf(), target, args: {}, nowMs: NOW_MS });
      return decision.effect === 'deny' ? 'denied' : decision.result;
    };
    expect(of('get')).toMatchObject({ keep: [['id'], ['name']], bytesMax: 2048 });
    expect(of('free')).toBeNull();
  });
});
