import { describe, expect, it } from 'vitest';
import type { ApprovalBadge } from '../../../src/core/approval/badges.ts';
import { type HighRisk, highRisksOf, highRiskWords } from '../../../src/core/approval/high-risk.ts';
import type { ApprovalParticulars } from '../../../src/core/approval/particulars.ts';
import { SAMPLE_PARTICULARS } from '../../support/store-samples.ts';

describe('high risk', () => {
  it.each<[string, Partial<ApprovalParticulars>, readonly ApprovalBadge[], readonly HighRisk[]]>([
    ['is not what nothing is unusual about', {}, [], []],
    ['is not what is asked for the first time', {}, ['first-time'], []],
    ['is what has to be typed', { confirm: 'D-1' }, [], ['typed']],
    ['is what needs a fresh sign-in', { reauthenticateMs: 300_000 }, [], ['fresh-sign-in']],
    ['is a tool that was changed', {}, ['changed-definition'], ['changed-definition']],
    ['is a new client', {}, ['first-time', 'new-client'], ['new-client']],
    ['is an unusual hour', {}, ['unusual-hour'], ['unusual-hour']],
    [
      'is all of it at once',
      { confirm: 'D-1', reauthenticateMs: 0 },
      ['unusual-hour', 'changed-definition'],
      ['typed', 'fresh-sign-in', 'changed-definition', 'unusual-hour'],
    ],
  ])('%s', (_, particulars, badges, risks) => {
    const approval = { argumentsShown: '{"id":"D-1"}', particulars: { ...SAMPLE_PARTICULARS, ...particulars } };
    expect(highRisksOf(approval, badges)).toEqual(risks);
  });

  it.each([
    ['{"id":"D-1","token":"[redacted:key]"}', ['not-shown']],
    ['{"fields":{"password_note":"[redacted:key]"},"id":"D-1"}', ['not-shown']],
    ['{"text":"see [redacted:credential]"}', ['not-shown']],
    ['{"text":"[redacted]"}', []],
  ])('is what nobody is shown: %s', (argumentsShown, risks) => {
    expect(highRisksOf({ argumentsShown, particulars: SAMPLE_PARTICULARS }, [])).toEqual(risks);
  });

  it('is said in words', () => {
    expect(highRiskWords(['typed', 'new-client'])).toBe('a value is to be typed, the client is new');
  });
});
