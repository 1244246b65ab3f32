import { describe, expect, it } from 'vitest';
import { policyCasesSchema } from '../../../src/core/policy/policy-cases.ts';
import { policyFileSchema } from '../../../src/core/policy/policy-schema.ts';
import { findUntestedRules, runCases } from '../../../src/core/policy/run-cases.ts';
import { policyOf, watchRule } from '../../support/policy.ts';

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

  const WATCHED = {
    upstream: 'crm',
    classes: { read: ['get', 'find', 'show', 'people'], write: ['put'] },
    rules: [
      { id: 'read', who: { groups: ['staff'] }, tools: ['get', 'find'], effect: 'allow' },
      {
        id: 'show',
        who: { groups: ['staff'] },
        tools: ['show'],
        effect: 'allow',
        result: { keep: ['id'], redact: ['email'] },
      },
      {
        id: 'people',
        who: { groups: ['staff'] },
        tools: ['people'],
        effect: 'allow',
        result: { redact: ['personal-data'] },
      },
      {
        id: 'put',
        who: { groups: ['staff'] },
        tools: ['put'],
        effect: 'approve',
        bind: { owner: 'principal.id' },
      },
    ],
    limits: [
      { tools: ['get', 'put'], calls: '3/1m' },
      { tools: ['find'], spend: { cost: 2, budget: '5/1d' } },
    ],
    watch: [
      watchRule('identical-calls', 'deny', { count: 9, within: '1m' }),
      watchRule('first-use-of-tool', 'require-approval'),
    ],
  };
  const given = {
    structuredContent: { id: 'd1', salary: 9 },
    content: [{ type: 'text', text: '{"id":"a@b.example","salary":9}' }],
  };

  /** So long that it is worked on in several steps. */
  const LONG = {
    content: [],
    structuredContent: { id: 'd1', notes: Array.from({ length: 100_000 }, (_, n) => `note ${n}`) },
  };

  it.each<[string, object, readonly string[]]>([
    ['as many calls as a limit gives', { tool: 'get', times: 3, expect: 'allow' }, []],
    ['one more', { tool: 'get', times: 4, expect: 'allow' }, ['expected allow, is deny (limit_reached)']],
    ['as much as a budget gives', { tool: 'find', times: 2, expect: 'allow' }, []],
    ['more than that', { tool: 'find', times: 3, expect: 'deny' }, []],
    ['calls that wait for a person', { tool: 'put', times: 4, expect: 'approve' }, []],
    ['what is filled in', { tool: 'put', args: { a: 1 }, expect: 'approve', bound: { a: 1, owner: 'alice' } }, []],
    [
      'what is filled in otherwise',
      { tool: 'put', expect: 'approve', bound: { owner: 'bob' } },
      ['expected {"owner":"bob"} to be sent, is {"owner":"alice"}'],
    ],
    [
      'arguments of what is not sent at all',
      { tool: 'drop', expect: 'hidden', bound: {} },
      ['expected {} to be sent, is nothing'],
    ],
    ['fewer than too many of the same', { tool: 'show', times: 8, expect: 'allow' }, []],
    [
      'too many of the same',
      { tool: 'show', times: 9, expect: 'allow' },
      ['expected allow, is deny (identical_calls)'],
    ],
    [
      'the first use of a tool',
      { tool: 'get', firstUse: true, expect: 'allow' },
      ['expected allow, is approve (first_use)'],
    ],
    [
      'a result as a rule shows it',
      { tool: 'show', expect: 'allow', result: given, shown: { structuredContent: { id: 'd1' } } },
      [],
    ],
    [
      'personal data in it',
      {
        tool: 'show',
        expect: 'allow',
        result: given,
        shown: { content: [{ type: 'text', text: '{"id":"[redacted:email]"}' }] },
      },
      [],
    ],
    [
      'personal data of all kinds in it',
      {
        tool: 'people',
        expect: 'allow',
        result: { content: [{ type: 'text', text: 'write to a@b.example' }] },
        shown: { content: [{ type: 'text', text: 'write to [redacted:email]' }] },
      },
      [],
    ],
    ['a long result', { tool: 'show', expect: 'allow', result: LONG, shown: { structuredContent: { id: 'd1' } } }, []],
    [
      'a result that is shown otherwise',
      { tool: 'get', expect: 'allow', result: given, shown: { structuredContent: { id: 'd1' } } },
      ['expected structuredContent {"id":"d1"} to be shown, is {"id":"d1","salary":9}'],
    ],
    [
      'nothing where the call is denied',
      { tool: 'drop', expect: 'hidden', result: given, shown: { content: [] } },
      ['expected content [] to be shown, is nothing'],
    ],
  ])('looks at %s', (_what, expected, differences) => {
    const cases = [{ name: 'case', as: alice, ...expected }];
    const parsed = policyCasesSchema.parse({ policy: 'crm.yaml', cases });
    expect(runCases(policyOf([WATCHED]), 'crm', parsed.cases)[0]?.differences).toEqual(differences);
  });

  it.each<[string, object, string | null]>([
    ['a tool', { tool: 'get' }, 'tool get'],
    ['a resource', { resource: 'crm://a' }, 'resource crm://a'],
    ['a template', { template: 'crm://{id}' }, 'template crm://{id}'],
    ['values for a template', { template: 'crm://{id}', completion: true }, 'template-argument crm://{id}'],
    ['a prompt', { prompt: 'hello' }, 'prompt hello'],
    ['values for a prompt', { prompt: 'hello', completion: true }, 'prompt-argument hello'],
    ['values for a tool', { tool: 'get', completion: true }, null],
    ['values for a resource', { resource: 'crm://a', completion: true }, null],
    ['a tool and a prompt', { tool: 'get', prompt: 'hello' }, null],
    ['nothing', {}, null],
  ])('asks about %s', (_what, named, expected) => {
    const cases = [{ name: 'case', as: alice, expect: 'allow', ...named }];
    const parsed = policyCasesSchema.safeParse({ policy: 'crm.yaml', cases });
    const target = parsed.data?.cases[0]?.target;
    expect(target === undefined ? null : `${target.kind} ${target.name}`).toBe(expected);
  });

  it('takes no result without what must be shown of it', () => {
    const cases = [{ name: 'case', as: alice, tool: 'get', expect: 'allow', result: given }];
    expect(policyCasesSchema.safeParse({ policy: 'crm.yaml', cases }).success).toBe(false);
  });

  it('finds the rules that no case reaches', () => {
    const file = policyFileSchema.parse({ version: 1, ...FILE });
    expect(findUntestedRules(file, run({ tool: 'get', expect: 'allow' }))).toEqual(['write', 'interns']);
  });
});
