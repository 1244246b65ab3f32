import { describe, expect, it } from 'vitest';
import { policyCasesSchema } from '../../../src/core/policy/policy-cases.ts';
import { policyFileSchema } from '../../../src/core/policy/policy-schema.ts';
import { findUntestedRules, runCases } from '../../../src/core/policy/run-cases.ts';
import { policyOf } from '../../support/policy.ts';

const FILE = {
  upstream: 'crm',
  classes: { read: ['get'], write: ['put'], never: ['drop'] },
  rules: [
    { id: 'read', who: { groups: ['staff'], scopes: ['crm'] }, tools: { class: 'read' }, effect: 'allow' },
    { id: 'write', who: { users: ['alice'] }, tools: { class: 'write' }, effect: 'approve' },
    { id: 'interns', who: { groups: ['interns'] }, tools: ['put'], effect: 'deny' },
  ],
};
const alice = { user: 'alice', groups: ['staff'], scopes: ['crm'] };

function run(...cases: readonly object[]): ReturnType<typeof runCases> {
  const parsed = policyCasesSchema.parse({
    policy: 'crm.yaml',
    cases: cases.map((each) => ({ name: 'case', as: alice, ...each })),
  });
  return runCases(policyOf([FILE]), 'crm', parsed.cases);
}

describe('runCases', () => {
  it.each<[string, object]>([
    ['allow', { tool: 'get', expect: 'allow', class: 'read', rule: 'read' }],
    ['approve', { tool: 'put', expect: 'approve', class: 'write', rule: 'write' }],
    ['deny by a rule', { tool: 'put', as: { user: 'alice', groups: ['interns'] }, expect: 'deny', rule: 'interns' }],
    ['deny for lack of a scope', { tool: 'get', as: { user: 'bob', groups: ['staff'] }, expect: 'deny', rule: 'read' }],
    ['hidden', { tool: 'drop', expect: 'hidden', class: 'never' }],
    ['what a listing asks', { tool: 'get', args: 'any', expect: 'allow' }],
  ])('%s holds', (_what, expected) => {
    expect(run(expected)[0]?.differences).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ['another outcome', { tool: 'drop', expect: 'deny' }, ['expected deny, is hidden (class_never)']],
    ['another class', { tool: 'get', expect: 'allow', class: 'write' }, ['expected class write, is read']],
    ['another rule', { tool: 'get', expect: 'allow', rule: 'write' }, ['expected rule write to speak, read did']],
    ['no rule', { tool: 'drop', expect: 'hidden', rule: 'read' }, ['expected rule read to speak, none did']],
    [
      'all of them',
      { tool: 'get', expect: 'approve', class: 'never', rule: 'x' },
      [
        'expected approve, is allow (rule_allows)',
        'expected class never, is read',
        'expected rule x to speak, read did',
      ],
    ],
  ])('tells %s', (_what, expected, differences) => {
    expect(run(expected)[0]?.differences).toEqual(differences);
  });

  it('finds the rules that no case reaches', () => {
    const file = policyFileSchema.parse({ version: 1, ...FILE });
    expect(findUntestedRules(file, run({ tool: 'get', expect: 'allow' }))).toEqual(['write', 'interns']);
  });
});
