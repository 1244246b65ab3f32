import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json/value.ts';
import { type RecordedCall, replayCall } from '../../../src/core/policy/replay.ts';
import { NOW_MS, policyOf, principalOf } from '../../support/policy.ts';

const policy = policyOf([
  {
    upstream: 'crm',
    classes: {
      read: ['get', 'find', 'mail'],
      byArgument: { manage: { argument: 'action', read: ['view'], write: ['change'] } },
    },
    rules: [
      { id: 'get', who: { any: true }, tools: ['get'], effect: 'allow' },
      { id: 'find', who: { any: true }, tools: ['find'], effect: 'allow', when: 'args.filter.owner == "alice"' },
      { id: 'mail', who: { any: true }, tools: ['mail'], effect: 'allow', when: 'args.to.all(x, x.endsWith("@x"))' },
      { id: 'manage', who: { any: true }, tools: ['manage'], effect: 'allow', bind: { team: 'principal.id' } },
    ],
  },
]);

function replay(name: string, args: JsonObject | null, decision: RecordedCall['decision'] = 'allow') {
  const target = { kind: 'tool', upstream: 'crm', name } as const;
  const call = { principal: principalOf(), target, args, timeMs: NOW_MS, decision, hadSeenBoth: false };
  const replayed = replayCall(policy, call);
  return [replayed.change, replayed.isCertain];
}

describe('replayCall', () => {
  it.each<[RecordedCall['decision'], string]>([
    ['allow', 'same'],
    ['approve', 'newly-allowed'],
    ['deny', 'newly-allowed'],
  ])('what was %s and is allowed now is %s', (before, change) => {
    expect(replay('get', {}, before)).toEqual([change, true]);
  });

  it('tells what is denied and what asks now', () => {
    expect(replay('missing', {})).toEqual(['newly-denied', true]);
    expect(replay('manage', { action: 'change' })).toEqual(['newly-asking', true]);
    expect(replay('manage', { action: 'change' }, 'approve')).toEqual(['same', true]);
  });

  it.each<[string, string, JsonObject | null, boolean]>([
    ['get', 'looks at no argument, so their loss does not matter', null, true],
    ['find', 'at one of two that were taken out', { filter: '[redacted:key]', password: '[redacted:key]' }, false],
    ['get', 'whatever was taken out', { password: '[redacted:key]' }, true],
    ['find', 'looks at one that is gone', null, false],
    ['find', 'at one that is there', { filter: { owner: 'alice' }, password: '[redacted:key]' }, true],
    ['find', 'at one that was taken out', { filter: { owner: '[redacted:key]' } }, false],
    ['mail', 'looks at a list in which something was taken out', { to: ['a@x', '[redacted:credential]'] }, false],
    ['mail', 'looks at a list of which nothing was', { to: ['a@x'], text: '[redacted:credential]' }, true],
    ['find', 'at one in which something was taken out', { filter: '[redacted:credential]' }, false],
    [
      'find',
      'at one beside a name that was taken out',
      { filter: { owner: 'alice', '[redacted:credential]': 1 } },
      false,
    ],
    ['find', 'at those of a denied call that were too long to keep', { '[omitted]': '99999 characters' }, false],
    [
      'find',
      'at one beside a list in which something was taken out',
      { filter: { owner: 'alice' }, to: ['[redacted:key]'] },
      true,
    ],
    ['manage', 'takes the class from one that was taken out', { action: '[redacted:key]' }, false],
    ['manage', 'binds one that was taken out', { action: 'view', team: '[redacted:credential]' }, false],
    ['manage', 'binds one that is there', { action: 'view', note: '[redacted:key]' }, true],
    ['missing', 'is in no list', null, true],
  ])('of %s, which %s, is it certain', (name, _why, args, isCertain) => {
    expect(replay(name, args)[1]).toBe(isCertain);
  });

  it('decides at the time of the call', () => {
    const old = policyOf([
      {
        upstream: 'crm',
        classes: { read: ['get'] },
        rules: [{ id: 'get', who: { any: true }, tools: ['get'], effect: 'allow', until: '2026-11-20T00:00Z' }],
      },
    ]);
    const target = { kind: 'tool', upstream: 'crm', name: 'get' } as const;
    const call = { principal: principalOf(), target, args: {}, decision: 'allow', hadSeenBoth: false } as const;
    expect(replayCall(old, { ...call, timeMs: NOW_MS - 1 }).change).toBe('same');
    expect(replayCall(old, { ...call, timeMs: NOW_MS }).change).toBe('newly-denied');
  });

  it('finds the same of an upstream that no policy speaks about', () => {
    const target = { kind: 'resource', upstream: 'wiki', name: 'note://x' } as const;
    const call = { principal: principalOf(), target, args: null, decision: 'deny', timeMs: NOW_MS } as const;
    expect(replayCall(policy, { ...call, hadSeenBoth: false })).toMatchObject({ change: 'same', isCertain: true });
  });
});
