import { describe, expect, it } from 'vitest';
import type { ApprovalEntry } from '../../src/core/audit/entry.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

// Whoever tries to decide what is not theirs to decide decides nothing, and is in the log.

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules:
  - { id: change, who: { groups: [staff] }, tools: [update], effect: approve, approval: { by: { groups: [leads] } } }
`;

async function ask(): Promise<{ readonly rig: GatewayRig; readonly id: string }> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update'] } });
  const { structured } = await rig.call(person('alice'), 'notes__update', { id: 1 });
  return { rig, id: (structured?.['approvalId'] ?? '') as string };
}

async function denialsIn({ store }: GatewayRig): Promise<readonly ApprovalEntry[]> {
  const records = await store.audit.read({ limit: 500, afterSequence: null });
  const entries = records.map(({ leaf }) => (JSON.parse(leaf) as { readonly entry: ApprovalEntry }).entry);
  return entries.filter(({ kind, change }) => kind === 'approval' && change === 'denied');
}

const leads = { groups: ['leads'] };

describe('a decision that is denied', () => {
  it.each([
    ['the requester', administrator('alice', leads), 'nobody decides on their own request'],
    ['somebody of another group', administrator('olivia', { groups: [] }), 'another group'],
    ['somebody who is no approver', administrator('victor', { ...leads, roles: ['operator'] }), 'role approver'],
  ])('of %s is recorded, and leaves the request as it is', async (_who, by, why) => {
    const { rig, id } = await ask();
    const { administration } = rig;
    const all = [
      await administration.approve(by, id, null, null),
      await administration.reject(by, id, 'no'),
      await administration.edit(by, id, { id: 2 }, null),
    ];
    expect(all).toMatchObject(all.map(() => ({ ok: false, error: { kind: 'forbidden' } })));
    const told = { approvalId: id, by: by.user, credentialId: by.credentialId, comment: expect.stringContaining(why) };
    expect(await denialsIn(rig)).toMatchObject([told, told, told]);
    expect(await rig.store.approvals.find(id as never)).toMatchObject({ status: 'pending' });
  });

  it('is recorded so many times of one credential, and of another one still', async () => {
    const { rig, id } = await ask();
    const alice = administrator('alice', leads);
    for (let round = 0; round < 70; round++) await rig.administration.approve(alice, id, null, null);
    expect(await denialsIn(rig)).toHaveLength(60);
    await rig.administration.approve(administrator('olivia', { groups: [] }), id, null, null);
    expect(await denialsIn(rig)).toHaveLength(61);
  });

  it('is none where there is no such request, or where somebody may', async () => {
    const { rig, id } = await ask();
    await rig.administration.approve(administrator('alice', leads), 'apr_0000000000000000000000', null, null);
    await rig.administration.approve(administrator('olivia', leads), id, null, null);
    await rig.administration.approve(administrator('otto', leads), id, null, null);
    expect(await denialsIn(rig)).toEqual([]);
  });
});
