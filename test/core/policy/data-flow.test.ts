import { describe, expect, it } from 'vitest';
import type { WindowUse } from '../../../src/core/limits/limit-use.ts';
import { isSeenUse } from '../../../src/core/policy/data-flow.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import type { DecisionTarget } from '../../../src/core/policy/decision.ts';
import { NOW_MS, policyOf, principalOf, watchRule } from '../../support/policy.ts';

const ALLOW = { who: { any: true }, effect: 'allow' } as const;
const MAIL = {
  upstream: 'mail',
  classes: { read: ['read'], write: ['send'] },
  rules: [
    { id: 'read', ...ALLOW, tools: ['read'] },
    { id: 'send', ...ALLOW, tools: ['send'], unattended: true },
    { id: 'page', ...ALLOW, resources: ['mail://**'] },
  ],
  labels: { private: ['read'], untrusted: { resources: ['mail://inbox/**'] }, external: ['send'] },
  watch: [
    watchRule('data-flow', 'require-approval', { within: '1h' }),
    watchRule('data-flow', 'require-approval', { within: '2h' }),
  ],
};

const policy = policyOf([MAIL]);

function ask(name: string, kind: DecisionTarget['kind'] = 'tool', isUsed?: (use: WindowUse) => boolean, on = policy) {
  const target = { kind, upstream: 'mail', name } as const;
  const asked = { principal: principalOf(), target, args: {}, nowMs: NOW_MS };
  return decide(on, isUsed === undefined ? asked : { ...asked, isUsed });
}

function seenBy(decision: ReturnType<typeof ask>): readonly string[] {
  const uses = decision.effect === 'deny' ? [] : decision.limits;
  return uses.map(({ key }) => key);
}

const HOUR = 3_600_000;
const WHO = JSON.stringify(['alice', 'test-client']);

describe('what somebody has seen', () => {
  it.each([
    ['read', 'tool', [`seen private ${HOUR} ${WHO}`, `seen private ${2 * HOUR} ${WHO}`]],
    ['mail://inbox/1', 'resource', [`seen untrusted ${HOUR} ${WHO}`, `seen untrusted ${2 * HOUR} ${WHO}`]],
    ['mail://inbox%2F1', 'resource', [`seen untrusted ${HOUR} ${WHO}`, `seen untrusted ${2 * HOUR} ${WHO}`]],
    ['mail://sent/1', 'resource', []],
    ['send', 'tool', []],
  ] as const)('of %s, a %s, is remembered for every time that is looked back', (name, kind, keys) => {
    expect(seenBy(ask(name, kind))).toEqual(keys);
  });

  it('is told apart by its label', () => {
    const [use] = ask('read').effect === 'deny' ? [] : (ask('read') as { limits: readonly WindowUse[] }).limits;
    expect(use && [isSeenUse(use, 'private'), isSeenUse(use, 'untrusted')]).toEqual([true, false]);
    expect(use && isSeenUse({ ...use, kind: 'calls' }, 'private')).toBe(false);
  });

  it('is not remembered where nothing watches it', () => {
    expect(seenBy(ask('read', 'tool', undefined, policyOf([{ ...MAIL, watch: [] }])))).toEqual([]);
  });
});

describe('a send outside', () => {
  const after = (...labels: readonly string[]) =>
    ask('send', 'tool', ({ key, windowMs }) => windowMs === 2 * HOUR && labels.some((label) => key.includes(label)));

  it('waits for a person who read both before, as far back as the furthest rule looks', () => {
    expect(after('private', 'untrusted')).toMatchObject({
      effect: 'approve',
      reasons: [{ code: 'data_flow', ruleId: null, place: '0.yaml:watch.1', text: expect.stringMatching(/session/) }],
    });
  });

  it.each([[[]], [['private']], [['untrusted']]])('goes out after %j alone', (labels) => {
    expect(after(...labels).effect).toBe('allow');
  });

  it('names its own rule first, where that asks anyway, and the flow of data beside it', () => {
    const asking = policyOf([
      { ...MAIL, rules: [{ id: 'ask', who: { any: true }, tools: ['send'], effect: 'approve' }] },
    ]);
    const decision = ask('send', 'tool', () => true, asking);
    expect(decision.reasons.map(({ code }) => code)).toEqual(['rule_needs_approval', 'data_flow']);
    expect(ask('send', 'tool', () => false, asking).reasons.map(({ code }) => code)).toEqual(['rule_needs_approval']);
  });
});
