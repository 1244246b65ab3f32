import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/core/policy/decide.ts';
import type { DecisionTarget } from '../../../src/core/policy/decision.ts';
import { NOW_MS, policyOf, principalOf } from '../../support/policy.ts';

const STAFF = { groups: ['staff'] };
const resource = (name: string): readonly [DecisionTarget['kind'], string] => ['resource', name];
const template = (name: string): readonly [DecisionTarget['kind'], string] => ['template', name];
const prompt = (name: string): readonly [DecisionTarget['kind'], string] => ['prompt', name];
const complete = (name: string): readonly [DecisionTarget['kind'], string] => ['prompt-argument', name];
const completeUri = (name: string): readonly [DecisionTarget['kind'], string] => ['template-argument', name];

const DEALS = { resources: ['crm://deals/**'] };
const GREET = { prompts: ['greet'] };

function outcomeOf(rules: readonly object[], [kind, name]: readonly [DecisionTarget['kind'], string]): string {
  const withIds = rules.map((rule, index) => ({ id: `r${index}`, who: STAFF, effect: 'allow', ...rule }));
  const policy = policyOf([{ upstream: 'crm', classes: { read: ['*'] }, rules: withIds }]);
  const decision = decide(policy, {
    principal: principalOf(STAFF),
    target: { kind, upstream: 'crm', name },
    args: {},
    nowMs: NOW_MS,
  });
  const effect = decision.effect === 'deny' && decision.hidden ? 'hidden' : decision.effect;
  return `${effect} ${decision.class} ${decision.reasons[0].code}`;
}

describe('decide about what is read', () => {
  it.each<readonly [string, string, readonly object[], readonly [DecisionTarget['kind'], string]]>([
    ['no rule denies a resource', 'hidden unclassified no_rule', [], resource('crm://deals/1')],
    ['nor a prompt', 'hidden unclassified no_rule', [], prompt('greet')],
    [
      'rules about tools say nothing of resources',
      'hidden unclassified no_rule',
      [{ tools: ['*'] }],
      resource('crm://deals/1'),
    ],
    ['nor of prompts', 'hidden unclassified no_rule', [{ tools: ['*'] }], prompt('greet')],
    ['nor does a class of tools', 'hidden read no_rule', [{ tools: { class: 'read' } }, GREET], prompt('other')],
    ['rules about resources say nothing of tools', 'hidden read no_rule', [{ resources: ['**'] }], ['tool', 'get']],
    ['nor of prompts', 'hidden unclassified no_rule', [{ resources: ['**'] }], prompt('greet')],
    ['a rule allows what matches', 'allow read rule_allows', [DEALS], resource('crm://deals/1/notes')],
    ['and nothing else', 'hidden read no_rule', [DEALS], resource('crm://leads/1')],
    ['least of all a file', 'hidden read no_rule', [DEALS], resource('file:///etc/passwd')],
    [
      'a URI in another spelling matches nothing',
      'hidden unclassified no_rule',
      [{ resources: ['**'] }],
      resource('FILE:///x'),
    ],
    [
      'deny wins',
      'deny read rule_denies',
      [DEALS, { resources: ['crm://deals/7'], effect: 'deny' }],
      resource('crm://deals/7'),
    ],
    [
      'also of what an upstream may take for it',
      'deny read rule_denies',
      [DEALS, { resources: ['crm://deals/secret/**'], effect: 'deny' }],
      resource('crm://deals/secret%2F7'),
    ],
    [
      'a rule about that asks nobody',
      'deny read rule_denies',
      [DEALS, { resources: ['crm://deals/secret/*'], effect: 'approve' }],
      resource('crm://deals//secret/7'),
    ],
    [
      'nor shows less of it',
      'deny read rule_denies',
      [DEALS, { resources: ['crm://deals/secret/*'], result: { redact: ['personal-data'] } }],
      resource('crm://deals/secret/7#top'),
    ],
    [
      'and allows nothing',
      'hidden read no_rule',
      [{ resources: ['crm://deals/secret/7'] }],
      resource('crm://deals/secret%2F7'),
    ],
    [
      'where no rule holds back, another spelling is as good',
      'allow read rule_allows',
      [DEALS, { resources: ['crm://deals/secret/*'] }],
      resource('crm://deals/a%2F7'),
    ],
    [
      'approve beats allow',
      'approve read rule_needs_approval',
      [DEALS, { ...DEALS, effect: 'approve' }],
      resource('crm://deals/7'),
    ],
    [
      'scopes are a ceiling',
      'deny read scope_missing',
      [{ ...DEALS, who: { ...STAFF, scopes: ['s'] } }],
      resource('crm://deals/7'),
    ],
    ['a prompt is allowed by its name', 'allow read rule_allows', [GREET], prompt('greet')],
    ['and by a pattern', 'allow read rule_allows', [{ prompts: ['gr*'] }], prompt('greet')],
    ['a prompt beyond ASCII by none', 'hidden unclassified no_rule', [{ prompts: ['*'] }], prompt('gr\u0435et')],
  ])('%s', (_sentence, expected, rules, target) => {
    expect(outcomeOf(rules, target)).toBe(expected);
  });

  it.each<readonly [string, string, readonly object[], readonly [DecisionTarget['kind'], string]]>([
    [
      'whose every URI is allowed is listed',
      'allow read rule_allows',
      [{ resources: ['crm://deals/*'] }],
      template('crm://deals/{id}'),
    ],
    [
      'of which one URI is allowed is not',
      'hidden read no_rule',
      [{ resources: ['crm://deals/1'] }],
      template('crm://deals/{id}'),
    ],
    [
      'that could lead out of a segment is not',
      'hidden read no_rule',
      [{ resources: ['crm://deals/*'] }],
      template('crm://deals/{+id}'),
    ],
    ['that could is listed with `**`', 'allow read rule_allows', [DEALS], template('crm://deals/{+id}')],
    ['with a free scheme is not', 'hidden unclassified no_rule', [{ resources: ['**'] }], template('{any}://x')],
    [
      'that is denied as a whole is not',
      'deny read rule_denies',
      [DEALS, { ...DEALS, effect: 'deny' }],
      template('crm://deals/{id}'),
    ],
    [
      'of which one URI is denied is',
      'allow read rule_allows',
      [DEALS, { resources: ['crm://deals/7'], effect: 'deny' }],
      template('crm://deals/{id}'),
    ],
  ])('a template %s', (_sentence, expected, rules, target) => {
    expect(outcomeOf(rules, target)).toBe(expected);
  });

  it.each<readonly [string, string, readonly object[], readonly [DecisionTarget['kind'], string]]>([
    ['is off unless a rule says so', 'hidden read no_rule', [GREET], complete('greet')],
    [
      'is on where the rule that allows says so',
      'allow read rule_allows',
      [{ ...GREET, completion: true }],
      complete('greet'),
    ],
    ['is off for another prompt', 'hidden read no_rule', [{ ...GREET, completion: true }], complete('other')],
    [
      'is off where the prompt waits for a person',
      'hidden read no_rule',
      [
        { ...GREET, completion: true },
        { ...GREET, effect: 'approve' },
      ],
      complete('greet'),
    ],
    [
      'is off where the prompt is denied',
      'deny read rule_denies',
      [
        { ...GREET, completion: true },
        { ...GREET, effect: 'deny' },
      ],
      complete('greet'),
    ],
    [
      'is on for a template that is allowed as a whole',
      'allow read rule_allows',
      [{ ...DEALS, completion: true }],
      completeUri('crm://deals/{id}'),
    ],
    [
      'is off for one that is not',
      'hidden read no_rule',
      [{ resources: ['crm://deals/1'], completion: true }],
      completeUri('crm://deals/{id}'),
    ],
  ])('completion %s', (_sentence, expected, rules, target) => {
    expect(outcomeOf(rules, target)).toBe(expected);
  });

  it('asks of suggested values only what can be done to them', () => {
    const result = { redact: ['email'], maxBytes: 1000, untrusted: true };
    const rule = { id: 'greet', who: STAFF, effect: 'allow', ...GREET, completion: true, result };
    const decided = (kind: DecisionTarget['kind']) =>
      decide(policyOf([{ upstream: 'crm', rules: [rule] }]), {
        principal: principalOf(STAFF),
        target: { kind, upstream: 'crm', name: 'greet' },
        args: {},
        nowMs: NOW_MS,
      });
    const asked = { keep: null, drop: [], redact: ['email'] };
    expect(decided('prompt')).toMatchObject({ result: { ...asked, bytesMax: 1000, untrusted: true } });
    expect(decided('prompt-argument')).toMatchObject({ result: { ...asked, bytesMax: null, untrusted: false } });
  });
});
