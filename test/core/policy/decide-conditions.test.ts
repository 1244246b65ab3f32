import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json/value.ts';
import type { PolicyOptions } from '../../../src/core/policy/compile-policy.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import type { Decision } from '../../../src/core/policy/decision.ts';
import { NOW_MS, policyOf, principalOf } from '../../support/policy.ts';

const STAFF = { groups: ['staff'] };
const CLASSES = {
  read: ['get'],
  write: ['put'],
  byArgument: { deal: { argument: 'action', read: ['get'], write: ['set'] } },
};

interface Case {
  readonly rules: readonly object[];
  readonly tool?: string;
  readonly args?: JsonObject | null;
  readonly tenant?: string | null;
  readonly scopes?: readonly string[];
  readonly nowMs?: number;
  readonly options?: Partial<PolicyOptions>;
}

function decideCase({ rules, tool = 'get', args = {}, tenant = 'acme', scopes = [], ...rest }: Case): Decision {
  const withIds = rules.map((rule, index) => ({ id: `r${index}`, who: STAFF, tools: ['*'], effect: 'allow', ...rule }));
  const policy = policyOf([{ upstream: 'crm', classes: CLASSES, rules: withIds }], rest.options);
  const principal = { ...principalOf({ groups: ['staff'], scopes }), tenant };
  const target = { kind: 'tool', upstream: 'crm', name: tool } as const;
  return decide(policy, { principal, target, args, nowMs: rest.nowMs ?? NOW_MS });
}

function outcomeOf(decision: Decision): string {
  const effect = decision.effect === 'deny' && decision.hidden ? 'hidden' : decision.effect;
  return `${effect} ${decision.reasons.map(({ code, ruleId }) => `${code}:${ruleId}`).join(' ')}`;
}

const SMALL = { when: 'args.amount <= 100.0' };

describe('when', () => {
  it.each<[string, string, Case]>([
    ['allow whose condition holds allows', 'allow rule_allows:r0', { rules: [SMALL], args: { amount: 100 } }],
    ['allow whose condition fails denies', 'deny condition_not_met:r0', { rules: [SMALL], args: { amount: 101 } }],
    ['allow that cannot be evaluated denies', 'deny condition_unevaluable:r0', { rules: [SMALL] }],
    ['a text is no number', 'deny condition_unevaluable:r0', { rules: [SMALL], args: { amount: '1' } }],
    ['another rule may allow it', 'allow rule_allows:r1', { rules: [SMALL, {}] }],
    [
      'deny whose condition holds denies',
      'deny rule_denies:r1',
      { rules: [{}, { effect: 'deny', when: 'args.amount > 100.0' }], args: { amount: 101 } },
    ],
    [
      'deny whose condition fails does nothing',
      'allow rule_allows:r0',
      { rules: [{}, { effect: 'deny', when: 'args.amount > 100.0' }], args: { amount: 1 } },
    ],
    [
      'deny that cannot be evaluated denies',
      'deny condition_unevaluable:r1',
      { rules: [{}, { effect: 'deny', when: 'args.amount > 100.0' }] },
    ],
    [
      'approve whose condition holds asks',
      'approve rule_needs_approval:r1',
      { rules: [{}, { effect: 'approve', when: 'args.amount > 100.0' }], args: { amount: 101 } },
    ],
    [
      'approve whose condition fails asks nobody',
      'allow rule_allows:r0',
      { rules: [{}, { effect: 'approve', when: 'args.amount > 100.0' }], args: { amount: 1 } },
    ],
    [
      'approve that cannot be evaluated denies, whatever else allows it',
      'deny condition_unevaluable:r1',
      { rules: [{}, { effect: 'approve', when: 'args.amount > 100.0' }] },
    ],
    [
      'a condition of others does not matter',
      'allow rule_allows:r0',
      { rules: [{}, { effect: 'deny', who: { groups: ['interns'] }, when: 'args.amount > 100.0' }] },
    ],
    [
      'a listing shows what some arguments could be allowed for',
      'allow rule_allows:r0',
      { rules: [SMALL], args: null },
    ],
    [
      'a listing shows what some arguments are denied for',
      'allow rule_allows:r0',
      { rules: [{}, { effect: 'deny', when: 'args.amount > 100.0' }], args: null },
    ],
    [
      'a listing leaves out what no arguments help',
      'deny condition_not_met:r0',
      { rules: [{ when: 'env == "dev"' }], args: null },
    ],
    [
      'a credential that lacks scopes does not get round an approve with a condition',
      'approve rule_needs_approval:r1',
      {
        rules: [{}, { effect: 'approve', who: { ...STAFF, scopes: ['x'] }, when: 'args.amount > 100.0' }],
        args: { amount: 101 },
      },
    ],
    [
      'the class is that of the call',
      'allow rule_allows:r0',
      { tool: 'deal', rules: [{ when: 'tool.class == "read"' }], args: { action: 'get' } },
    ],
  ])('%s', (_, expected, given) => {
    expect(outcomeOf(decideCase(given))).toBe(expected);
  });

  it("does not give a rule's own words for a condition that is not met", () => {
    const { reasons } = decideCase({ rules: [{ ...SMALL, reason: 'Small sums are fine' }], args: { amount: 101 } });
    expect(reasons[0].text).toBe('A rule would allow it, but its condition does not hold for this call.');
  });
});

describe('from, until and env', () => {
  const at = (text: string) => Date.parse(text);
  const BOX = { from: '2026-12-01T09:00:00+01:00', until: '2026-12-24T00:00:00Z' };
  it.each<[string, string, Case]>([
    ['before', 'hidden no_rule:null', { rules: [BOX], nowMs: at('2026-12-01T07:59:59.999Z') }],
    ['at the first moment', 'allow rule_allows:r0', { rules: [BOX], nowMs: at('2026-12-01T08:00:00Z') }],
    ['at the last moment', 'allow rule_allows:r0', { rules: [BOX], nowMs: at('2026-12-23T23:59:59.999Z') }],
    ['after', 'hidden no_rule:null', { rules: [BOX], nowMs: at('2026-12-24T00:00:00Z') }],
    ['a deny that is over', 'allow rule_allows:r0', { rules: [{}, { effect: 'deny', until: '2026-01-01T00:00Z' }] }],
    ['a rule for this environment', 'allow rule_allows:r0', { rules: [{ env: ['dev', 'prod'] }] }],
    ['a rule for another environment', 'hidden no_rule:null', { rules: [{ env: ['dev'] }] }],
    ['a deny for another environment', 'allow rule_allows:r0', { rules: [{}, { env: ['dev'], effect: 'deny' }] }],
    ['the environment served', 'allow rule_allows:r0', { rules: [{ env: ['dev'] }], options: { environment: 'dev' } }],
  ])('%s', (_, expected, given) => {
    expect(outcomeOf(decideCase(given))).toBe(expected);
  });
});

describe('bind', () => {
  const BOUND = { bind: { tenant_id: 'principal.tenant' } };
  const argsOf = (decision: Decision): unknown => (decision.effect === 'deny' ? null : decision.args);

  it.each<[string, JsonObject | null, Case]>([
    ['fills in', { tenant_id: 'acme' }, { rules: [BOUND] }],
    ['keeps the rest', { id: 1, tenant_id: 'acme' }, { rules: [BOUND], args: { id: 1 } }],
    ['fills in for an approval', { tenant_id: 'acme' }, { rules: [{ ...BOUND, effect: 'approve' }], tool: 'put' }],
    ['fills in for all rules', { tenant_id: 'acme' }, { rules: [{}, BOUND] }],
    [
      'fills in for a rule whose condition fails',
      { tenant_id: 'acme' },
      { rules: [{}, { ...BOUND, when: 'env == "x"' }] },
    ],
    [
      'fills in for a rule whose scopes are missing',
      { tenant_id: 'acme' },
      { rules: [{}, { ...BOUND, who: { ...STAFF, scopes: ['x'] } }] },
    ],
    ['does nothing for others', {}, { rules: [{}, { ...BOUND, who: { groups: ['x'] } }] }],
    ['does nothing out of its time', {}, { rules: [{}, { ...BOUND, until: '2026-01-01T00:00Z' }] }],
    ['does nothing for a listing', null, { rules: [BOUND], args: null }],
  ])('%s', (_, expected, given) => {
    expect(argsOf(decideCase(given))).toEqual(expected);
  });

  it.each<[string, string, Case]>([
    ['another value', 'deny argument_bound:r0', { rules: [BOUND], args: { tenant_id: 'globex' } }],
    [
      'another value, whatever else allows it',
      'deny argument_bound:r1',
      { rules: [{}, BOUND], args: { tenant_id: 'x' } },
    ],
    ['nobody to bind to', 'deny argument_bound:r0', { rules: [BOUND], tenant: null }],
    [
      'rules that bind to different things',
      'deny argument_bound:r1',
      { rules: [BOUND, { bind: { tenant_id: 'principal.id' } }] },
    ],
    [
      'a binding of what tells the class',
      'deny argument_bound:r0',
      { tool: 'deal', rules: [{ bind: { action: 'principal.id' } }], args: { action: 'get' } },
    ],
    [
      'a binding that would make a read of a call',
      'deny argument_bound:r0',
      { tool: 'deal', rules: [{ bind: { action: 'principal.tenant' } }], tenant: 'get' },
    ],
    [
      'what another rule denies of the bound arguments',
      'deny rule_denies:r1',
      { rules: [BOUND, { effect: 'deny', when: 'has(args.tenant_id) && args.tenant_id == "acme"' }] },
    ],
  ])('denies %s', (_, expected, given) => {
    expect(outcomeOf(decideCase(given))).toBe(expected);
  });

  it('lets conditions look at what is filled in', () => {
    expect(outcomeOf(decideCase({ rules: [{ ...BOUND, when: 'args.tenant_id == "acme"' }] }))).toBe(
      'allow rule_allows:r0',
    );
  });
});

describe('records', () => {
  it('names the arguments of every rule that grants the call, each once', () => {
    const rules = [
      { records: ['args.id', 'args.filter.owner'] },
      { records: ['args.id'] },
      { records: ['args.x'], when: 'env == "x"' },
    ];
    const decision = decideCase({ rules });
    expect(decision.effect !== 'deny' && decision.records).toEqual([['id'], ['filter', 'owner']]);
  });
});
