import { describe, expect, it } from 'vitest';
import { applyChange } from '../../../src/core/approval/apply-change.ts';
import { sampleApproval } from '../../support/store-samples.ts';

const approve = (approver: string) => ({ status: 'approved', atMs: 2, approver, decidedBy: approver }) as const;

describe('an approval that needs two people', () => {
  it.each([
    ['the same name', 'olivia', 'olivia'],
    ['the same name in another case', 'olivia', 'OLIVIA'],
    ['a name and the subject of a provider', 'olivia', 'https://login.example.com#olivia'],
    ['the subject of a provider and a name', 'https://login.example.com#Olivia', 'olivia'],
    ['two normal forms of a name', 'jos\u00e9', 'jose\u0301'],
    ['wide letters', 'olivia', '\uff4f\uff4c\uff49\uff56\uff49\uff41'],
  ])('counts one person once: %s', (_, first, second) => {
    const approval = sampleApproval('apr_1', { approversNeeded: 2, approvedBy: [first] });
    expect(applyChange(approval, approve(second))).toBeNull();
  });

  it.each([
    ['olivia', 'otto'],
    ['https://login.example.com#1', 'https://login.example.com#2'],
  ])('counts two: %s and %s', (first, second) => {
    const approval = sampleApproval('apr_1', { approversNeeded: 2, approvedBy: [first] });
    expect(applyChange(approval, approve(second))).toMatchObject({ status: 'approved', approvedBy: [first, second] });
  });
});
