import { describe, expect, it } from 'vitest';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import { CANCELLED } from '../../src/gateway/gateway.ts';
import { administrator, createGatewayRig, person } from '../support/gateway-rig.ts';

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules: [{ id: change, who: { groups: [staff] }, tools: [update], effect: approve }]
`;
const alice = person('alice');

async function held() {
  const rig = await createGatewayRig({
    policies: [POLICY],
    upstreams: { notes: ['update'] },
    approvals: { holdMs: 10_000 },
  });
  const host = new AbortController();
  const answer = rig.call(alice, 'notes__update', { id: 1 }, { signal: host.signal });
  await expect.poll(() => rig.deps.desk.waiting).toBe(1);
  const [asked] = await rig.store.approvals.list({ status: 'pending', limit: 2 });
  return { rig, host, answer, id: asked?.id as ApprovalId };
}

describe('a call that is held', () => {
  it('withdraws its request when its host cancels it, and the log says who', async () => {
    const { rig, host, answer, id } = await held();
    host.abort(CANCELLED);
    await answer;
    expect(await rig.store.approvals.find(id)).toMatchObject({ status: 'withdrawn' });
    const [last] = await rig.store.audit.read({ limit: 1, afterSequence: null });
    expect(last?.leaf).toContain('"change":"withdrawn"');
    expect(last?.leaf).toContain('"by":"alice"');
    const late = await rig.administration.approve(administrator('olivia'), id, null, null);
    expect(late).toMatchObject({ error: { kind: 'conflict' } });
    expect(rig.upstreams.get('notes')?.seen).toEqual([]);
  });

  it('leaves its request as it is when its host only goes away', async () => {
    const { rig, host, answer, id } = await held();
    host.abort();
    await answer;
    expect(await rig.store.approvals.find(id)).toMatchObject({ status: 'pending' });
  });

  it('leaves what was decided first', async () => {
    const { rig, host, answer, id } = await held();
    const rejected = rig.administration.reject(administrator('olivia'), id, null);
    host.abort(CANCELLED);
    await Promise.all([rejected, answer]);
    const { status } = (await rig.store.approvals.find(id)) ?? {};
    expect(['rejected', 'withdrawn']).toContain(status);
    expect((await rejected).ok).toBe(status === 'rejected');
  });
});
