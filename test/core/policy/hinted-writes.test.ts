import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/core/policy/decide.ts';
import type { CompiledPolicy } from '../../../src/core/policy/compile-policy.ts';
import type { Decision } from '../../../src/core/policy/decision.ts';
import { lintTools } from '../../../src/core/policy/lint/lint-tools.ts';
import { explain } from '../../../src/core/policy/explain.ts';
import { writingHintOf } from '../../../src/core/catalog/writing-hint.ts';
import { NOW_MS, policyOf, principalOf } from '../../support/policy.ts';

const HINTED = new Map([['crm', new Set(['get', 'put', 'drop', 'deal', 'other'])]]);
const hinted = (policy: CompiledPolicy): CompiledPolicy => ({ ...policy, hinted: HINTED });

const asked = (tool: string, args: object | null = {}, groups: readonly string[] = ['staff']) => ({
  principal: principalOf({ user: 'alice', groups }),
  target: { kind: 'tool', upstream: 'crm', name: tool } as const,
  args: args as never,
  nowMs: NOW_MS,
});

const ALLOW = { id: 'r', who: { groups: ['staff'] }, tools: { class: 'read' }, effect: 'allow' };

it.each([
  [{ annotations: { readOnlyHint: false } }, 'readOnlyHint is false'],
  [{ annotations: { destructiveHint: true } }, 'destructiveHint is true'],
  [{ annotations: { readOnlyHint: true, destructiveHint: true } }, null],
  [{ annotations: { readOnlyHint: true } }, null],
  [{ annotations: { readOnlyHint: 'false' } }, null],
  [{ annotations: { idempotentHint: false, openWorldHint: true } }, null],
  [{ annotations: [] }, null],
  [{}, null],
])('%j says that its tool writes: %s', (definition, hint) => expect(writingHintOf(definition)).toBe(hint));

describe('a tool that the policy lists under read, and that says of itself that it writes', () => {
  it('waits for a person, by the rules for reads', () => {
    const policy = hinted(policyOf([{ upstream: 'crm', classes: { read: ['get'] }, rules: [ALLOW] }]));
    expect(decide(policy, asked('get'))).toMatchObject({
      effect: 'approve',
      class: 'write',
      reasons: [{ code: 'hint_needs_approval', ruleId: 'r' }],
    });
    const { decision, rules } = explain(policy, asked('get'));
    expect([decision.effect, ...rules.map(({ standing }) => standing)]).toEqual(['approve', 'matches']);
  });

  it('runs where the rule says that nobody need attend, and is a write even so', () => {
    const rules = [{ ...ALLOW, unattended: true }];
    const policy = hinted(policyOf([{ upstream: 'crm', classes: { read: ['get'] }, rules }]));
    expect(decide(policy, asked('get'))).toMatchObject({ effect: 'allow', class: 'write' });
  });

  it('says nothing of a prompt of the same name', () => {
    const rules = [{ id: 'p', who: { any: true }, prompts: ['get'], effect: 'allow' }];
    const policy = hinted(policyOf([{ upstream: 'crm', classes: { read: ['get'] }, rules }]));
    const target = { kind: 'prompt', upstream: 'crm', name: 'get' } as const;
    expect(decide(policy, { ...asked('get'), target })).toMatchObject({ effect: 'allow', class: 'read' });
  });

  it('is granted by no rule for writes', () => {
    const rules = [{ id: 'w', who: { any: true }, tools: { class: 'write' }, effect: 'allow', unattended: true }];
    const policy = hinted(policyOf([{ upstream: 'crm', classes: { read: ['get'] }, rules }]));
    expect(decide(policy, asked('get'))).toMatchObject({ effect: 'deny', reasons: [{ code: 'no_rule' }] });
  });

  it('takes of the limits on both', () => {
    const limits = ['read', 'write'].map((each, n) => ({
      who: { any: true },
      tools: { class: each },
      calls: `${n + 1}/1m`,
    }));
    const policy = policyOf([{ upstream: 'crm', classes: { read: ['get'] }, rules: [ALLOW], limits }]);
    const countOf = (decision: Decision) => (decision.effect === 'deny' ? null : decision.limits.length);
    expect([countOf(decide(policy, asked('get'))), countOf(decide(hinted(policy), asked('get')))]).toEqual([1, 2]);
  });

  it('is believed about no call of which the policy knows more', () => {
    const byArgument = { deal: { argument: 'action', read: ['get'], write: ['set'] } };
    const policy = hinted(policyOf([{ upstream: 'crm', classes: { byArgument }, rules: [ALLOW] }]));
    expect(decide(policy, asked('deal', { action: 'get' }))).toMatchObject({ effect: 'allow', class: 'read' });
  });
});

const someNames = fc.subarray(['get', 'put', 'drop', 'deal', '*', 'g*'], { minLength: 1 });
const rule = fc
  .record({
    tools: fc.oneof(someNames, fc.constantFrom({ class: 'read' }, { class: 'write' })),
    groups: fc.subarray(['staff', 'sales'], { minLength: 1 }),
    effect: fc.constantFrom('allow', 'approve', 'deny'),
    unattended: fc.boolean(),
    when: fc.constantFrom(null, 'env == "prod"', 'args.n <= 5.0', 'tool.class == "write"', 'tool.class == "read"'),
  })
  .map(({ groups, unattended, when, ...rest }) => ({
    ...rest,
    who: { groups },
    ...(rest.effect === 'allow' && { unattended }),
    ...(when !== null && { when }),
  }));
const world = fc.record({
  classes: fc.record({
    read: fc.subarray(['get', 'g*', '*']),
    write: fc.subarray(['put', 'deal']),
    never: fc.subarray(['drop']),
    byArgument: fc.constantFrom(
      {},
      { deal: { argument: 'action', read: ['get'], write: ['set'], never: ['purge'] } },
      { deal: { argument: 'action', read: ['get'] } },
    ),
  }),
  rules: fc.array(rule, { maxLength: 5 }),
  unclassified: fc.constantFrom('deny' as const, 'approve' as const),
});

const OPENNESS = { deny: 0, approve: 1, allow: 2 } as const;

it('never makes anything easier', () => {
  const tools = fc.constantFrom('get', 'put', 'drop', 'deal', 'other');
  const args = fc.constantFrom(null, {}, { action: 'get' }, { action: 'set' }, { n: 1 }, { n: 9 });
  fc.assert(
    fc.property(world, tools, args, fc.subarray(['staff', 'sales']), (given, tool, given_, groups) => {
      const rules = given.rules.map((each, index) => ({ id: `r${index}`, ...each }));
      const policy = policyOf([{ upstream: 'crm', classes: given.classes, rules }], {
        unclassified: given.unclassified,
      });
      const [before, after] = [policy, hinted(policy)].map((each) => decide(each, asked(tool, given_, groups)));
      if (before === undefined || after === undefined) throw new Error('not decided');
      expect(OPENNESS[after.effect]).toBeLessThanOrEqual(OPENNESS[before.effect]);
      if (before.effect === 'deny' || after.effect === 'deny') {
        expect(after).toEqual(before);
        return;
      }
      // Whatever is asked of people and done to results stays; a limit is added at most.
      if (before.effect === 'approve') expect(after).toMatchObject({ terms: before.terms, reasons: before.reasons });
      expect(after).toMatchObject({ args: before.args, result: before.result });
      expect(after.limits.length).toBeGreaterThanOrEqual(before.limits.length);
    }),
    { numRuns: 1_000 },
  );
});

it.each([
  [{ ...ALLOW, tools: ['get'] }, 'readOnlyHint is false', 1],
  [{ ...ALLOW, tools: ['get'], unattended: true }, 'readOnlyHint is false', 0],
  [{ ...ALLOW, tools: ['get'] }, null, 0],
])('is told to whoever checks the policy: %j, %s', (ruled, writingHint, count) => {
  const { sources } = policyOf([{ upstream: 'crm', classes: { read: ['get'] }, rules: [ruled] }]);
  const problems = lintTools(sources, [{ name: 'get', inputSchema: {}, writingHint }]);
  const told = problems.filter(({ message }) => message.includes('its calls wait for a person'));
  expect(told.map(({ got }) => got)).toEqual(Array.from({ length: count }, () => 'get'));
});
