import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TargetKind } from '../../../src/core/catalog/target.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import type { Decision, DecisionRequest } from '../../../src/core/policy/decision.ts';
import { NOW_MS, policyOf, principalOf } from '../../support/policy.ts';

// A small world, so that rules and requests meet often.
const groups = fc.subarray(['staff', 'sales', 'leads']);
const scopes = fc.subarray(['read', 'write']);
const someNames = fc.subarray(['get', 'put', 'drop', 'deal', '*', 'g*', '*t', 'd*l*'], { minLength: 1 });

const people = fc.oneof(
  fc.constant({ any: true }),
  fc.record({ users: fc.subarray(['alice', 'bob'], { minLength: 1 }) }),
  fc.record({ groups: fc.subarray(['staff', 'sales', 'leads'], { minLength: 1 }) }),
);
const TRUE = 'env == "prod"';
const FALSE = 'env == "dev"';
const UNEVALUABLE = 'args.missing.x == 1';
const conditions = fc.constantFrom(
  null,
  TRUE,
  FALSE,
  UNEVALUABLE,
  'args.action == "set"',
  'args.n <= 5.0',
  'has(args.n)',
);
const withCondition = (when: string | null): object => (when === null ? {} : { when });

/** Where and when a rule is in force. */
const force = fc.constantFrom(
  {},
  { from: '2026-01-01T00:00Z' },
  { from: '2027-01-01T00:00Z' },
  { until: '2026-01-01T00:00Z' },
  { until: '2027-01-01T00:00Z' },
  { env: ['prod', 'test'] },
  { env: ['dev'] },
);

const grant = fc
  .record({
    force,
    when: conditions,
    binds: fc.boolean(),
    who: people,
    scopes,
    tools: fc.oneof(someNames, fc.constantFrom({ class: 'read' }, { class: 'write' })),
    effect: fc.constantFrom('allow', 'approve'),
    unattended: fc.boolean(),
    approvers: fc.subarray(['leads', 'security']),
  })
  .map(({ who, scopes: needed, tools, effect, unattended, approvers, when, binds, force: inForce }) => ({
    ...withCondition(when),
    ...inForce,
    ...(binds ? { bind: { owner: 'principal.id' } } : {}),
    who: needed.length === 0 ? who : { ...who, scopes: needed },
    tools,
    effect,
    ...(effect === 'allow' ? { unattended } : {}),
    ...(effect === 'approve' && approvers.length > 0 ? { approval: { by: { groups: approvers } } } : {}),
  }));
const denial = fc
  .record({ who: people, tools: someNames, effect: fc.constant('deny'), when: conditions, force })
  .map(({ when, force: inForce, ...rest }) => ({ ...rest, ...inForce, ...withCondition(when) }));
/** One that takes nothing away: whatever is bound is denied to others. */
const allowance = grant.filter((rule) => rule.effect === 'allow' && !('bind' in rule));
const narrower = fc.oneof(
  force,
  fc.constant({ unattended: false }),
  fc.constantFrom(FALSE, UNEVALUABLE, 'args.n <= 5.0').map((when) => ({ when })),
  fc.constant({ who: { users: ['alice'], groups: ['staff'], scopes: ['read', 'write'] } }),
);

const rules = fc
  .array(fc.oneof({ weight: 3, arbitrary: grant }, { weight: 1, arbitrary: denial }), { maxLength: 6 })
  .map((list) => list.map((rule, index) => ({ id: `r${index}`, ...rule })));
const classes = fc.record({
  read: fc.subarray(['get', 'g*', '*']),
  write: fc.subarray(['put', 'deal', 'p*']),
  never: fc.subarray(['drop', 'd*']),
  byArgument: fc.constantFrom({}, { deal: { argument: 'action', read: ['get'], write: ['set'], never: ['purge'] } }),
});
const options = fc.record({ unclassified: fc.constantFrom('deny' as const, 'approve' as const) });
const world = fc.record({ classes, rules, options });

const request = fc
  .record({
    user: fc.constantFrom('alice', 'bob', 'carol'),
    groups,
    scopes,
    tool: fc.constantFrom('get', 'put', 'drop', 'deal', 'other'),
    args: fc.oneof(
      fc.constant(null),
      fc.record({ action: fc.constantFrom('get', 'set', 'purge', 'x') }),
      fc.record({ n: fc.constantFrom(1, 9, 'x', null), owner: fc.constantFrom('alice', 'bob') }),
      fc.constant({}),
    ),
  })
  .map(({ tool, args, ...who }): DecisionRequest => {
    return { principal: principalOf(who), target: { kind: 'tool', upstream: 'crm', name: tool }, args, nowMs: NOW_MS };
  });

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;
const compile = (given: World, more: readonly object[] = []): ReturnType<typeof policyOf> =>
  policyOf([{ upstream: 'crm', classes: given.classes, rules: [...given.rules, ...more] }], given.options);

function openness(decision: Decision): number {
  return { deny: 0, approve: 1, allow: 2 }[decision.effect];
}

const withoutVersion = ({ policyVersion: _, ...decision }: Decision): unknown => decision;
/** Places and the version tell where a rule stands; all else must not. */
const meaning = (decision: Decision): unknown => ({
  ...(withoutVersion(decision) as object),
  reasons: decision.reasons.map(({ place: _, ...reason }) => reason),
});

describe('decide', () => {
  it('does not depend on the order of rules, nor on how they are spread over files', () => {
    fc.assert(
      fc.property(
        world.chain((given) =>
          fc.record({
            given: fc.constant(given),
            shuffled: fc.shuffledSubarray(given.rules, { minLength: given.rules.length }),
          }),
        ),
        fc.nat(6),
        request,
        ({ given, shuffled }, cut, asked) => {
          const split = policyOf(
            [
              { upstream: 'crm', rules: shuffled.slice(0, cut) },
              { upstream: 'crm', classes: given.classes, rules: shuffled.slice(cut) },
            ],
            given.options,
          );
          expect(meaning(decide(split, asked))).toEqual(meaning(decide(compile(given), asked)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('allows no more for a condition that cannot be evaluated than for one that holds and for one that does not', () => {
    fc.assert(
      fc.property(world, fc.oneof(grant, denial), request, (given, more, asked) => {
        const opennessWith = (when: string): number =>
          openness(decide(compile(given, [{ id: 'more', ...more, when }]), asked));
        const least = Math.min(opennessWith(TRUE), opennessWith(FALSE));
        fc.pre(asked.args !== null);
        expect(opennessWith(UNEVALUABLE)).toBeLessThanOrEqual(least);
      }),
      { numRuns: 500 },
    );
  });

  it('never lets through an argument that is bound to somebody else', () => {
    fc.assert(
      fc.property(world, grant, request, (given, more, asked) => {
        const always = { from: undefined, until: undefined, env: undefined };
        const about = { who: { any: true }, tools: ['*'] };
        const binding = { id: 'more', ...more, ...always, ...about, bind: { owner: 'principal.id' } };
        const decision = decide(compile(given, [binding]), asked);
        const isLetThrough = decision.effect !== 'deny' && decision.args !== null;
        expect(isLetThrough ? decision.args['owner'] : asked.principal.id).toBe(asked.principal.id);
      }),
      { numRuns: 500 },
    );
  });

  it('lists whatever some arguments could be allowed for', () => {
    fc.assert(
      fc.property(world, request, (given, asked) => {
        const policy = compile(given);
        const listed = openness(decide(policy, { ...asked, args: null }));
        const called = openness(decide(policy, { ...asked, args: asked.args ?? {} }));
        expect(Math.min(listed, 1)).toBeGreaterThanOrEqual(Math.min(called, 1));
      }),
      { numRuns: 500 },
    );
  });

  it('never allows more for a rule more that denies', () => {
    fc.assert(
      fc.property(world, denial, request, (given, more, asked) => {
        const before = decide(compile(given), asked);
        const after = decide(compile(given, [{ id: 'more', ...more }]), asked);
        expect(openness(after)).toBeLessThanOrEqual(openness(before));
      }),
      { numRuns: 500 },
    );
  });

  it('never allows more for a name more that is never', () => {
    fc.assert(
      fc.property(world, someNames, request, (given, names, asked) => {
        const { never } = given.classes;
        const after = compile({ ...given, classes: { ...given.classes, never: [...never, ...names] as typeof never } });
        expect(openness(decide(after, asked))).toBeLessThanOrEqual(openness(decide(compile(given), asked)));
      }),
      { numRuns: 500 },
    );
  });

  it('never allows more for a rule less that allows', () => {
    fc.assert(
      fc.property(world, allowance, request, (given, less, asked) => {
        const before = decide(compile(given, [{ id: 'less', ...less }]), asked);
        expect(openness(decide(compile(given), asked))).toBeLessThanOrEqual(openness(before));
      }),
      { numRuns: 500 },
    );
  });

  it('never allows more for a rule that allows in fewer cases: for a time, elsewhere, to fewer people, or not unattended', () => {
    fc.assert(
      fc.property(world, allowance, narrower, request, (given, rule, less, asked) => {
        const wide = { id: 'wide', who: { any: true }, tools: rule.tools, effect: 'allow', unattended: true };
        const before = decide(compile(given, [wide]), asked);
        const after = decide(compile(given, [{ ...wide, ...less }]), asked);
        expect(openness(after)).toBeLessThanOrEqual(openness(before));
      }),
      { numRuns: 500 },
    );
  });

  it('never allows more for a scope less', () => {
    fc.assert(
      fc.property(world, request, (given, asked) => {
        const policy = compile(given);
        const all = decide(policy, { ...asked, principal: { ...asked.principal, scopes: ['read', 'write'] } });
        expect(openness(decide(policy, asked))).toBeLessThanOrEqual(openness(all));
      }),
      { numRuns: 500 },
    );
  });

  it('denies and hides what is never, whatever any rule says', () => {
    fc.assert(
      fc.property(world, request, (given, asked) => {
        const policy = compile({ ...given, classes: { ...given.classes, never: ['*'] } });
        expect(decide(policy, asked)).toMatchObject({ effect: 'deny', hidden: true, class: 'never' });
      }),
    );
  });

  it('denies what a rule denies', () => {
    fc.assert(
      fc.property(world, request, (given, asked) => {
        expect(decide(compile(given, [{ id: 'more', tools: ['*'], effect: 'deny' }]), asked).effect).toBe('deny');
      }),
    );
  });

  it('denies without a rule', () => {
    fc.assert(
      fc.property(world, request, (given, asked) => {
        expect(decide(compile({ ...given, rules: [] }), asked)).toMatchObject({ effect: 'deny', hidden: true });
      }),
    );
  });

  it('lists a tool if and only if some arguments would not be denied', () => {
    fc.assert(
      fc.property(world, request, (given, asked) => {
        const rules = given.rules.filter((rule) => !JSON.stringify(rule).includes('args.'));
        const policy = compile({ ...given, rules });
        const calls = ['get', 'set', 'purge', 'x'].map((action) => decide(policy, { ...asked, args: { action } }));
        const listed = decide(policy, { ...asked, args: null });
        expect(openness(listed)).toBe(Math.max(...calls.map(openness)));
      }),
      { numRuns: 500 },
    );
  });

  it('never lets a write through that no unattended rule allows', () => {
    fc.assert(
      fc.property(world, request, (given, asked) => {
        const attended = given.rules.map((rule) => ({
          ...rule,
          ...('unattended' in rule ? { unattended: false } : {}),
        }));
        const decision = decide(compile({ ...given, rules: attended as typeof given.rules }), asked);
        expect(decision.effect === 'allow' ? decision.class : 'read').toBe('read');
      }),
    );
  });

  it('answers whatever it is asked, and gives a reason', () => {
    const anything = fc.record({
      principal: fc
        .record({ user: fc.string(), groups: fc.array(fc.string()), scopes: fc.array(fc.string()) })
        .map(principalOf),
      target: fc.record({
        kind: fc.constantFrom<TargetKind>('tool', 'resource', 'prompt', 'prompt-argument', 'template-argument'),
        upstream: fc.oneof(fc.constant('crm'), fc.string({ unit: 'binary' })),
        name: fc.oneof(fc.constantFrom('get', '__proto__'), fc.string({ unit: 'binary' })),
      }),
      nowMs: fc.integer(),
      args: fc.oneof(
        fc.constant(null),
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: false }) as fc.Arbitrary<
          Record<string, never>
        >,
      ),
    });
    fc.assert(
      fc.property(world, anything, (given, asked) => {
        const policy = compile(given);
        const decision = decide(policy, asked);
        expect(decision.reasons.length).toBeGreaterThan(0);
        expect(decision.policyVersion).toBe(policy.version);
        expect(decide(policy, asked)).toEqual(decision);
      }),
    );
  });
});
