import { describe, expect, it } from 'vitest';
import { compilePolicy, type PolicySource } from '../../../src/core/policy/compile-policy.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import { policyFileSchema } from '../../../src/core/policy/policy-schema.ts';
import { NOW_MS, POLICY_OPTIONS, policyOf, principalOf } from '../../support/policy.ts';

const source = (name: string, file: object): PolicySource => ({
  name,
  file: policyFileSchema.parse({ version: 1, ...file }),
  placeOf: (path) => `${name}:${path.join('.')}`,
});

const rule = (id: string, more: object = {}): object => ({
  id,
  who: { any: true },
  tools: ['*'],
  effect: 'allow',
  ...more,
});

describe('the version of a policy', () => {
  const crm = source('crm.yaml', { upstream: 'crm', classes: { read: ['get'] }, rules: [rule('a')] });
  const wiki = source('wiki.yaml', { upstream: 'wiki', classes: { read: ['page'] } });
  const versionOf = (sources: readonly PolicySource[], options = POLICY_OPTIONS): string => {
    const compiled = compilePolicy(sources, options);
    return compiled.ok ? compiled.value.version : 'not compiled';
  };

  it('is a SHA-256 in hex', () => {
    expect(versionOf([crm])).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not depend on the order in which files are found', () => {
    expect(versionOf([crm, wiki])).toBe(versionOf([wiki, crm]));
  });

  it('does not depend on where the files are', () => {
    expect(versionOf([{ ...crm, placeOf: () => '/elsewhere/crm.yaml:1:1' }])).toBe(versionOf([crm]));
  });

  const changed: readonly [string, string][] = [
    ['a rule', versionOf([source('crm.yaml', { upstream: 'crm', classes: { read: ['get'] }, rules: [rule('b')] })])],
    ['a class', versionOf([source('crm.yaml', { upstream: 'crm', classes: { read: ['put'] }, rules: [rule('a')] })])],
    [
      'the upstream',
      versionOf([source('crm.yaml', { upstream: 'crn', classes: { read: ['get'] }, rules: [rule('a')] })]),
    ],
    ['another file', versionOf([crm, wiki])],
    ['what is done with unclassified tools', versionOf([crm], { ...POLICY_OPTIONS, unclassified: 'approve' })],
    ['when approvals expire', versionOf([crm], { ...POLICY_OPTIONS, approvalExpiresMs: 1 })],
    ['no file at all', versionOf([])],
  ];
  it.each(changed)('changes with %s', (_what, version) => {
    expect(version).toMatch(/^[0-9a-f]{64}$/);
    expect(version).not.toBe(versionOf([crm]));
    expect(changed.filter(([, other]) => other === version)).toHaveLength(1);
  });
});

describe('compilePolicy', () => {
  it('puts files about one upstream together', () => {
    const policy = policyOf([
      { upstream: 'crm', classes: { read: ['get'], write: ['put'] } },
      { upstream: 'crm', classes: { never: ['put'] }, rules: [rule('a')] },
    ]);
    const ask = (tool: string): string =>
      decide(policy, {
        principal: principalOf(),
        target: { kind: 'tool', upstream: 'crm', name: tool },
        args: {},
        nowMs: NOW_MS,
      }).effect;
    expect([ask('get'), ask('put')]).toEqual(['allow', 'deny']);
  });

  it('denies everything when there are no files', () => {
    const target = { kind: 'tool', upstream: 'crm', name: 'get' } as const;
    const decision = decide(policyOf([]), { principal: principalOf(), target, args: {}, nowMs: NOW_MS });
    expect(decision).toMatchObject({ effect: 'deny', hidden: true });
  });

  it('refuses one id for two rules of an upstream, whichever file they are in', () => {
    const compiled = compilePolicy(
      [
        source('a.yaml', { upstream: 'crm', rules: [rule('x'), rule('y')] }),
        source('b.yaml', { upstream: 'crm', rules: [rule('y')] }),
      ],
      POLICY_OPTIONS,
    );
    expect(compiled).toMatchObject({
      ok: false,
      error: [{ severity: 'error', place: 'b.yaml:rules.0.id', subject: 'rules[0].id', got: 'y' }],
    });
  });

  it('takes one id for rules of two upstreams', () => {
    const files = [
      source('a.yaml', { upstream: 'crm', rules: [rule('x')] }),
      source('b.yaml', { upstream: 'wiki', rules: [rule('x')] }),
    ];
    expect(compilePolicy(files, POLICY_OPTIONS).ok).toBe(true);
  });

  it('refuses to guess which of two lists by argument counts', () => {
    const classes = { byArgument: { deal: { argument: 'action', read: ['get'] } } };
    const compiled = compilePolicy(
      [source('a.yaml', { upstream: 'crm', classes }), source('b.yaml', { upstream: 'crm', classes })],
      POLICY_OPTIONS,
    );
    expect(compiled).toMatchObject({ ok: false, error: [{ place: 'b.yaml:classes.byArgument.deal' }] });
  });

  it('warns of writes without approval', () => {
    const policy = policyOf([{ upstream: 'crm', rules: [rule('a', { unattended: true })] }]);
    expect(policy.warnings).toMatchObject([{ severity: 'warning', place: '0.yaml:rules.0.unattended' }]);
  });

  it('remembers what it worked out for a name, up to a limit that callers cannot push others out of', () => {
    const crm = policyOf([{ upstream: 'crm', classes: { read: ['get', 'list_*'] } }]).upstreams.get('crm');
    const plan = (name: string) => crm?.planFor({ kind: 'tool', name });
    const isRemembered = (tool: string): boolean => plan(tool) === plan(tool);
    expect([isRemembered('list_early'), isRemembered('get')]).toEqual([true, true]);
    for (let index = 0; index < 5000; index += 1) plan(`junk_${index}`);
    expect([isRemembered('list_early'), isRemembered('get'), isRemembered('list_late')]).toEqual([true, true, false]);
  });

  it('keeps deciding alike when callers have filled what it remembers', () => {
    const policy = policyOf([{ upstream: 'crm', classes: { read: ['get_*'] }, rules: [rule('a')] }]);
    const ask = (tool: string): string =>
      decide(policy, {
        principal: principalOf(),
        target: { kind: 'tool', upstream: 'crm', name: tool },
        args: {},
        nowMs: NOW_MS,
      }).effect;
    for (let index = 0; index < 5000; index += 1) ask(`junk_${index}`);
    expect([ask('get_x'), ask('get_x'), ask('junk_1')]).toEqual(['allow', 'allow', 'deny']);
  });
});
