import { createKnownPeople } from '../../src/core/identity/known-people.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Approval, ApprovalId, ArgsDigest } from '../../src/core/approval/approval.ts';
import type { Administrator } from '../../src/core/identity/principal.ts';
import type { BatchRequest } from '../../src/gateway/administration.ts';
import { createApprovalAdministration } from '../../src/gateway/administration/approvals.ts';
import { createBatchAdministration } from '../../src/gateway/administration/batch.ts';
import { createDenials } from '../../src/gateway/administration/record-denial.ts';
import { createApprovalDesk } from '../../src/gateway/approval-desk.ts';
import { createHoldRecords } from '../../src/gateway/hold-records.ts';
import { createApprovers } from '../../src/gateway/approvers.ts';
import { createDeadlines } from '../../src/gateway/deadlines.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { SAMPLE_PARTICULARS, sampleApproval, sampleApprovalEntry } from '../support/store-samples.ts';

const OLIVIA: Administrator = {
  user: 'olivia',
  credentialId: 'tok_olivia',
  roles: ['approver'],
  groups: ['sales-leads'],
};

let store: MemoryStore;
let decideBatch: ReturnType<typeof createBatchAdministration>['decideBatch'];

beforeEach(() => {
  store = createMemoryStore();
  const clock = createFixedClock(Date.UTC(2026, 10, 20));
  const deps = {
    ...store,
    desk: createApprovalDesk(10),
    clock,
    denials: createDenials({ ...store, clock }),
    deadlines: createDeadlines(clock),
    holdRecords: createHoldRecords(),
    approvers: createApprovers({ ...store, clock, people: createKnownPeople([]) }),
  };
  decideBatch = createBatchAdministration(store, createApprovalAdministration(deps)).decideBatch;
});

const digestOf = (id: string): ArgsDigest => Buffer.from(id).toString('hex').padEnd(64, '0') as ArgsDigest;

async function add(id: string, fields: Parameters<typeof sampleApproval>[1] = {}): Promise<Approval> {
  const approval = sampleApproval(id, {
    expiresMs: Date.UTC(2027, 0, 1),
    ...fields,
    binding: { argsDigest: digestOf(id), ...fields.binding },
  });
  const conditions = { newest: null, pendingMax: 100, pendingPerPrincipalMax: 100, pendingPerToolMax: 100 };
  expect(await store.approvals.create(approval, conditions, [sampleApprovalEntry('requested', approval)])).toBe(true);
  return approval;
}

const batch = (...ids: readonly string[]): BatchRequest => ({
  decision: 'approve',
  approvals: ids.map((id) => ({ id, argsDigest: digestOf(id) })),
  comment: 'as agreed',
});
const statuses = async (...ids: readonly string[]) =>
  Promise.all(ids.map(async (id) => (await store.approvals.find(id as ApprovalId))?.status));
const entryCount = async () => (await store.audit.read({ limit: 1000, afterSequence: 0 })).length;

describe('a batch', () => {
  it('decides each with an entry of its own', async () => {
    for (const id of ['apr_1', 'apr_2', 'apr_3']) await add(id);
    const answer = await decideBatch(OLIVIA, batch('apr_1', 'apr_3'));
    const result = (id: string) => ({ id, decided: true, status: 'approved', problem: null });
    expect(answer).toEqual({ ok: true, value: [result('apr_1'), result('apr_3')] });
    expect(await statuses('apr_1', 'apr_2', 'apr_3')).toEqual(['approved', 'pending', 'approved']);
    expect(await entryCount()).toBe(5);
  });

  it('rejects as well', async () => {
    await add('apr_1');
    await decideBatch(OLIVIA, { ...batch('apr_1'), decision: 'reject' });
    expect(await statuses('apr_1')).toEqual(['rejected']);
  });

  it.each([
    ['another shape', { argumentsShown: '{"amount":10,"id":"D-1","force":true}' }, 'the arguments of both differ'],
    ['another rule', { ruleId: 'other' }, 'the rule of both differ'],
    ['another tool', { binding: { tool: 'delete_deal', argsDigest: digestOf('apr_2') } }, 'the tool of both differ'],
  ])('with a request of %s is refused as a whole', async (_, fields, words) => {
    await add('apr_1');
    await add('apr_2', fields);
    const answer = await decideBatch(OLIVIA, batch('apr_1', 'apr_2'));
    expect(answer).toMatchObject({ ok: false, error: { kind: 'conflict', message: expect.stringContaining(words) } });
    expect(await statuses('apr_1', 'apr_2')).toEqual(['pending', 'pending']);
    expect(await entryCount()).toBe(2);
  });

  it('approves nothing whose rule wants a value typed, and rejects it', async () => {
    await add('apr_1');
    await add('apr_2', { particulars: { ...SAMPLE_PARTICULARS, confirm: 'D-2' } });
    const answer = await decideBatch(OLIVIA, batch('apr_1', 'apr_2'));
    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'conflict', message: expect.stringContaining('wants a value typed') as unknown },
    });
    expect(await statuses('apr_1', 'apr_2')).toEqual(['pending', 'pending']);
    await decideBatch(OLIVIA, { ...batch('apr_1', 'apr_2'), decision: 'reject' });
    expect(await statuses('apr_1', 'apr_2')).toEqual(['rejected', 'rejected']);
  });

  it.each([
    ['a digest of other arguments', { ...batch('apr_1'), approvals: [{ id: 'apr_1', argsDigest: digestOf('x') }] }],
    ['a request twice', batch('apr_1', 'apr_1')],
    ['a request that there is not', batch('apr_1', 'apr_9')],
  ])('with %s decides nothing', async (_, request) => {
    await add('apr_1');
    expect((await decideBatch(OLIVIA, request)).ok).toBe(false);
    expect(await statuses('apr_1')).toEqual(['pending']);
  });

  it('lets each keep its own answer: what is over, or asked by the approver, fails alone', async () => {
    await add('apr_1');
    await add('apr_2', { status: 'rejected', decidedBy: 'otto' });
    await add('apr_3', { binding: { principal: 'olivia', argsDigest: digestOf('apr_3') } });
    const answer = await decideBatch(OLIVIA, batch('apr_1', 'apr_2', 'apr_3'));
    expect(answer.ok && answer.value.map(({ decided, problem }) => [decided, problem])).toEqual([
      [true, null],
      [false, 'the request is rejected already by otto'],
      [false, 'nobody decides on their own request'],
    ]);
  });

  it('is for approvers', async () => {
    await add('apr_1');
    const answer = await decideBatch({ ...OLIVIA, roles: ['operator', 'auditor', 'viewer'] }, batch('apr_1'));
    expect(answer).toMatchObject({ ok: false, error: { kind: 'forbidden' } });
  });
});
