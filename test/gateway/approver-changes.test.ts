import { describe, expect, it } from 'vitest';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules:
  - { id: staff, who: { groups: [staff] }, tools: [update], effect: approve, approval: { by: { groups: [leads, security] } } }
  - { id: guests, who: { groups: [guests] }, tools: [update], effect: approve, approval: { by: { groups: [security] } } }
`;
const alice = person('alice');
/** The same person, whom the issuer has put into another group since. */
const aliceAsGuest = person('alice', { groups: ['staff', 'guests'] });
const olivia = administrator('olivia', { groups: ['leads'] });

async function ask(): Promise<{ readonly rig: GatewayRig; readonly id: string }> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update'] } });
  const request = { plane: 'admin', user: 'olivia', groups: ['leads'], scopes: [], roles: ['approver'] } as const;
  await issueToken(
    { tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids },
    { ...request, ttlMs: 1e9 },
    'test',
  );
  await rig.call(alice, 'notes__update');
  const [asked] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
  return { rig, id: asked?.id ?? '' };
}

describe('a requester for whom others must approve by now', () => {
  it('does not get what was approved before', async () => {
    const { rig, id } = await ask();
    expect(await rig.administration.approve(olivia, id, null, null)).toMatchObject({ ok: true });
    const answer = await rig.call(aliceAsGuest, 'notes__update');
    expect(rig.upstreams.get('notes')?.seen).toEqual([]);
    expect(answer.structured).toMatchObject({ status: 'approval_pending' });
    expect(answer.structured?.['approvalId']).not.toBe(id);
    expect(await rig.store.approvals.find(id as never)).toMatchObject({ status: 'void' });
  });

  it('asks anew, and those who could have approved before cannot', async () => {
    const { rig, id } = await ask();
    const answer = await rig.call(aliceAsGuest, 'notes__update');
    expect(answer.structured).toMatchObject({ status: 'approval_pending' });
    const newId = (await rig.store.approvals.list({ status: 'pending', limit: 1 }))[0]?.id ?? '';
    expect(newId).not.toBe(id);
    expect(await rig.administration.approve(olivia, id, null, null)).toMatchObject({ error: { kind: 'conflict' } });
    expect(await rig.administration.approve(olivia, newId, null, null)).toMatchObject({ error: { kind: 'forbidden' } });
  });
});
