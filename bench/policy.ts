import { Buffer } from 'node:buffer';
import { UPSTREAM_MESSAGE_LIMITS } from '../src/core/json/limits.ts';
import type { Principal, PrincipalId } from '../src/core/identity/principal.ts';
import { readJson } from '../src/core/json/read-json.ts';
import type { Json, JsonObject } from '../src/core/json/value.ts';
import { type CompiledPolicy, compilePolicy } from '../src/core/policy/compile-policy.ts';
import { decide } from '../src/core/policy/decide.ts';
import type { PolicyFile } from '../src/core/policy/policy-file.ts';
import { policyFileSchema } from '../src/core/policy/policy-schema.ts';
import { compileSchema } from '../src/core/schema/compile-schema.ts';
import { ARGUMENTS } from './json-cases.ts';
import { nanosOf } from './nanos.ts';

// What a decision costs, and a check of arguments. `node bench/policy.ts`

export interface PolicyRow {
  readonly case: string;
  readonly micros: number;
  readonly budget: number | null;
}

const DECISION_MICROS_MAX = 30;

/** Takes some seconds, and all of one core. */
export async function benchPolicy(): Promise<readonly PolicyRow[]> {
  const args = asRead(ARGUMENTS) as JsonObject;
  const check = compileSchema(asRead(INPUT_SCHEMA));
  if (!check.ok || check.value === null) throw new Error('the schema says something');
  const checkValue = check.value;
  const request = {
    principal: PRINCIPAL,
    target: { kind: 'tool', upstream: 'crm', name: 'update_deal' },
    args,
    nowMs: NOW_MS,
  } as const;
  const small = policyOf(1);
  const large = policyOf(100);
  const usual = usualPolicy();
  return [
    { case: 'decide, 1 rule with a condition', micros: await micros(() => decide(small, request)), budget: null },
    {
      case: 'decide, 100 rules with conditions',
      micros: await micros(() => decide(large, request)),
      budget: DECISION_MICROS_MAX,
    },
    {
      case: 'decide, 20 rules, 2 limits, a shaped result',
      micros: await micros(() => decide(usual, request)),
      budget: null,
    },
    { case: 'arguments 200 B against their schema', micros: await micros(() => checkValue(args)), budget: null },
  ];
}

const micros = async (run: () => unknown): Promise<number> => (await nanosOf(run)) / 1000;

const NOW_MS = 1_767_268_800_000;
const PRINCIPAL: Principal = {
  id: 'alice' as PrincipalId,
  name: 'Alice',
  groups: ['sales'],
  scopes: ['crm.read', 'crm.write'],
  tenant: 'acme',
  client: 'an-editor',
  credentialId: 'tok_1',
  issuer: 'countersign',
  resources: null,
};

const INPUT_SCHEMA = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    amount: { type: 'number', minimum: 0 },
    stage: { enum: ['open', 'negotiation', 'won', 'lost'] },
    owner: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    custom: { type: 'object' },
    notes: { type: 'string', maxLength: 10_000 },
  },
  required: ['id', 'amount'],
  additionalProperties: false,
};

/** So many rules that are all about this call and this person; of each, the condition must be evaluated. */
function policyOf(rules: number): CompiledPolicy {
  const file = policyFileSchema.parse({
    version: 1,
    upstream: 'crm',
    classes: { read: ['get_*'], write: ['update_deal'] },
    rules: Array.from({ length: rules }, (_, index) => ({
      id: `rule-${index}`,
      who: { groups: ['sales'] },
      tools: ['update_deal'],
      effect: index === 0 ? 'approve' : 'deny',
      when: index === 0 ? 'args.amount <= 20000.0' : `args.amount > ${20_000 + index}.0 && args.stage != "won"`,
    })),
  });
  return compiled(file);
}

/** What a policy for one upstream looks like: most rules are about other tools or people than those of a call. */
function usualPolicy(): CompiledPolicy {
  const others = Array.from({ length: 17 }, (_, index) => ({
    id: `other-${index}`,
    who: { groups: [index % 2 === 0 ? 'sales' : 'support'] },
    tools: [index % 3 === 0 ? 'get_*' : `tool_${index}`],
    effect: 'allow',
    when: 'args.amount <= 20000.0',
  }));
  const update = { who: { groups: ['sales'] }, tools: ['update_deal'] };
  return compiled(
    policyFileSchema.parse({
      version: 1,
      upstream: 'crm',
      classes: { read: ['get_*'], write: ['update_deal', 'tool_*'] },
      rules: [
        ...others,
        {
          id: 'small',
          ...update,
          effect: 'allow',
          unattended: true,
          when: 'args.amount <= 20000.0',
          result: { drop: ['salary'], redact: ['personal-data'] },
        },
        { id: 'large', ...update, effect: 'approve', when: 'args.amount > 20000.0' },
        { id: 'never-lost', ...update, effect: 'deny', when: 'args.stage == "lost"' },
      ],
      limits: [{ calls: '600/1m' }, { tools: { class: 'write' }, calls: '20/1h' }],
    }),
  );
}

function compiled(file: PolicyFile): CompiledPolicy {
  const policy = compilePolicy([{ name: 'crm.yaml', file, placeOf: () => 'crm.yaml' }], {
    environment: 'prod',
    unclassified: 'deny',
    approvalExpiresMs: 60_000,
    approversMin: 1,
    appUpstreams: [],
  });
  if (!policy.ok) throw new Error('the policy is right');
  return policy.value;
}

function asRead(value: unknown): Json {
  const read = readJson(Buffer.from(JSON.stringify(value)), UPSTREAM_MESSAGE_LIMITS);
  if (!read.ok) throw new Error(read.error.detail);
  return read.value;
}

if (import.meta.main) {
  const rows = await benchPolicy();
  console.log(`${'case'.padEnd(44)}${'µs'.padStart(12)}${'budget'.padStart(10)}`);
  const isMissed = ({ micros: spent, budget }: PolicyRow): boolean => budget !== null && spent > budget;
  for (const row of rows) {
    const missed = isMissed(row) ? '  missed' : '';
    console.log(
      `${row.case.padEnd(44)}${row.micros.toFixed(2).padStart(12)}${`${row.budget ?? ''}`.padStart(10)}${missed}`,
    );
  }
  if (rows.some(isMissed)) process.exitCode = 1;
}
