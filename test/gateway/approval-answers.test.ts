import { describe, expect, it } from 'vitest';
import { err } from '../../src/core/result.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { administrator, createGatewayRig, person } from '../support/gateway-rig.ts';

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules:
  - { id: staff-write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;
const alice = person('alice');
const olivia = administrator('olivia');

describe('an approved call that failed', () => {
  it.each([
    ['did not get through', false, 'approval_failed'],
    ['may have run', true, 'approval_outcome_unknown'],
  ])('and %s tells its host nothing of what the upstream is like, then and when it is asked again', async (...row) => {
    const [, dispatched, status] = row;
    const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update'] } });
    const request = {
      plane: 'admin',
      user: 'olivia',
      groups: [],
      scopes: [],
      roles: ['approver'],
      ttlMs: 1e9,
    } as const;
    await issueToken({ tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids }, request, 'test');
    const notes = rig.upstreams.get('notes');
    if (notes === undefined) throw new Error('no such upstream');
    notes.answer = async () => err({ kind: 'unreachable', dispatched, detail: 'no connection (SELF_SIGNED_CERT)' });

    await rig.call(alice, 'notes__update');
    const [asked] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
    await rig.administration.approve(olivia, asked?.id ?? '', null, null);
    const first = await rig.call(alice, 'notes__update');
    const again = await rig.call(alice, 'notes__update');
    expect(again.structured).toMatchObject({ status });
    expect(JSON.stringify([first, again])).not.toContain('SELF_SIGNED');
    expect(await rig.administration.showApproval(olivia, asked?.id ?? '')).toMatchObject({
      value: { approval: { note: 'unreachable: no connection (SELF_SIGNED_CERT)' } },
    });
  });
});
