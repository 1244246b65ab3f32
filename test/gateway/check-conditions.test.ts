import { expect, it } from 'vitest';
import { definitionDigest } from '../../src/core/catalog/definition-digest.ts';
import type { ToolDefinition } from '../../src/core/catalog/tool.ts';
import type { CompiledPolicy } from '../../src/core/policy/compile-policy.ts';
import { checkConditions } from '../../src/gateway/check-conditions.ts';
import type { OperatorReport } from '../../src/gateway/deps.ts';
import { createPins } from '../../src/gateway/pins.ts';
import { createPolicyInForce } from '../../src/gateway/policy-in-force.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { policyOf } from '../support/policy.ts';

const update = (type: string): ToolDefinition => {
  const definition = { name: 'update', inputSchema: { type: 'object', properties: { amount: { type } } } };
  return { name: 'update', definition, digest: definitionDigest(definition) };
};

const policy = (...conditions: readonly string[]): CompiledPolicy =>
  policyOf([
    {
      upstream: 'crm',
      classes: { write: ['update'] },
      rules: conditions.map((when, index) => ({
        id: `r${index}`,
        who: { any: true },
        tools: ['update'],
        effect: 'approve',
        when,
      })),
    },
  ]);

const fault = (rule: number, what: string): string =>
  `0.yaml:rules.${rule}.when: rules[${rule}].when does not fit the input schema of update: ${what}`;

async function createRig(initial: CompiledPolicy) {
  const store = createMemoryStore();
  const clock = createFixedClock();
  const told: string[] = [];
  const report = ({ problem }: OperatorReport): void => {
    if (problem.startsWith('conditions')) told.push(problem.replace(/^.*?: /, ''));
  };
  let next = initial;
  const policies = createPolicyInForce(
    { audit: store.audit, clock, report, onRefused: () => undefined, load: async () => next },
    initial,
  );
  const open = async () => {
    const pins = await createPins({ store: store.pins, clock, report });
    checkConditions({ policies, pins, report });
    return pins;
  };
  const load = async (replacing: CompiledPolicy): Promise<void> => {
    next = replacing;
    await policies.reload();
  };
  return { told, open, load, policies };
}

it('are held against the definitions that the store knows, as soon as the gateway starts', async () => {
  const { told, open } = await createRig(policy('args.amount < "9"'));
  const pins = await open();
  await pins.screen('tools', 'crm', [update('string')]);
  expect(told).toEqual([]);
  await (await open()).screen('tools', 'crm', [update('string')]);
  expect(told).toEqual([]);

  const wrong = await createRig(policy('args.amount < 9'));
  await (await wrong.open()).screen('tools', 'crm', [update('string')]);
  expect(wrong.told).toEqual([fault(0, 'no such overload: string < int')]);
  await wrong.open();
  expect(wrong.told).toHaveLength(2);
});

it('are held against them when another policy is loaded, which decides all the same, and each fault is told once', async () => {
  const { told, open, load, policies } = await createRig(policy('args.amount < 9'));
  await (await open()).screen('tools', 'crm', [update('number')]);
  expect(told).toEqual([]);
  const replacing = policy('args.amount < 9', 'args.amount == "x"');
  await load(replacing);
  expect(policies.current()).toBe(replacing);
  expect(told).toEqual([fault(1, 'no such overload: double == string')]);
  await load(policy('args.amount < 8', 'args.amount == "x"', 'args.amount > "y"'));
  expect(told.slice(1)).toEqual([fault(2, 'no such overload: double > string')]);
});

it('are held against a definition that is trusted later', async () => {
  const { told, open } = await createRig(policy('args.amount < 9'));
  const pins = await open();
  await pins.screen('tools', 'crm', [update('number')]);
  await pins.screen('tools', 'crm', [update('string')]);
  expect(told).toEqual([]);
  const changed = pins.list().find(({ status }) => status === 'pending');
  await pins.decide(changed?.id ?? '', 'trusted', 'olivia');
  expect(told).toEqual([fault(0, 'no such overload: string < int')]);
});

it('are told of ten at a time', async () => {
  const { told, open } = await createRig(policy(...Array.from({ length: 12 }, (_, index) => `args.amount < ${index}`)));
  await (await open()).screen('tools', 'crm', [update('string')]);
  expect(told[0]).toMatch(/; and 2 more$/);
  expect(told[0]?.split('; ')).toHaveLength(11);
});
