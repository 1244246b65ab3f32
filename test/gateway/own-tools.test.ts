import { describe, expect, it } from 'vitest';
import { contextFor } from '../support/host-context.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

const POLICY = `
version: 1
upstream: notes
classes: { read: [get], write: [update] }
rules:
  - { id: read, who: { any: true }, tools: [get], effect: allow }
  - { id: change, who: { groups: [staff] }, tools: [update], effect: approve }
`;
const alice = person('alice');
const bob = person('bob');
const guest = person('gina', { groups: ['guests'] });
const TOOL = 'countersign__approvals';

const createRig = (policies = [POLICY]): Promise<GatewayRig> =>
  createGatewayRig({ policies, upstreams: { notes: ['get', 'update'] } });

async function ask(rig: GatewayRig, who = alice, id = 1): Promise<string> {
  return (await rig.call(who, 'notes__update', { id }, { canWait: false })).structured?.['approvalId'] as string;
}

async function listed(rig: GatewayRig, who = alice): Promise<readonly string[]> {
  const context = contextFor({ callId: rig.deps.ids.next('call'), principal: who, revision: '2026-07-28' });
  const list = await rig.gateway.list(context, 'tools', null);
  if (list.kind === 'error') throw new Error(list.message);
  return (JSON.parse(Buffer.from(list.items).toString()) as { name: string }[]).map(({ name }) => name);
}

describe('the tool that tells of one’s own requests', () => {
  it('is listed for whoever may have one', async () => {
    const rig = await createRig();
    expect(await listed(rig)).toEqual([TOOL, 'notes__get', 'notes__update']);
    expect(await listed(rig, guest)).toEqual(['notes__get']);
  });

  it('lists one’s own, and nobody else’s', async () => {
    const rig = await createRig();
    const mine = await ask(rig);
    const his = await ask(rig, bob);
    const answer = await rig.call(alice, TOOL);
    expect(answer.structured).toMatchObject({
      approvals: [
        { approvalId: mine, status: 'pending', upstream: 'notes', tool: 'update', url: expect.stringContaining(mine) },
      ],
    });
    expect(answer.text).not.toContain(his);
    expect((await rig.call(guest, TOOL)).structured).toEqual({ approvals: [] });
  });

  it.each(['status', 'wait'])('%s says nothing of what is somebody else’s, or not there', async (action) => {
    const rig = await createRig();
    const his = await ask(rig, bob);
    const answers = await Promise.all(
      [his, 'apr_0000000000000000000099', '', 'DROP TABLE approval'].map((approvalId) =>
        rig.call(alice, TOOL, { action, approvalId }),
      ),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.every(({ isError }) => isError)).toBe(true);
  });

  it('waits until somebody decides', async () => {
    const rig = await createRig();
    const approvalId = await ask(rig);
    const waiting = rig.call(alice, TOOL, { action: 'wait', approvalId, seconds: 40 });
    await expect.poll(() => rig.deps.desk.waiting).toBe(1);
    await rig.administration.reject(administrator('olivia'), approvalId, 'no');
    expect((await waiting).structured).toMatchObject({ approvalId, status: 'rejected', comment: 'no' });
  });

  it('waits no longer than it is told', async () => {
    const rig = await createRig();
    const approvalId = await ask(rig);
    const answer = await rig.call(alice, TOOL, { action: 'wait', approvalId, seconds: 0.01 });
    expect(answer.structured).toMatchObject({ status: 'pending' });
  });

  it.each([{ action: 'approve' }, { action: 'reject' }, { action: 'withdraw' }, { action: 7 }])(
    'decides nothing: %j',
    async (args) => {
      const rig = await createRig();
      const approvalId = await ask(rig);
      expect((await rig.call(alice, TOOL, { ...args, approvalId })).isError).toBe(true);
      expect(await rig.store.approvals.find(approvalId as never)).toMatchObject({ status: 'pending' });
    },
  );

  it('is decided and recorded like any other, and stopped like any other', async () => {
    const rig = await createRig();
    await rig.call(alice, TOOL);
    const entries = (await rig.store.audit.read({ limit: 10, afterSequence: null })).map(
      ({ leaf }) => (JSON.parse(leaf) as { entry: object }).entry,
    );
    expect(entries.slice(-2)).toMatchObject([
      {
        kind: 'decision',
        upstream: 'countersign',
        tool: 'approvals',
        class: 'read',
        decision: 'allow',
        ruleId: 'own-requests',
      },
      { kind: 'outcome', outcome: 'ok' },
    ]);
    await rig.deps.killSwitches.pull({ scope: { all: true }, reason: 'x', expiresMs: null, by: 'olivia' });
    expect((await rig.call(alice, TOOL)).error).not.toBeNull();
  });

  it('can be taken away by a policy', async () => {
    const none = 'version: 1\nupstream: countersign\nclasses: { never: [approvals] }\n';
    const rig = await createRig([POLICY, none]);
    expect(await listed(rig)).toEqual(['notes__get', 'notes__update']);
    expect((await rig.call(alice, TOOL)).text).toContain('Unknown tool');
  });
});
