import { describe, expect, it } from 'vitest';
import type { Approval, ApprovalStep } from '../../../src/core/approval/approval.ts';
import { figuresOf } from '../../../src/core/approval/figures.ts';
import { SAMPLE_PARTICULARS, sampleApproval } from '../../support/store-samples.ts';

const ASKED_MS = sampleApproval('apr_1').createdMs;
const step = (change: 'approved' | 'rejected', by: string | null, seconds: number): ApprovalStep => ({
  atMs: ASKED_MS + seconds * 1000,
  change,
  by,
  comment: null,
});

function decided(steps: readonly ApprovalStep[], fields: Partial<Omit<Approval, 'binding'>> = {}): Approval {
  const last = steps.at(-1);
  const over = { status: last?.change ?? 'expired', decidedBy: last?.by ?? null, decidedMs: last?.atMs ?? null };
  return sampleApproval('apr_1', { ...over, timeline: steps, ...fields });
}
const many = (count: number, seconds: number, by = 'olivia'): readonly Approval[] =>
  Array.from({ length: count }, () => decided([step('approved', by, seconds)]));

describe('figures of decisions', () => {
  it('have a rate and a median for each person, who decided most first', () => {
    const all = [
      ...[1, 9, 5].map((seconds) => decided([step('approved', 'olivia', seconds)])),
      decided([step('rejected', 'olivia', 3)]),
      decided([step('approved', 'otto', 60)]),
    ];
    expect(figuresOf(all).approvers).toMatchObject([
      { approver: 'olivia', approved: 3, rejected: 1, approveRate: 0.75, medianSeconds: 4 },
      { approver: 'otto', approved: 1, rejected: 0, approveRate: 1, medianSeconds: 60 },
    ]);
    expect(figuresOf(all).rules).toMatchObject([{ approver: null, ruleId: 'deal-updates', approved: 4, rejected: 1 }]);
    expect(figuresOf(all).byApproverAndRule).toHaveLength(2);
  });

  it('count each of several people who approve one request', () => {
    const two = decided([step('approved', 'olivia', 5), step('approved', 'otto', 7)]);
    expect(figuresOf([two]).approvers.map(({ approver, approved }) => [approver, approved])).toEqual([
      ['olivia', 1],
      ['otto', 1],
    ]);
  });

  it('know the last decision of requests that have no timeline', () => {
    const old = decided([], { status: 'rejected', decidedBy: 'olivia', decidedMs: ASKED_MS + 8000, timeline: [] });
    expect(figuresOf([old]).approvers).toMatchObject([{ approver: 'olivia', rejected: 1, medianSeconds: 8 }]);
  });

  it('leave out what nobody decided', () => {
    const granted = { ...SAMPLE_PARTICULARS, origin: { kind: 'grant', id: sampleApproval('apr_9').id } } as const;
    const all = [decided([]), decided([step('approved', 'olivia', 0)], { particulars: granted })];
    expect(figuresOf(all)).toEqual({ approvers: [], rules: [], byApproverAndRule: [], unanimous: [] });
  });

  it.each([
    [3, 1.9, true],
    [3, 2, false],
    [2, 0.1, false],
  ])('of %i decisions in %f s each: rubber-stamping %s', (count, seconds, isRubberStamping) => {
    expect(figuresOf(many(count, seconds)).approvers[0]?.isRubberStamping).toBe(isRubberStamping);
  });

  it.each([
    ['40 of 40 approved', many(40, 5), [40]],
    ['39 of 39', many(39, 5), []],
    ['one rejection', [...many(60, 5), decided([step('rejected', 'olivia', 5)])], []],
    ['no rule', many(40, 5).map((each) => ({ ...each, ruleId: null })), []],
  ])('with %s', (_, all, approved) => {
    expect(figuresOf(all).unanimous.map((rule) => rule.approved)).toEqual(approved);
  });
});
