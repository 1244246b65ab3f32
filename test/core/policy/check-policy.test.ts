import { describe, expect, it } from 'vitest';
import { findPolicyConflicts } from '../../../src/core/policy/check-policy.ts';
import { compilePolicy } from '../../../src/core/policy/compile-policy.ts';
import { policyFileSchema } from '../../../src/core/policy/policy-schema.ts';
import { POLICY_OPTIONS } from '../../support/policy.ts';

const sourcesOf = (files: readonly object[]) =>
  files.map((file, index) => ({
    name: `${index}.yaml`,
    file: policyFileSchema.parse({ version: 1, ...file }),
    placeOf: (path: readonly (string | number)[]) => `${index}.yaml:${path.join('.')}`,
  }));
const said = (...files: readonly object[]): readonly string[] =>
  findPolicyConflicts(sourcesOf(files)).map(({ severity, place, message }) => `${severity} ${place} ${message}`);

const rule = (id: string, more: object = {}) => ({ id, who: { any: true }, tools: ['get'], effect: 'allow', ...more });
const MANAGE = { byArgument: { manage: { argument: 'action', read: ['view'] } } };

describe('what no single file shows', () => {
  it('is nothing, where files are about different things', () => {
    expect(
      said(
        { upstream: 'crm', classes: MANAGE, rules: [rule('a'), rule('b')], limits: [{ calls: '9/1m' }] },
        { upstream: 'wiki', classes: MANAGE, rules: [rule('a')], limits: [{ calls: '9/1m' }] },
      ),
    ).toEqual([]);
  });

  it('is a rule that has the id of another', () => {
    expect(said({ upstream: 'crm', rules: [rule('a'), rule('b')] }, { upstream: 'crm', rules: [rule('b')] })).toEqual([
      'error 1.yaml:rules.0.id another rule for upstream crm has this id, at 0.yaml:rules.1.id',
    ]);
  });

  it('is a tool that two files class by argument', () => {
    expect(said({ upstream: 'crm', classes: MANAGE }, { upstream: 'crm', classes: MANAGE })).toEqual([
      'error 1.yaml:classes.byArgument.manage the classes of this tool by argument are already given at 0.yaml:classes.byArgument.manage',
    ]);
  });

  it.each<[string, object, object, boolean]>([
    ['the same calls in the same time', { calls: '9/1m' }, { calls: '3/1m' }, true],
    ['the same calls in another time', { calls: '9/1m' }, { calls: '9/2m' }, false],
    ['the same budget', { spend: { cost: 1, budget: '9/1d' } }, { spend: { cost: 2, budget: '8/1d' } }, true],
    ['another budget', { spend: { cost: 1, budget: '9/1d' } }, { spend: { cost: 1, budget: '9/2d' } }, false],
    ['calls and a budget of the same time', { calls: '9/1d' }, { spend: { cost: 1, budget: '9/1d' } }, false],
    ['calls that run at once', { concurrent: 2 }, { concurrent: 3 }, true],
    ['calls of different people', { calls: '9/1m' }, { calls: '9/1m', who: { groups: ['a'] } }, false],
    ['calls counted apart in another way', { calls: '9/1m' }, { calls: '9/1m', per: 'client' }, false],
  ])('is two limits on %s', (_what, first, second, isConflict) => {
    const found = said({ upstream: 'crm', limits: [first] }, { upstream: 'crm', limits: [second] });
    const message = 'another limit counts the same calls of the same people in the same time, at 0.yaml:limits.0';
    expect(found).toEqual(isConflict ? [`error 1.yaml:limits.0 ${message}`] : []);
  });

  it('warns of writes without approval, and only of those', () => {
    expect(said({ upstream: 'crm', rules: [rule('a'), rule('b', { unattended: true })] })).toEqual([
      'warning 0.yaml:rules.1.unattended writes that rule b allows run without any approval',
    ]);
  });

  it('keeps a policy with an error from being used, and says all that is wrong with it', () => {
    const sources = sourcesOf([{ upstream: 'crm', rules: [rule('a'), rule('a', { unattended: true })] }]);
    const compiled = compilePolicy(sources, POLICY_OPTIONS);
    expect(compiled.ok ? [] : compiled.error.map(({ severity }) => severity)).toEqual(['error', 'warning']);
    const warned = compilePolicy(
      sourcesOf([{ upstream: 'crm', rules: [rule('a', { unattended: true })] }]),
      POLICY_OPTIONS,
    );
    expect(warned.ok ? warned.value.warnings.map(({ severity }) => severity) : []).toEqual(['warning']);
  });
});
