import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json/value.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import { explain } from '../../../src/core/policy/explain.ts';
import { NOW_MS, policyOf, principalOf } from '../../support/policy.ts';

const policy = policyOf([
  {
    upstream: 'crm',
    classes: { read: ['get'], write: ['put'] },
    rules: [
      { id: 'bound', who: { any: true }, tools: ['get'], effect: 'allow', bind: { owner: 'principal.id' } },
      { id: 'condition', who: { any: true }, tools: ['get'], effect: 'allow', when: 'args.owner == "alice"' },
      { id: 'elsewhere', who: { any: true }, tools: ['get'], effect: 'allow', env: ['dev'] },
      { id: 'failing', who: { any: true }, tools: ['get'], effect: 'deny', when: 'args.owner == "bob"' },
      { id: 'missing', who: { any: true }, tools: ['get'], effect: 'allow', when: 'args.missing == 1' },
      { id: 'others', who: { groups: ['sales'] }, tools: ['get'], effect: 'deny' },
      { id: 'over', who: { any: true }, tools: ['get'], effect: 'deny', until: '2026-01-01T00:00Z' },
      { id: 'scoped', who: { any: true, scopes: ['x', 'y'] }, tools: ['get'], effect: 'allow' },
      { id: 'writes', who: { any: true }, tools: { class: 'write' }, effect: 'allow' },
    ],
  },
]);

function request(args: JsonObject | null) {
  const target = { kind: 'tool', upstream: 'crm', name: 'get' } as const;
  return { principal: principalOf(), target, args, nowMs: NOW_MS };
}

describe('explain', () => {
  it('tells how every rule stands to the call, those elsewhere last', () => {
    const { rules } = explain(policy, request({}));
    expect(rules.map(({ id, standing }) => `${id}: ${standing}`)).toEqual([
      'bound: matches',
      'condition: matches',
      'failing: condition-fails',
      'missing: condition-unevaluable',
      'others: other-people',
      'over: other-time',
      'scoped: lacks-scopes',
      'writes: other-target',
      'elsewhere: other-environment',
    ]);
    expect(rules.find(({ id }) => id === 'scoped')?.missingScopes).toEqual(['x', 'y']);
    expect(rules.find(({ id }) => id === 'failing')?.when).toBe('args.owner == "bob"');
    expect(rules[0]?.place).toBe('0.yaml:rules.0');
  });

  it('says of a listing what depends on arguments', () => {
    const { rules } = explain(policy, request(null));
    expect(rules.filter(({ standing }) => standing === 'possible').map(({ id }) => id)).toEqual([
      'condition',
      'failing',
      'missing',
    ]);
  });

  it.each<JsonObject | null>([{}, { owner: 'bob' }, { owner: 'alice' }, null])(
    'gives the decision of decide: %j',
    (args) => {
      expect(explain(policy, request(args)).decision).toEqual(decide(policy, request(args)));
    },
  );

  it('has no rules where no policy speaks', () => {
    const target = { kind: 'tool', upstream: 'wiki', name: 'get' } as const;
    expect(explain(policy, { ...request({}), target })).toMatchObject({ rules: [], decision: { effect: 'deny' } });
  });
});
