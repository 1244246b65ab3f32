import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Approval, ApprovalId, ApprovalStatus, ArgsDigest } from '../../src/core/approval/approval.ts';
import { expireApprovals } from '../../src/gateway/expire-approvals.ts';
import { createKeptResults } from '../../src/gateway/kept-results.ts';
import { createOpenedPages } from '../../src/gateway/opened-pages.ts';
import { PRUNED_AT_ONCE_MAX, pruneApprovals } from '../../src/gateway/prune-approvals.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';
import { runGateway, startIn } from '../support/run-gateway.ts';
import { FIRST_OF_ITS_KIND, sampleApproval } from '../support/store-samples.ts';
import { readEntries } from '../support/store-rig.ts';

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules: [{ id: change, who: { groups: [staff] }, tools: [update], effect: approve }]
`;
const DAY_MS = 86_400_000;
const KEEP_MS = 90 * DAY_MS;

const startRig = (): Promise<GatewayRig> => createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update'] } });

/** One that came to this status now, as the store has it. */
async function store(
  { store: { approvals }, clock }: GatewayRig,
  id: string,
  status: ApprovalStatus,
  more: Partial<Approval> = {},
) {
  const nowMs = clock.nowMs();
  const times = { createdMs: nowMs, expiresMs: nowMs + 60_000 };
  const binding = { argsDigest: `${id}-`.padEnd(64, '0') as ArgsDigest };
  const { binding: _, ...rest } = more;
  const approval = sampleApproval(id, { status, ...times, ...rest, binding });
  expect(await approvals.create(approval, FIRST_OF_ITS_KIND, [])).toBe(true);
  await approvals.keepPreview(approval.id, { changes: [], unchanged: [], note: null } as never);
  return approval.id;
}

const prune = (rig: GatewayRig): Promise<number> =>
  pruneApprovals({ approvals: rig.store.approvals, clock: rig.clock }, KEEP_MS);

describe('requests that are over', () => {
  it.each<[ApprovalStatus, boolean]>([
    ['executed', true],
    ['failed', true],
    ['outcome-unknown', true],
    ['rejected', true],
    ['expired', true],
    ['withdrawn', true],
    ['void', true],
    ['pending', false],
    ['approved', false],
    ['executing', false],
  ])('that are %s are removed once they were kept long enough, with their previews: %s', async (status, isRemoved) => {
    const rig = await startRig();
    const id = await store(rig, 'apr_1', status);
    rig.clock.advance(KEEP_MS);
    expect(await prune(rig)).toBe(0);
    rig.clock.advance(60_001);
    expect(await prune(rig)).toBe(isRemoved ? 1 : 0);
    expect((await rig.store.approvals.find(id)) === null).toBe(isRemoved);
    expect((await rig.store.approvals.findPreview(id)) === null).toBe(isRemoved);
  });

  it('are kept by when they ended, where that is later than their own time', async () => {
    const rig = await startRig();
    const id = await store(rig, 'apr_1', 'executed', { finishedMs: rig.clock.nowMs() + DAY_MS });
    rig.clock.advance(KEEP_MS + DAY_MS);
    expect(await prune(rig)).toBe(0);
    rig.clock.advance(1);
    expect(await prune(rig)).toBe(1);
    expect(await rig.store.approvals.find(id)).toBeNull();
  });

  it('go in batches, each with an entry in the log, of which nothing goes', async () => {
    const rig = await startRig();
    const count = PRUNED_AT_ONCE_MAX + 5;
    for (let index = 0; index < count; index += 1) await store(rig, `apr_${index}`, 'expired');
    const young = await store(rig, 'apr_young', 'expired', { expiresMs: rig.clock.nowMs() + DAY_MS });
    const before = await readEntries(rig.store.audit);
    rig.clock.advance(KEEP_MS + 60_001);
    expect(await prune(rig)).toBe(count);
    const entries = await readEntries(rig.store.audit);
    expect(entries.slice(0, before.length)).toEqual(before);
    const since = `that were over before 2026-11-20T00:01:00.001Z`;
    expect(entries.slice(before.length)).toMatchObject([
      { kind: 'gateway', change: 'pruned', by: null, detail: `${PRUNED_AT_ONCE_MAX} approvals ${since}` },
      { kind: 'gateway', change: 'pruned', by: null, detail: `5 approvals ${since}` },
    ]);
    const left = await rig.store.approvals.list({ status: null, limit: 10 });
    expect(left.map(({ id }) => id)).toEqual([young]);
    expect(await prune(rig)).toBe(0);
    expect(await readEntries(rig.store.audit)).toHaveLength(entries.length);
  });

  it('leave nothing behind that decides about the same call: it is asked about anew', async () => {
    const rig = await startRig();
    const first = await rig.call(person('alice'), 'notes__update', { id: 1 });
    const id = first.structured?.['approvalId'] as ApprovalId;
    await rig.administration.reject(administrator('olivia'), id, null);
    rig.clock.advance(KEEP_MS + DAY_MS);
    await expireApprovals(rig.deps);
    expect(await prune(rig)).toBe(1);
    const again = await rig.call(person('alice'), 'notes__update', { id: 1 });
    expect(again.structured).toMatchObject({ status: 'approval_pending' });
    expect(again.structured?.['approvalId']).not.toBe(id);
    expect(await rig.administration.showApproval(administrator('olivia'), id)).toMatchObject({
      error: { kind: 'not-found' },
    });
  });

  it('leave the one that somebody proposed in their place as it is', async () => {
    const rig = await startRig();
    const first = await rig.call(person('alice'), 'notes__update', { id: 1 });
    const id = first.structured?.['approvalId'] as ApprovalId;
    const edited = await rig.administration.edit(administrator('olivia'), id, { id: 2 }, null);
    expect(edited.ok).toBe(true);
    const newId = (edited as { readonly value: Approval }).value.id;
    // Whose time is long over, and which nobody looked at: the one is removed, the other may still be decided on as far as the store knows.
    rig.clock.advance(KEEP_MS + DAY_MS);
    expect(await prune(rig)).toBe(1);
    expect(await rig.store.approvals.find(id)).toBeNull();
    const shown = await rig.administration.showApproval(administrator('otto'), newId);
    expect(shown).toMatchObject({ ok: true, value: { editedFrom: null, approval: { id: newId } } });
  });
});

it('a gateway that starts removes what was kept long enough, and nothing else', async () => {
  const gateway = await runGateway({ config: 'upstreams: {}\n', policies: {} });
  await gateway.stop();
  const { storeFile } = gateway.home;
  const db = new DatabaseSync(storeFile);
  const insert = db.prepare(`
    INSERT INTO approval (id, status, principal, client, upstream, tool, args_digest, definition_digest, policy_version, environment,
      requester_name, reason, approver_groups, arguments_shown, created_ms, expires_ms)
    VALUES (?, ?, 'alice', 'c', 'u', 't', ?, '', '', 'prod', 'alice', '', '[]', '{}', ?, ?)`);
  for (const [id, status, daysAgo] of [
    ['apr_old', 'void', 91],
    ['apr_young', 'void', 89],
  ] as const)
    insert.run(id, status, id, Date.now() - daysAgo * DAY_MS, Date.now() - daysAgo * DAY_MS);
  db.close();
  const again = await startIn(gateway.home);
  onTestFinished(() => again.close());
  await expect.poll(async () => (await again.admin('GET', '/api/approvals/apr_old')).status).toBe(404);
  expect((await again.admin('GET', '/api/approvals/apr_young')).json).toMatchObject({ status: 'void' });
});

describe('what is kept in memory', () => {
  it('goes when its time is over, though nobody asks for it any more', () => {
    const clock = createFixedClock();
    const kept = createKeptResults(clock, { keepMs: 1000, resultBytesMax: 10, totalBytesMax: 100 });
    const json = new Uint8Array(10);
    kept.keep('apr_1' as ApprovalId, [json], 10);
    kept.keep('apr_2' as ApprovalId, [json], 10);
    clock.advance(999);
    kept.forgetOver();
    expect(kept.find('apr_1' as ApprovalId)).not.toBeNull();
    clock.advance(1);
    kept.forgetOver();
    // Looked at by a clock that went back: what was let go is not there, whatever the time.
    clock.advance(-1000);
    expect([kept.find('apr_1' as ApprovalId), kept.find('apr_2' as ApprovalId)]).toEqual([null, null]);
  });

  it('of pages that an upstream opened, too', () => {
    const clock = createFixedClock();
    const pages = createOpenedPages(clock);
    let told = 0;
    const page = { upstream: 'crm', principal: 'alice', elicitationId: '1', tell: () => void (told += 1) };
    pages.add(page);
    clock.advance(20 * 60_000);
    pages.forgetOver();
    clock.advance(-60_000);
    pages.done('crm', 'alice', '1');
    expect(told).toBe(0);
  });
});
