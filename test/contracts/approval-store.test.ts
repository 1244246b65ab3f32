import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Approval, ApprovalId, ApprovalStatus, ArgsDigest } from '../../src/core/approval/approval.ts';
import type { CreateConditions } from '../../src/ports/approval-store.ts';
import { FIRST_OF_ITS_KIND, sampleApproval, sampleApprovalEntry } from '../support/store-samples.ts';
import { STORES, type StoreUnderTest } from './store-under-test.ts';

describe.each(Object.entries(STORES))('the approval store in %s', (_name, open) => {
  let store: StoreUnderTest;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const create = async (approval: Approval, conditions: Partial<CreateConditions> = {}): Promise<boolean> => {
    const newest = (await store.approvals.findNewest(approval.binding))?.id ?? null;
    const all = { ...FIRST_OF_ITS_KIND, newest, ...conditions };
    return store.approvals.create(approval, all, [sampleApprovalEntry('requested', approval)]);
  };
  const entryCount = async (): Promise<number> => (await store.audit.read({ limit: 1000, afterSequence: 0 })).length;

  it('gives back an approval as it was created, with every field', async () => {
    const plain = sampleApproval('apr_1');
    const full = sampleApproval('apr_2', {
      status: 'executed',
      ruleId: null,
      approverGroups: [],
      approversNeeded: 2,
      approvedBy: ['oscar', 'olivia'],
      argumentsShown: '{"text":"ü 𝄞 \\u0000"}',
      decidedBy: 'olivia',
      decidedMs: 1,
      comment: 'fine',
      finishedMs: 2,
      note: 'done',
    });
    await create(plain);
    await create(full);
    expect(await store.approvals.find(plain.id)).toEqual(plain);
    expect(await store.approvals.find(full.id)).toEqual(full);
    expect(await store.approvals.find('apr_3' as ApprovalId)).toBeNull();
  });

  it('records the entries of a creation with it', async () => {
    await create(sampleApproval('apr_1'));
    expect(await entryCount()).toBe(1);
  });

  it('creates no second approval with the same id, and records nothing then', async () => {
    await create(sampleApproval('apr_1'));
    expect(await create(sampleApproval('apr_1', { reason: 'another' }))).toBe(false);
    expect(await store.approvals.find('apr_1' as ApprovalId)).toMatchObject({ reason: sampleApproval('apr_1').reason });
    expect(await entryCount()).toBe(1);
  });

  it('puts one in the place of another, in its place in the queue, with the entries of both', async () => {
    const old = sampleApproval('apr_1');
    await create(old);
    const next = sampleApproval('apr_2', { binding: { argsDigest: 'e5'.repeat(32) as ArgsDigest } });
    const change = { status: 'rejected', atMs: 1, decidedBy: 'olivia', decidedMs: 1, supersededBy: next.id } as const;
    const replaces = { id: old.id, change };
    const full = { pendingMax: 1, pendingPerPrincipalMax: 1, pendingPerToolMax: 1 };
    expect(await create(next, full)).toBe(false);
    expect(await create(next, { ...full, replaces })).toBe(true);
    expect(await store.approvals.find(old.id)).toMatchObject({ status: 'rejected', supersededBy: next.id });
    expect(await store.approvals.find(next.id)).toEqual(next);
    expect(await entryCount()).toBe(2);
  });

  it('leaves everything as it was where the one to be replaced is no longer pending', async () => {
    const old = sampleApproval('apr_1');
    await create(old);
    await store.approvals.transition(old.id, 'pending', { status: 'withdrawn', atMs: 1 }, []);
    const next = sampleApproval('apr_2', { binding: { argsDigest: 'e5'.repeat(32) as ArgsDigest } });
    const replaces = { id: old.id, change: { status: 'rejected', atMs: 2, supersededBy: next.id } as const };
    expect(await create(next, { replaces })).toBe(false);
    expect(await store.approvals.find(old.id)).toMatchObject({ status: 'withdrawn', supersededBy: null });
    expect(await store.approvals.find(next.id)).toBeNull();
  });

  it('changes what a transition names, keeps the rest, and records its entries', async () => {
    const approval = sampleApproval('apr_1');
    await create(approval);
    const decided = { status: 'approved', atMs: 1, decidedBy: 'olivia', decidedMs: 5, comment: 'ok' } as const;
    const changed = await store.approvals.transition(approval.id, 'pending', decided, [
      sampleApprovalEntry('approved', approval),
    ]);
    const { atMs: _, ...fields } = decided;
    const agreed = { atMs: 1, change: 'approved', by: 'olivia', comment: 'ok' };
    expect(changed).toEqual({ ...approval, ...fields, timeline: [agreed] });
    const finished = { status: 'executing', atMs: 1 } as const;
    await store.approvals.transition(approval.id, 'approved', finished, []);
    expect(await store.approvals.find(approval.id)).toEqual({
      ...approval,
      ...fields,
      status: 'executing',
      timeline: [agreed, { atMs: 1, change: 'executing', by: null, comment: null }],
    });
    expect(await entryCount()).toBe(2);
  });

  it('counts the people who approve in the same transaction, and each of them once', async () => {
    const approval = sampleApproval('apr_1', { approversNeeded: 2 });
    await create(approval);
    const approveAs = (approver: string) =>
      store.approvals.transition(
        approval.id,
        'pending',
        { status: 'approved', atMs: 1, decidedBy: approver, approver },
        [sampleApprovalEntry('approved', approval)],
      );
    // At once: none of them may overwrite another.
    const changed = await Promise.all(['olivia', 'Olivia', 'olivia'].map(approveAs));
    expect(changed.filter((each) => each !== null)).toMatchObject([{ status: 'pending', approvedBy: ['olivia'] }]);
    expect(await approveAs('oscar')).toMatchObject({ status: 'approved', approvedBy: ['olivia', 'oscar'] });
    expect(await store.approvals.find(approval.id)).toMatchObject({ status: 'approved', decidedBy: 'oscar' });
    expect(await approveAs('omar')).toBeNull();
    expect(await entryCount()).toBe(3);
  });

  it.each([
    ['has another status', 'apr_1', 'approved'],
    ['is unknown', 'apr_9', 'pending'],
  ] as const)('stores nothing of a transition when the approval %s', async (_why, id, from) => {
    const approval = sampleApproval('apr_1');
    await create(approval);
    const entries = [sampleApprovalEntry('void', approval)];
    expect(await store.approvals.transition(id as ApprovalId, from, { status: 'void', atMs: 1 }, entries)).toBeNull();
    expect(await store.approvals.find(approval.id)).toEqual(approval);
    expect(await entryCount()).toBe(1);
  });

  it('lets exactly one of a hundred simultaneous approvals win', async () => {
    const approval = sampleApproval('apr_1');
    await create(approval);
    const approve = (number: number): Promise<Approval | null> =>
      store.approvals.transition(
        approval.id,
        'pending',
        { status: 'approved', atMs: 1, decidedBy: `approver ${number}` },
        [sampleApprovalEntry('approved', approval)],
      );
    const results = await Promise.all(Array.from({ length: 100 }, (_, number) => approve(number)));
    const winners = results.filter((result) => result !== null);
    expect(winners).toHaveLength(1);
    expect(await store.approvals.find(approval.id)).toEqual(winners[0]);
    expect(await entryCount()).toBe(2);
  });

  it('never lets an approve and a reject at the same moment both win', async () => {
    const ids = Array.from({ length: 50 }, (_, number) => `apr_${number}` as ApprovalId);
    await Promise.all(ids.map((id) => create(sampleApproval(id, { binding: { principal: id } }))));
    const outcomes = await Promise.all(
      ids.flatMap((id) => [
        store.approvals.transition(id, 'pending', { status: 'approved', atMs: 1 }, []),
        store.approvals.transition(id, 'pending', { status: 'rejected', atMs: 1 }, []),
      ]),
    );
    expect(outcomes.filter((outcome) => outcome !== null)).toHaveLength(ids.length);
  });

  it('finds the newest approval of the same call only', async () => {
    const other = (id: string, binding: Partial<Approval['binding']>) => create(sampleApproval(id, { binding }));
    const mine = sampleApproval('apr_2', { createdMs: 1 });
    await create(sampleApproval('apr_1'));
    await create(mine);
    await other('apr_3', { principal: 'bob' });
    await other('apr_4', { client: 'codex' });
    await other('apr_5', { upstream: 'wiki' });
    await other('apr_6', { tool: 'send_email' });
    await other('apr_7', { argsDigest: 'e2'.repeat(32) as ArgsDigest });
    // The newest is the one that was created last, also when the clock was set back meanwhile.
    expect(await store.approvals.findNewest(mine.binding)).toEqual(mine);
    expect(await store.approvals.findNewest({ ...mine.binding, tool: 'unknown' })).toBeNull();
  });

  it.each([
    ['the queue is full', { pendingMax: 2 }, 'carol', false],
    ['the queue of the principal is full', { pendingPerPrincipalMax: 1 }, 'alice', false],
    ['only the queue of somebody else is full', { pendingPerPrincipalMax: 1 }, 'carol', true],
    ['what is decided leaves room', { pendingMax: 3 }, 'carol', true],
  ])('takes into account that %s', async (_why, conditions, principal, isCreated) => {
    await create(sampleApproval('apr_1'));
    await create(sampleApproval('apr_2', { status: 'approved' }));
    await create(sampleApproval('apr_3', { binding: { principal: 'bob' } }));
    expect(await create(sampleApproval('apr_4', { binding: { principal } }), conditions)).toBe(isCreated);
    expect(await entryCount()).toBe(isCreated ? 4 : 3);
  });

  it('removes what ended, with its preview and its entries, and nothing where one of them has not', async () => {
    const [over, open] = [sampleApproval('apr_1', { status: 'void' }), sampleApproval('apr_2')];
    for (const each of [over, open]) {
      await create(each);
      await store.approvals.keepPreview(each.id, { note: each.id } as never);
    }
    const before = await entryCount();
    expect(await store.approvals.listEnded(over.expiresMs, 9)).toEqual([]);
    expect(await store.approvals.listEnded(over.expiresMs + 1, 9)).toEqual([over.id]);
    expect(await store.approvals.remove([over.id, open.id], [sampleApprovalEntry('void', over)])).toBe(false);
    expect([await store.approvals.find(over.id), await entryCount()]).toEqual([over, before]);
    expect(await store.approvals.remove([over.id], [sampleApprovalEntry('void', over)])).toBe(true);
    expect([await store.approvals.find(over.id), await store.approvals.findPreview(over.id)]).toEqual([null, null]);
    expect([await store.approvals.find(open.id), await entryCount()]).toEqual([open, before + 1]);
    expect(await store.approvals.findPreview(open.id)).toEqual({ note: open.id });
  });

  it('lists those first whose time was over first, as many as were asked for', async () => {
    for (const [index, expiresMs] of [3000, 1000, 2000].entries())
      await create(sampleApproval(`apr_${index}`, { status: 'expired', createdMs: 1, expiresMs }));
    expect(await store.approvals.listEnded(2500, 9)).toEqual(['apr_1', 'apr_2']);
    expect(await store.approvals.listEnded(9000, 1)).toEqual(['apr_1']);
  });

  it('creates one approval when many ask for the same call at once', async () => {
    const created = await Promise.all(
      Array.from({ length: 20 }, (_, index) => create(sampleApproval(`apr_${index}`), { newest: null })),
    );
    expect(created.filter((isCreated) => isCreated)).toHaveLength(1);
    expect(await entryCount()).toBe(1);
  });
});

describe.each(Object.entries(STORES))('a list of approvals in %s', (_name, open) => {
  let store: StoreUnderTest;
  beforeAll(async () => {
    store = await open();
    for (const [index, status] of (['pending', 'rejected', 'pending', 'approved'] as const).entries()) {
      const id = `apr_${index + 1}`;
      const approval = sampleApproval(id, { status, binding: { principal: id } });
      await store.approvals.create(approval, FIRST_OF_ITS_KIND, []);
    }
  });
  afterAll(() => store.close());

  it.each([
    ['all, newest first', null, 10, ['apr_4', 'apr_3', 'apr_2', 'apr_1']],
    ['one status', 'pending', 10, ['apr_3', 'apr_1']],
    ['no more than asked for', null, 2, ['apr_4', 'apr_3']],
    ['without any limit', 'pending', Number.MAX_SAFE_INTEGER, ['apr_3', 'apr_1']],
    ['a status that none has', 'void', 10, []],
  ] as const)('holds %s', async (_what, status: ApprovalStatus | null, limit, expected) => {
    const listed = await store.approvals.list({ status, limit });
    expect(listed.map(({ id }) => id)).toEqual(expected);
  });

  it('holds all that are open, without the texts of their arguments', async () => {
    const open = await store.approvals.listOpen();
    const wanted = await Promise.all(['apr_4', 'apr_3', 'apr_1'].map((id) => store.approvals.find(id as ApprovalId)));
    const heads = wanted.map((approval) => ({ ...approval, argumentsShown: undefined }));
    expect(open.toSorted((a, b) => (a.id < b.id ? 1 : -1))).toEqual(heads);
    expect(open.every((head) => !('argumentsShown' in head))).toBe(true);
  });

  it('holds what people decided since a time, the last decision first, without arguments', async () => {
    const decidedMs = (id: string) => (id === 'apr_1' ? 300 : 200);
    for (const id of ['apr_1', 'apr_3'] as const) {
      const change = { status: 'rejected', decidedBy: 'olivia', decidedMs: decidedMs(id), atMs: 1 } as const;
      await store.approvals.transition(id as ApprovalId, 'pending', change, []);
    }
    const idsSince = async (sinceMs: number, limit: number) =>
      (await store.approvals.listDecided(sinceMs, limit)).map(({ id }) => id);
    expect(await idsSince(0, 10)).toEqual(['apr_1', 'apr_3']);
    expect(await idsSince(201, 10)).toEqual(['apr_1']);
    expect(await idsSince(0, 1)).toEqual(['apr_1']);
    expect((await store.approvals.listDecided(0, 10)).some((head) => 'argumentsShown' in head)).toBe(false);
  });
});
