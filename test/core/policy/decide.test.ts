import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json/value.ts';
import type { PolicyOptions } from '../../../src/core/policy/compile-policy.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import type { Decision } from '../../../src/core/policy/decision.ts';
import { NOW_MS, policyOf, principalOf } from '../../support/policy.ts';

const STAFF = { groups: ['staff'] };
const CLASSES = { read: ['get', 'search_*'], write: ['put'], never: ['drop', 'drop_*'] };

interface Case {
  readonly rules?: readonly object[];
  readonly classes?: object;
  readonly as?: Parameters<typeof principalOf>[0];
  readonly upstream?: string;
  readonly tool?: string;
  readonly args?: JsonObject | null;
  readonly options?: Partial<PolicyOptions>;
}

function decideCase(given: Case): Decision {
  const { rules = [], classes = CLASSES, as = STAFF, upstream = 'crm', tool = 'get', args = {}, options = {} } = given;
  const withIds = rules.map((rule, index) => ({ id: `r${index}`, who: STAFF, tools: ['*'], effect: 'allow', ...rule }));
  const policy = policyOf([{ upstream: 'crm', classes, rules: withIds }], options);
  return decide(policy, {
    principal: principalOf(as),
    target: { kind: 'tool', upstream, name: tool },
    args,
    nowMs: NOW_MS,
  });
}

function outcomeOf(decision: Decision): string {
  const effect = decision.effect === 'deny' && decision.hidden ? 'hidden' : decision.effect;
  return `${effect} ${decision.class} ${decision.reasons[0].code}`;
}

describe('the order of force', () => {
  it.each<[string, string, Case]>([
    [
      'no policy for the upstream denies',
      'hidden unclassified upstream_without_policy',
      { upstream: 'other', rules: [{}] },
    ],
    [
      'an upstream named like a member of Object has no policy',
      'hidden unclassified upstream_without_policy',
      { upstream: 'constructor' },
    ],
    ['no rule denies', 'hidden read no_rule', {}],
    ['a rule about others denies', 'hidden read no_rule', { rules: [{ who: { groups: ['sales'] } }] }],
    ['a rule about another tool denies', 'hidden read no_rule', { rules: [{ tools: ['put'] }] }],
    ['allow allows a read', 'allow read rule_allows', { rules: [{}] }],
    ['allow of a write asks', 'approve write write_needs_approval', { tool: 'put', rules: [{}] }],
    ['unattended allow of a write allows', 'allow write rule_allows', { tool: 'put', rules: [{ unattended: true }] }],
    [
      'one unattended rule among others allows',
      'allow write rule_allows',
      { tool: 'put', rules: [{}, { unattended: true }] },
    ],
    ['approve asks, for a read too', 'approve read rule_needs_approval', { rules: [{ effect: 'approve' }] }],
    ['approve beats allow', 'approve read rule_needs_approval', { rules: [{}, { effect: 'approve' }] }],
    [
      'approve beats unattended',
      'approve write rule_needs_approval',
      { tool: 'put', rules: [{ unattended: true }, { effect: 'approve' }] },
    ],
    ['deny beats allow', 'deny read rule_denies', { rules: [{}, { effect: 'deny' }] }],
    ['deny beats approve', 'deny read rule_denies', { rules: [{ effect: 'approve' }, { effect: 'deny' }] }],
    [
      'deny of others changes nothing',
      'allow read rule_allows',
      { rules: [{}, { effect: 'deny', who: { groups: ['sales'] } }] },
    ],
    [
      'deny without who is about everybody',
      'deny read rule_denies',
      { rules: [{}, { effect: 'deny', who: undefined }] },
    ],
    ['never beats allow', 'hidden never class_never', { tool: 'drop', rules: [{ unattended: true }] }],
    [
      'never beats deny, so that it stays hidden',
      'hidden never class_never',
      { tool: 'drop', rules: [{ effect: 'deny' }] },
    ],
    ['never beats approve', 'hidden never class_never', { tool: 'drop_all', rules: [{ effect: 'approve' }] }],
    ['a tool in no list is denied', 'hidden unclassified class_unclassified', { tool: 'new', rules: [{}] }],
    [
      'even where a rule denies it, which would show it',
      'hidden unclassified class_unclassified',
      { tool: 'new', rules: [{ effect: 'deny' }] },
    ],
  ])('%s', (_sentence, outcome, given) => {
    expect(outcomeOf(decideCase(given))).toBe(outcome);
  });
});

describe('a tool in no list, where the environment says approve', () => {
  const options = { unclassified: 'approve' } as const;
  it.each<[string, string, Case]>([
    ['no rule still denies', 'hidden unclassified no_rule', {}],
    ['allow asks', 'approve unclassified class_unclassified', { rules: [{}] }],
    [
      'unattended asks too: nobody said it is safe',
      'approve unclassified class_unclassified',
      { rules: [{ unattended: true }] },
    ],
    ['approve asks', 'approve unclassified rule_needs_approval', { rules: [{ effect: 'approve' }] }],
    ['deny denies', 'deny unclassified rule_denies', { rules: [{}, { effect: 'deny' }] }],
    ['a rule about a class is not about it', 'hidden unclassified no_rule', { rules: [{ tools: { class: 'write' } }] }],
  ])('%s', (_sentence, outcome, given) => {
    expect(outcomeOf(decideCase({ tool: 'new', options, ...given }))).toBe(outcome);
  });
});

describe('who', () => {
  const allowed = (who: object, as: Case['as']): boolean => decideCase({ rules: [{ who }], as }).effect === 'allow';

  it.each<[string, object, Case['as'], boolean]>([
    ['everybody', { any: true }, {}, true],
    ['a user by id', { users: ['bob', 'alice'] }, { user: 'alice' }, true],
    ['nobody by display name', { users: ['alice by name'] }, { user: 'alice' }, false],
    [
      'a user of an issuer by the whole id',
      { users: ['https://idp.example#42'] },
      { user: 'https://idp.example#42' },
      true,
    ],
    ['nobody by the subject alone', { users: ['42'] }, { user: 'https://idp.example#42' }, false],
    ['nobody by a part of the id', { users: ['https://idp.example'] }, { user: 'https://idp.example#42' }, false],
    ['any one of the groups', { groups: ['a', 'b'] }, { groups: ['c', 'b'] }, true],
    ['none of them', { groups: ['a', 'b'] }, { groups: ['c'] }, false],
    ['nobody without groups', { groups: ['a'] }, { groups: [] }, false],
    ['no group of other case', { groups: ['Staff'] }, { groups: ['staff'] }, false],
    ['no group that begins alike', { groups: ['staff'] }, { groups: ['staff-extern'] }, false],
    ['user and group together', { users: ['alice'], groups: ['a'] }, { user: 'alice', groups: ['a'] }, true],
    ['not the user alone', { users: ['alice'], groups: ['a'] }, { user: 'alice' }, false],
    ['not the group alone', { users: ['alice'], groups: ['a'] }, { user: 'bob', groups: ['a'] }, false],
    ['all of the scopes', { any: true, scopes: ['x', 'y'] }, { scopes: ['y', 'x', 'z'] }, true],
    ['not one of them', { any: true, scopes: ['x', 'y'] }, { scopes: ['x'] }, false],
    ['no scope that begins alike', { any: true, scopes: ['tools:read'] }, { scopes: ['tools:readwrite'] }, false],
    ['no scope with a star', { any: true, scopes: ['tools:read'] }, { scopes: ['tools:*', '*'] }, false],
    ['no scope of other case', { any: true, scopes: ['tools:read'] }, { scopes: ['TOOLS:READ'] }, false],
    ['no rights from an empty scope', { any: true, scopes: ['x'] }, { scopes: [''] }, false],
    ['a star is no group', { groups: ['*'] }, { groups: ['staff'] }, false],
  ])('%s', (_sentence, who, as, expected) => {
    expect(allowed(who, as)).toBe(expected);
  });
});

describe('scopes', () => {
  const scoped = { who: { groups: ['staff'], scopes: ['crm.read', 'crm.more'] } };

  it('names what is missing where nothing else is', () => {
    const decision = decideCase({ rules: [scoped], as: { groups: ['staff'], scopes: ['crm.more'] } });
    expect(outcomeOf(decision)).toBe('deny read scope_missing');
    expect(decision).toMatchObject({ hidden: false, missingScopes: ['crm.read'], reasons: [{ ruleId: 'r0' }] });
  });

  it('says nothing of scopes to those whom no rule is about', () => {
    expect(outcomeOf(decideCase({ rules: [scoped], as: { groups: ['sales'] } }))).toBe('hidden read no_rule');
  });

  it('names the smallest gap, whatever the order of the rules', () => {
    const nearer = { who: { groups: ['staff'], scopes: ['crm.read'] } };
    for (const rules of [
      [
        { ...scoped, id: 'a' },
        { ...nearer, id: 'b' },
      ],
      [
        { ...nearer, id: 'b' },
        { ...scoped, id: 'a' },
      ],
    ]) {
      expect(decideCase({ rules, as: STAFF })).toMatchObject({
        missingScopes: ['crm.read'],
        reasons: [{ ruleId: 'b' }],
      });
    }
  });

  it('is no way round an approval: without the scope of the rule that asks, it asks all the same', () => {
    const rules = [{ unattended: true }, { ...scoped, effect: 'approve' }];
    expect(outcomeOf(decideCase({ tool: 'put', rules, as: STAFF }))).toBe('approve write rule_needs_approval');
    const withScopes = { groups: ['staff'], scopes: ['crm.read', 'crm.more'] };
    expect(outcomeOf(decideCase({ tool: 'put', rules, as: withScopes }))).toBe('approve write rule_needs_approval');
  });
});

describe('names of tools', () => {
  it.each([
    ['Get'],
    ['get '],
    [' get'],
    ['get\u00a0'],
    ['g\u200bet'],
    ['\ufeffget'],
    ['g\u0435t'],
    ['\uff47\uff45\uff54'],
    ['get\0'],
    [''],
    ['*'],
    ['.*'],
    ['get|put'],
    ['search_*'],
    ['__proto__'],
    ['constructor'],
    ['toString'],
    ['hasOwnProperty'],
    [`search_${'x'.repeat(122)}`],
    ['x'.repeat(10_000)],
  ])('%j is not taken for a name that a rule allows', (tool) => {
    expect(decideCase({ tool, rules: [{ tools: ['get', 'search_*'] }] })).toMatchObject({
      effect: 'deny',
      hidden: true,
    });
  });

  it.each([['search_'], ['search_deals'], [`search_${'x'.repeat(121)}`], ['search_ a']])(
    '%j is what search_* is about',
    (tool) => {
      expect(decideCase({ tool, rules: [{ tools: ['search_*'] }] }).effect).toBe('allow');
    },
  );
});

describe('the class of a call by an argument', () => {
  const classes = {
    byArgument: { deal: { argument: 'action', read: ['get'], write: ['create', 'update'], never: ['purge'] } },
  };
  const readsOnly = { byArgument: { deal: { argument: 'action', read: ['get'] } } };
  const unsafe = { byArgument: { deal: { argument: 'action', read: ['get'], write: ['create'] } } };
  const kinds = { byArgument: { deal: { argument: 'kind', read: ['get'], write: ['create'] } } };
  const sets = { byArgument: { deal: { argument: 'set', read: ['get'], write: ['create'] } } };
  const proto = JSON.parse('{"__proto__": {"action": "get"}}') as JsonObject;

  it.each<[string, object, JsonObject, string]>([
    ['a value that reads', classes, { action: 'get' }, 'read'],
    ['a value that writes', classes, { action: 'update' }, 'write'],
    ['a value that nobody may use', classes, { action: 'purge' }, 'never'],
    ['a value in no list counts as the worst', classes, { action: 'merge' }, 'never'],
    ['which is a write where nothing is never', unsafe, { action: 'merge' }, 'write'],
    ['no value', classes, {}, 'never'],
    ['null', unsafe, { action: null }, 'write'],
    ['another type', unsafe, { action: ['get'] }, 'write'],
    ['an object that pretends', unsafe, { action: { toString: 'get' } }, 'write'],
    ['another case', unsafe, { action: 'GET' }, 'write'],
    ['a space', unsafe, { action: 'get ' }, 'write'],
    ['another argument of that name deeper down', unsafe, { deal: { action: 'get' } }, 'write'],
    ['an inherited value', unsafe, Object.create({ action: 'get' }) as JsonObject, 'write'],
    ['a value in __proto__', unsafe, proto, 'write'],
    ['a twin that a reader may take for the argument', unsafe, { action: 'get', Action: 'create' }, 'write'],
    ['a twin by the folding of Unicode', kinds, { kind: 'get', '\u212aind': 'create' }, 'write'],
    ['and the other letter that folds', sets, { set: 'get', '\u017fet': 'create' }, 'write'],
    ['a twin with dashes', unsafe, { action: 'get', 'act-ion': 'create' }, 'write'],
    ['a twin alone is no value', unsafe, { Action: 'get' }, 'write'],
    ['an argument that only resembles it', unsafe, { action: 'get', actions: 'create' }, 'read'],
    ['a value in no list where only reads are listed', readsOnly, { action: 'purge' }, 'unclassified'],
    ['also where a list of names calls it a read', { ...readsOnly, read: ['d*'] }, { action: 'purge' }, 'unclassified'],
    ['a list of names that is stricter wins', { ...classes, write: ['deal'] }, { action: 'get' }, 'write'],
    ['and is what a value in no list counts as', { ...readsOnly, write: ['deal'] }, { action: 'merge' }, 'write'],
    ['one that is laxer does not', { ...classes, read: ['*'] }, { action: 'update' }, 'write'],
    ['a never list puts all of it out of reach', { ...unsafe, never: ['d*'] }, { action: 'get' }, 'never'],
  ])('%s', (_sentence, lists, args, expected) => {
    expect(decideCase({ tool: 'deal', classes: lists, args, rules: [{}] }).class).toBe(expected);
  });

  it('lists the tool to those who may use some of it', () => {
    const readers = [{ tools: { class: 'read' } }];
    expect(outcomeOf(decideCase({ tool: 'deal', classes, args: null, rules: readers }))).toBe('allow read rule_allows');
    const writers = [{ tools: { class: 'write' } }];
    expect(outcomeOf(decideCase({ tool: 'deal', classes, args: null, rules: writers }))).toBe(
      'approve write write_needs_approval',
    );
    expect(decideCase({ tool: 'deal', classes, args: null })).toMatchObject({ effect: 'deny', hidden: true });
  });

  it('does not list what is never in every way', () => {
    const never = { byArgument: { deal: { argument: 'action', never: ['a', 'b'] } } };
    expect(outcomeOf(decideCase({ tool: 'deal', classes: never, args: null, rules: [{}] }))).toBe(
      'hidden never class_never',
    );
  });
});

describe('the terms of an approval', () => {
  const asking = (approval: object): object => ({ effect: 'approve', approval });
  const termsOf = (rules: readonly object[]): unknown => {
    const decision = decideCase({ tool: 'put', rules });
    return decision.effect === 'approve' ? decision.terms : outcomeOf(decision);
  };

  it.each<[string, readonly object[], unknown]>([
    [
      'by default any approver, for as long as the environment says',
      [{}],
      { approverGroups: [], approversNeeded: 1, expiresInMs: 1_800_000 },
    ],
    [
      'as the rule says',
      [asking({ by: { groups: ['leads'] }, expires: '5m' })],
      { approverGroups: ['leads'], approversNeeded: 1, expiresInMs: 300_000 },
    ],
    [
      'the earliest end',
      [asking({ expires: '1h' }), asking({ expires: '10m' })],
      { approverGroups: [], approversNeeded: 1, expiresInMs: 600_000 },
    ],
    [
      'groups that all rules accept',
      [asking({ by: { groups: ['a', 'c', 'b'] } }), asking({}), asking({ by: { groups: ['b', 'c'] } })],
      { approverGroups: ['b', 'c'], approversNeeded: 1, expiresInMs: 1_800_000 },
    ],
    [
      'denied where rules accept no group in common, rather than open to any approver',
      [asking({ by: { groups: ['a'] } }), asking({ by: { groups: ['b'] } })],
      'deny write rule_needs_approval',
    ],
  ])('%s', (_sentence, rules, expected) => {
    expect(termsOf(rules)).toMatchObject(expected as object);
  });
});

describe('reasons', () => {
  it('name every rule that spoke with the same force, in the order of ids', () => {
    const rules = [{ id: 'b', effect: 'deny', reason: 'Because' }, {}, { id: 'a', effect: 'deny' }];
    expect(decideCase({ rules }).reasons).toEqual([
      { code: 'rule_denies', ruleId: 'a', place: '0.yaml:rules.2', text: 'A rule denies it.' },
      { code: 'rule_denies', ruleId: 'b', place: '0.yaml:rules.0', text: 'Because' },
    ]);
  });

  it('name the rule that waived approval, not one that did not', () => {
    const rules = [{ id: 'a' }, { id: 'b', unattended: true }];
    expect(decideCase({ tool: 'put', rules }).reasons.map(({ ruleId }) => ruleId)).toEqual(['b']);
  });

  it('never hold an argument', () => {
    const decision = decideCase({ tool: 'put', rules: [{}], args: { secret: 'canary-7f3a' } });
    expect(JSON.stringify(decision.reasons)).not.toContain('canary-7f3a');
  });
});
