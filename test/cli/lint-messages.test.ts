import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/core/problem.ts';
import { check, type Checked, rule, tool, TOOLS } from '../support/check-rules.ts';

const READ = '{ id: read, who: { groups: [sales] }, tools: [get_deal], effect: allow }';

describe('check says of a policy where, what is wrong, what stood there, and what to do', () => {
  it.each<[string, Checked, Omit<Problem, 'severity'>]>([
    [
      'a rule that another one shadows',
      { rules: [READ, '{ id: nope, tools: ["*"], effect: deny }'] },
      {
        place: 'policies/crm.yaml:5:11',
        subject: 'rules[0].id',
        message: 'never decides: rule nope (policies/crm.yaml:6:5) denies all that it could allow',
        got: 'read',
        help: 'the order of rules has no meaning; narrow one of the two, or remove this one',
      },
    ],
    [
      'a rule about a class without a tool',
      { classes: 'classes: { read: [get_deal] }', rules: [READ.replace('[get_deal]', '{ class: write }')] },
      {
        place: 'policies/crm.yaml:5:50',
        subject: 'rules[0].tools',
        message: 'is about the class write, in which there is no tool',
        got: null,
        help: 'add tools to `classes.write`, or remove the rule',
      },
    ],
    [
      'a rule whose time is over',
      { rules: [READ.replace('effect', 'until: 2026-01-01T00:00Z, effect')] },
      {
        place: 'policies/crm.yaml:5:69',
        subject: 'rules[0].until',
        message: 'is over, so the rule never speaks again',
        got: null,
        help: 'remove the rule',
      },
    ],
    [
      'a rule for an environment that there is not',
      { rules: [READ.replace('effect', 'env: [stagin], effect')] },
      {
        place: 'policies/crm.yaml:5:67',
        subject: 'rules[0].env',
        message: 'names an environment that the configuration does not have',
        got: 'stagin',
        help: 'did you mean staging?',
      },
    ],
    [
      'a rule about a tool in no class',
      { rules: [READ.replace('get_deal', 'get_dael')] },
      {
        place: 'policies/crm.yaml:5:51',
        subject: 'rules[0].tools[0]',
        message: 'is in no class, so the rule allows nothing',
        got: 'get_dael',
        help: 'did you mean get_deal? In no list means denied',
      },
    ],
    [
      'a rule about a tool that is never to be used',
      { rules: [READ.replace('get_deal', 'get_deal, delete_deal')] },
      {
        place: 'policies/crm.yaml:5:61',
        subject: 'rules[0].tools[1]',
        message: 'names what is `never`, which no rule can allow',
        got: 'delete_deal',
        help: 'take it out of the rule, or out of `classes.never`',
      },
    ],
    [
      'writes without approval',
      { rules: ['{ id: w, who: { groups: [sales] }, tools: [update_deal], effect: allow, unattended: true }'] },
      {
        place: 'policies/crm.yaml:5:89',
        subject: 'rules[0].unattended',
        message: 'writes that rule w allows run without any approval',
        got: 'true',
        help: 'name single tools and few people in such a rule',
      },
    ],
    [
      'writes with a credential that all share',
      { rules: ['{ id: w, who: { groups: [sales] }, tools: [update_deal], effect: allow, unattended: true }'] },
      {
        place: 'policies/crm.yaml:5:89',
        subject: 'rules[0].unattended',
        message: 'lets people write with the one credential that all share at crm, unasked and unbound',
        got: 'w',
        help: 'bind an argument to who is calling, ask for approval, or give each person a credential',
      },
    ],
    [
      'a tool in no class',
      { rules: [READ], tools: [...TOOLS, tool('share_deal', {})] },
      {
        place: 'policies/crm.yaml:3:10',
        subject: 'classes',
        message: 'a tool of the upstream is in no class, so it is denied',
        got: 'share_deal',
        help: 'say under `classes` whether it reads, writes, or is never to be used',
      },
    ],
    [
      'a tool that no rule is about',
      { rules: [READ], tools: TOOLS },
      {
        place: 'policies/crm.yaml:3:10',
        subject: 'classes',
        message: 'no rule is about a tool of the upstream, so nobody may use it',
        got: 'update_deal',
        help: 'add a rule, or put it under `never`',
      },
    ],
    [
      'a class of a tool that there is not',
      { rules: [READ], tools: TOOLS.slice(1) },
      {
        place: 'policies/crm.yaml:3:19',
        subject: 'classes.read.0',
        message: 'is no tool of the upstream',
        got: 'get_deal',
        help: null,
      },
    ],
    [
      'a rule about a tool that there is not',
      { rules: [READ.replace('get_deal', 'get_dael')], tools: TOOLS },
      {
        place: 'policies/crm.yaml:5:51',
        subject: 'rules[0].tools[0]',
        message: 'is no tool of the upstream',
        got: 'get_dael',
        help: 'did you mean get_deal?',
      },
    ],
    [
      'an argument that the upstream fills in',
      { rules: [rule('[update_deal]', 'when: args.amount < 9.0, effect: approve')], tools: TOOLS },
      {
        place: 'policies/crm.yaml:5:68',
        subject: 'rules[0].when',
        message: 'looks at args.amount, which update_deal fills in with 0 where a call leaves it out',
        got: null,
        help: 'a call without it is not seen to have it; say what holds then, with has(args.amount)',
      },
    ],
    [
      'an argument that the upstream fills in, by a rule about a class',
      { rules: [rule('{ class: write }', 'when: args.amount < 9.0, effect: approve')], tools: TOOLS },
      {
        place: 'policies/crm.yaml:5:71',
        subject: 'rules[0].when',
        message: 'looks at args.amount, which update_deal fills in with 0 where a call leaves it out',
        got: null,
        help: 'a call without it is not seen to have it; say what holds then, with has(args.amount)',
      },
    ],
    [
      'a condition on an argument that there is not',
      { rules: [rule('[update_deal]', 'when: args.amuont < 9.0, effect: approve')], tools: TOOLS },
      {
        place: 'policies/crm.yaml:5:68',
        subject: 'rules[0].when',
        message: 'is about an argument that update_deal does not declare',
        got: 'amuont',
        help: 'did you mean amount?',
      },
    ],
    [
      'a condition that does not fit the type',
      { rules: [rule('[update_deal]', 'when: args.amount == "x", effect: deny')], tools: TOOLS },
      {
        place: 'policies/crm.yaml:5:68',
        subject: 'rules[0].when',
        message: 'does not fit the input schema of update_deal: no such overload: double == string',
        got: 'args.amount == "x"',
        help: 'such a condition can never be evaluated, which counts as the harsh side of the rule',
      },
    ],
    [
      'a bound argument that there is not',
      { rules: [rule('[update_deal]', 'bind: { tenant: principal.tenant }, effect: approve')], tools: TOOLS },
      {
        place: 'policies/crm.yaml:5:68',
        subject: 'rules[0].bind',
        message: 'is about an argument that update_deal does not declare',
        got: 'tenant',
        help: 'update_deal takes amount',
      },
    ],
    [
      'an argument that says for whom a tool acts',
      { rules: [rule('[list_deals]', 'effect: allow')], tools: TOOLS },
      {
        place: 'policies/crm.yaml:5:47',
        subject: 'rules[0].tools',
        message: 'lets agents say for whom they call list_deals, in an argument that nothing binds',
        got: 'tenant_id',
        help: 'bind it to who is calling, `bind: { tenant_id: principal.tenant }`, or ask about it in `when`',
      },
    ],
  ])('%s', async (_what, checked, expected) => {
    expect(await check(checked)).toContainEqual(expected);
  });
});

describe('an argument that says for whom a tool acts', () => {
  const acts = async (rules: readonly string[], tools = TOOLS): Promise<readonly string[]> =>
    (await check({ rules, tools }))
      .filter(({ message }) => message.startsWith('lets agents say for whom'))
      .map(({ subject, got }) => `${subject} ${got}`);
  const BOUND = 'bind: { tenant_id: principal.tenant, filter.owner: principal.id }';

  it.each<[string, readonly string[], readonly string[]]>([
    [
      'nothing binds',
      [rule('[list_deals]', 'effect: approve')],
      ['rules[0].tools tenant_id', 'rules[0].tools filter.owner'],
    ],
    [
      'a rule about a class lets through',
      [rule('{ class: read }', 'effect: allow')],
      ['rules[0].tools tenant_id', 'rules[0].tools filter.owner'],
    ],
    ['is bound', [rule('[list_deals]', `${BOUND}, effect: allow`)], []],
    [
      'is bound in part',
      [rule('[list_deals]', 'bind: { tenant_id: principal.tenant }, effect: allow')],
      ['rules[0].tools filter.owner'],
    ],
    [
      'a condition asks about',
      [rule('[list_deals]', 'when: args.tenant_id == principal.tenant, effect: allow')],
      ['rules[0].tools filter.owner'],
    ],
    ['a condition asks about with all others', [rule('[list_deals]', 'when: size(args) == 0, effect: allow')], []],
    ['a rule denies', [rule('[list_deals]', 'effect: deny')], []],
    ['a tool has that nobody may use', [rule('["*"]', `${BOUND}, effect: allow`)], []],
    [
      'another rule binds for everybody',
      [
        rule('[list_deals]', 'effect: allow'),
        `{ id: b, who: { any: true, scopes: [x] }, tools: { class: read }, ${BOUND}, effect: allow }`,
      ],
      [],
    ],
    [
      'another rule binds for others',
      [
        rule('[list_deals]', 'effect: allow'),
        `{ id: b, who: { groups: [hr] }, tools: { class: read }, ${BOUND}, effect: allow }`,
      ],
      ['rules[0].tools tenant_id', 'rules[0].tools filter.owner'],
    ],
    [
      'another rule binds for a while',
      [
        rule('[list_deals]', 'effect: allow'),
        `{ id: b, who: { any: true }, tools: { class: read }, ${BOUND}, from: 2027-01-01T00:00Z, effect: allow }`,
      ],
      ['rules[0].tools tenant_id', 'rules[0].tools filter.owner'],
    ],
    [
      'another rule binds at another tool',
      [
        rule('[list_deals]', 'effect: allow'),
        `{ id: b, who: { any: true }, tools: [get_deal], ${BOUND}, effect: allow }`,
      ],
      ['rules[0].tools tenant_id', 'rules[0].tools filter.owner'],
    ],
  ])('that %s', async (_what, rules, expected) => {
    expect(await acts(rules)).toEqual(expected);
  });

  it('is said once for all tools of a rule', async () => {
    const tools = Array.from({ length: 5 }, (_, index) => tool(`list_${index}`, { user_id: { type: 'string' } }));
    const found = await check({
      classes: 'classes: { read: ["list_*"] }',
      rules: [rule('{ class: read }', 'effect: allow')],
      tools,
    });
    expect(found.map(({ message, got }) => [message, got])).toEqual([
      [
        'lets agents say for whom they call list_0, list_1, list_2 and 2 more, in an argument that nothing binds',
        'user_id',
      ],
    ]);
  });
});
