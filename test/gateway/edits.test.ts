import { describe, expect, it } from 'vitest';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules:
  - { id: mine, who: { groups: [selves] }, tools: [update], effect: approve, approval: { by: requester } }
  - { id: never, who: { groups: [staff] }, tools: [update], when: 'args.id == 13', effect: deny }
  - { id: free, who: { groups: [staff] }, tools: [update], when: 'args.id == 7', effect: allow, unattended: true }
  - { id: change, who: { groups: [staff] }, tools: [update], when: 'args.id != 7', effect: approve }
  - { id: two, who: { groups: [pairs] }, tools: [update], effect: approve, approval: { count: 2 } }
`;
const alice = person('alice');
const olivia = administrator('olivia');
const otto = administrator('otto');

async function asked(who = alice, args: JsonObject = { id: 1 }) {
  const rig = await createGatewayRig({
    policies: [POLICY],
    upstreams: { notes: ['update'] },
    secrets: ['correct horse battery staple'],
  });
  const tokens = { tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids };
  for (const user of ['olivia', 'otto', 'oscar']) {
    const request = { plane: 'admin', user, groups: [], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;
    await issueToken(tokens, request, 'test');
  }
  const answer = await rig.call(who, 'notes__update', args);
  return { rig, id: answer.structured?.['approvalId'] as ApprovalId };
}

const run = (rig: GatewayRig, args: JsonObject, who = alice) => rig.call(who, 'notes__update', args);
const sent = (rig: GatewayRig) => rig.upstreams.get('notes')?.seen ?? [];

async function edited(rig: GatewayRig, id: string, args: unknown = { id: 2 }, by = olivia) {
  const answer = await rig.administration.edit(by, id, args, 'smaller');
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

describe('other arguments', () => {
  it('are asked about by a request of their own, and both are kept', async () => {
    const { rig, id } = await asked();
    const next = await edited(rig, id);
    expect(next).toMatchObject({ status: 'pending', argumentsShown: '{"id":2}', approvedBy: [] });
    expect(next.particulars.origin).toMatchObject({ kind: 'edit', id });
    expect(await rig.store.approvals.find(id)).toMatchObject({
      status: 'rejected',
      argumentsShown: '{"id":1}',
      decidedBy: 'olivia',
      supersededBy: next.id,
    });
    const records = await rig.store.audit.read({ limit: 2, afterSequence: null });
    const log = records.map(({ leaf }) => leaf).join('\n');
    expect(log).toContain(`[edited: ${next.id}]`);
    expect(log).toContain(`edit of ${id}`);
  });

  it.each<[string, (rig: GatewayRig, id: string) => unknown]>([
    ['expired', (rig) => rig.clock.advance(31 * 60_000)],
    ['is void', (rig) => rig.setPolicy([POLICY.replace('id == 13', 'id == 14')])],
    [
      'was rejected, and is over',
      async (rig, id) => {
        await rig.administration.reject(otto, id, null);
        rig.clock.advance(31 * 60_000);
      },
    ],
  ])('are still those of whoever proposed them when the request for them %s', async (_, end) => {
    const { rig, id } = await asked();
    const next = await edited(rig, id);
    await end(rig, next.id);
    const again = (await run(rig, { id: 2 })).structured?.['approvalId'] as string;
    expect(again).not.toBe(next.id);
    expect(await rig.administration.approve(olivia, again, null, null)).toMatchObject({ error: { kind: 'forbidden' } });
    expect(await rig.administration.approve(otto, again, null, null)).toMatchObject({ ok: true });
    expect((await run(rig, { id: 2 })).text).toContain('ran update');
  });

  it('run only when the host sends them, and never in the place of others', async () => {
    const { rig, id } = await asked();
    const next = await edited(rig, id);
    expect(await rig.administration.approve(otto, next.id, null, null)).toMatchObject({ ok: true });
    expect((await run(rig, { id: 1 })).structured).toMatchObject({
      status: 'approval_edited',
      approvalId: id,
      editedApprovalId: next.id,
      arguments: { id: 2 },
    });
    expect(sent(rig)).toHaveLength(0);
    expect((await run(rig, { id: 2 })).text).toContain('ran update');
    expect((await run(rig, { id: 1 })).structured).toMatchObject({ status: 'approval_edited' });
    expect(sent(rig)).toHaveLength(1);
  });

  it('tell the agent that asks where its request is', async () => {
    const { rig, id } = await asked();
    const next = await edited(rig, id);
    const status = await rig.call(alice, 'countersign__approvals', { action: 'status', approvalId: id });
    expect(status.structured).toMatchObject({ status: 'rejected', editedApprovalId: next.id });
    expect(status.text).toContain(next.id);
  });

  it.each([
    ['whoever proposed them', { user: 'olivia' }],
    ['whoever proposed them, in capitals', { user: 'Olivia' }],
    ['whoever proposed them, through a provider', { user: 'o.l', subject: 'https://idp.example#olivia' }],
    ['the requester', { user: 'alice' }],
  ])('are not approved by %s', async (_who, names) => {
    const { rig, id } = await asked();
    const next = await edited(rig, id);
    const by = { ...administrator('x'), ...names };
    expect(await rig.administration.approve(by, next.id, null, null)).toMatchObject({ error: { kind: 'forbidden' } });
    await run(rig, { id: 2 });
    expect(sent(rig)).toHaveLength(0);
  });

  it('need as many people again as the rule says, and the approval of the others counts for nothing', async () => {
    const pair = person('alice', { groups: ['pairs'] });
    const { rig, id } = await asked(pair);
    await rig.administration.approve(otto, id, null, null);
    const next = await edited(rig, id);
    await rig.administration.approve(otto, next.id, null, null);
    await rig.administration.approve(olivia, next.id, null, null);
    expect((await run(rig, { id: 2 }, pair)).structured).toMatchObject({ status: 'approval_pending' });
    await rig.administration.approve(administrator('oscar'), next.id, null, null);
    expect((await run(rig, { id: 2 }, pair)).text).toContain('ran update');
  });

  it('are for the same person and client alone', async () => {
    const { rig, id } = await asked();
    const next = await edited(rig, id);
    await rig.administration.approve(otto, next.id, null, null);
    for (const who of [person('bob'), person('alice', { client: 'host-2' })])
      expect((await run(rig, { id: 2 }, who)).structured).toMatchObject({ status: 'approval_pending' });
    expect(sent(rig)).toHaveLength(0);
  });

  it.each<[string, unknown, string]>([
    ['that policy denies', { id: 13 }, 'denies'],
    ['about which policy asks nobody', { id: 7 }, 'asks nobody'],
    ['that are the same', { id: 1 }, 'as it is'],
    ['that hold a secret', { id: 'correct horse battery staple' }, 'secret'],
    ['that are no object', [1], 'must be an object'],
    ['that are not there', undefined, 'must be an object'],
    ['that hold a marker', { id: '[redacted:known-secret]' }, 'cannot be asked for'],
  ])('are refused %s, and nothing changes', async (_what, args, why) => {
    const { rig, id } = await asked();
    const answer = await rig.administration.edit(olivia, id, args, null);
    expect(answer.ok ? '' : answer.error.message).toContain(why);
    expect(await rig.store.approvals.find(id)).toMatchObject({ status: 'pending', supersededBy: null });
    expect(await rig.store.approvals.list({ status: null, limit: 10 })).toHaveLength(1);
  });

  it('are proposed by nobody who may not decide, and never of what is decided', async () => {
    const { rig, id } = await asked();
    for (const by of [administrator('alice'), administrator('victor', { roles: ['operator', 'auditor'] })])
      expect(await rig.administration.edit(by, id, { id: 2 }, null)).toMatchObject({ error: { kind: 'forbidden' } });
    await rig.administration.approve(otto, id, null, null);
    expect(await rig.administration.edit(olivia, id, { id: 2 }, null)).toMatchObject({ error: { kind: 'conflict' } });
    const { rig: other, id: mine } = await asked(person('alice', { groups: ['selves'] }));
    expect(await other.administration.edit(administrator('alice'), mine, { id: 2 }, null)).toMatchObject({
      error: { kind: 'conflict' },
    });
  });

  it('take no second place, and no place that another request has', async () => {
    const { rig, id } = await asked();
    const both = await Promise.all(
      [olivia, otto].map((by, index) => rig.administration.edit(by, id, { id: 20 + index }, null)),
    );
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    const other = (await run(rig, { id: 3 })).structured?.['approvalId'] as string;
    await run(rig, { id: 4 });
    expect(await rig.administration.edit(olivia, other, { id: 4 }, null)).toMatchObject({
      error: { kind: 'conflict' },
    });
  });

  it('are given to a call that is held, at once', async () => {
    const { rig, id } = await asked();
    const held = await createHeld(rig);
    await edited(rig, id);
    expect((await held.answer).structured).toMatchObject({ status: 'approval_edited', arguments: { id: 2 } });
  });

  it('end with a policy or a switch like any other', async () => {
    const { rig, id } = await asked();
    const next = await edited(rig, id);
    await rig.administration.approve(otto, next.id, null, null);
    rig.setPolicy([POLICY.replace('count: 2', 'count: 3')]);
    expect((await run(rig, { id: 2 })).structured).toMatchObject({ status: 'approval_pending' });
    const { rig: other, id: stopped } = await asked();
    await other.deps.killSwitches.pull({ scope: { all: true }, reason: 'x', expiresMs: null, by: 'o' });
    expect(await other.administration.edit(olivia, stopped, { id: 2 }, null)).toMatchObject({
      error: { kind: 'conflict' },
    });
    expect(sent(rig).length + sent(other).length).toBe(0);
  });
});

async function createHeld(rig: GatewayRig) {
  const settings = rig.deps.approvalSettings as { holdMs: number };
  settings.holdMs = 10_000;
  const answer = run(rig, { id: 1 });
  while (rig.deps.desk.waiting === 0)
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  return { answer };
}
