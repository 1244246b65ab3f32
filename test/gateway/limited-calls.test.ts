import { describe, expect, it } from 'vitest';
import { ok } from '../../src/core/result.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { createLimits } from '../../src/gateway/limits.ts';
import { textResult } from '../support/fake-upstream.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

const POLICY = `
version: 1
upstream: crm
classes: { read: [get], write: [update, send] }
rules:
  - { id: read, who: { groups: [staff] }, tools: { class: read }, effect: allow, bind: { tenant_id: principal.tenant } }
  - { id: update, who: { groups: [staff] }, tools: [update], effect: allow, unattended: true }
  - { id: send, who: { groups: [staff] }, tools: [send], effect: approve, bind: { tenant_id: principal.tenant } }
limits:
  - { tools: { class: write }, calls: 10/1h }
  - { tools: { class: read }, concurrent: 2 }
`;
const alice = person('alice', { tenant: 'acme' });

async function createRig(): Promise<GatewayRig> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { crm: ['get', 'update', 'send'] } });
  const request = { plane: 'admin', user: 'olivia', groups: [], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;
  await issueToken({ tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids }, request, 'test');
  return rig;
}

const seenBy = (rig: GatewayRig) => rig.upstreams.get('crm')?.seen ?? [];

async function entriesOf(rig: GatewayRig, kind: string): Promise<Record<string, unknown>[]> {
  const records = await rig.store.audit.read({ limit: 5000, afterSequence: 0 });
  const entries = records.map(({ leaf }) => (JSON.parse(leaf) as { entry: Record<string, unknown> }).entry);
  return entries.filter((entry) => entry['kind'] === kind);
}

/** Asks, has somebody approve, and calls again. */
async function approvedCall(rig: GatewayRig, args: Record<string, string>) {
  await rig.call(alice, 'crm__send', args, { canWait: false });
  const [pending] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
  if (pending !== undefined) await rig.administration.approve(administrator('olivia'), pending.id, null, null);
  return rig.call(alice, 'crm__send', args, { canWait: false });
}

describe('limits of calls', () => {
  it('let exactly ten of two hundred writes at once through, and record each of the others', async () => {
    const rig = await createRig();
    const answers = await Promise.all(Array.from({ length: 200 }, () => rig.call(alice, 'crm__update')));
    expect(seenBy(rig)).toHaveLength(10);
    expect(answers.filter(({ text }) => text?.includes('as many calls of this kind as you may'))).toHaveLength(190);
    const denied = (await entriesOf(rig, 'decision')).filter(({ decision }) => decision === 'deny');
    expect(denied).toHaveLength(190);
    expect(denied[0]).toMatchObject({ reasons: ['limit_reached'], class: 'write', principal: 'alice' });
  });

  it('say when to try again, and let through then', async () => {
    const rig = await createRig();
    for (let index = 0; index < 10; index += 1) await rig.call(alice, 'crm__update');
    const denied = await rig.call(alice, 'crm__update');
    expect(denied.structured).toMatchObject({ status: 'denied', reason: 'limit_reached', retryAfterSeconds: 3660 });
    rig.clock.advance(3660 * 1000);
    expect((await rig.call(alice, 'crm__update')).text).toContain('ran update');
  });

  it('count people, whatever session or credential they come with, and each for themselves', async () => {
    const rig = await createRig();
    for (let index = 0; index < 10; index += 1) {
      await rig.call(person('alice', { credentialId: `tok_${index}`, client: `host-${index}` }), 'crm__update');
    }
    expect((await rig.call(alice, 'crm__update')).text).toContain('not executed');
    expect((await rig.call(person('bob'), 'crm__update')).text).toContain('ran update');
  });

  it('are kept over a restart', async () => {
    const rig = await createRig();
    for (let index = 0; index < 10; index += 1) await rig.call(alice, 'crm__update');
    const again = await createLimits({ store: rig.store.limits, clock: rig.clock });
    const uses = (await rig.store.limits.load(rig.clock.nowMs())).map(({ key }) => key);
    const [key = ''] = uses;
    expect(again.take([{ kind: 'calls', key, place: '', amount: 1, max: 10, windowMs: 3_600_000 }]).ok).toBe(false);
  });

  it('count what runs, and not what waits for a person', async () => {
    const rig = await createRig();
    for (let index = 0; index < 15; index += 1) await rig.call(alice, 'crm__send', { to: 'bob' }, { canWait: false });
    expect((await rig.call(alice, 'crm__update')).text).toContain('ran update');
    const answer = await approvedCall(rig, { to: 'bob' });
    expect(answer.text).toContain('ran send');
    for (let index = 0; index < 8; index += 1) await rig.call(alice, 'crm__update');
    expect((await rig.call(alice, 'crm__update')).text).toContain('not executed');
  });

  it('keep an approved call from running, without spending its approval', async () => {
    const rig = await createRig();
    for (let index = 0; index < 10; index += 1) await rig.call(alice, 'crm__update');
    const args = { to: 'bob' };
    const denied = await approvedCall(rig, args);
    expect(denied.structured).toMatchObject({ reason: 'limit_reached' });
    expect(await rig.store.approvals.list({ status: 'approved', limit: 5 })).toHaveLength(1);
  });

  it('let two run at once, and a third when one of them is over', async () => {
    const rig = await createRig();
    const crm = rig.upstreams.get('crm');
    if (crm === undefined) throw new Error('no such upstream');
    const release: (() => void)[] = [];
    crm.answer = () => new Promise((resolve) => release.push(() => resolve(ok(textResult('done')))));
    const running = [rig.call(alice, 'crm__get'), rig.call(alice, 'crm__get')];
    await expect.poll(() => release.length).toBe(2);
    expect((await rig.call(alice, 'crm__get')).structured).toMatchObject({ reason: 'limit_reached' });
    release.forEach((end) => end());
    await Promise.all(running);
    crm.answer = async () => ok(textResult('done'));
    expect((await rig.call(alice, 'crm__get')).text).toBe('done');
  });
});

describe('bound arguments', () => {
  it('are sent, recorded and digested as the policy fills them in', async () => {
    const rig = await createRig();
    const filledIn = await rig.call(alice, 'crm__get', { id: 'd1' });
    const given = await rig.call(alice, 'crm__get', { id: 'd1', tenant_id: 'acme' });
    expect(filledIn.text).toBe('ran get {"id":"d1","tenant_id":"acme"}');
    expect(given.text).toBe(filledIn.text);
    const [first, second] = await entriesOf(rig, 'decision');
    expect(first?.['argsDigest']).toBe(second?.['argsDigest']);
  });

  it('are what a person approves, and what runs', async () => {
    const rig = await createRig();
    await rig.call(alice, 'crm__send', { to: 'bob' }, { canWait: false });
    const [pending] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
    expect(JSON.parse(pending?.argumentsShown ?? '')).toEqual({ tenant_id: 'acme', to: 'bob' });
    const answer = await approvedCall(rig, { to: 'bob' });
    expect(answer.text).toContain('"tenant_id":"acme"');
  });

  it.each([{ tenant_id: 'globex' }, { tenantId: 'globex' }, { Tenant_ID: 'acme' }, { tenant_id: null }])(
    'are denied where the agent gives %j',
    async (args) => {
      const rig = await createRig();
      const answer = await rig.call(alice, 'crm__get', args);
      expect(answer.structured).toMatchObject({ status: 'denied', reason: 'argument_bound' });
      expect(seenBy(rig)).toHaveLength(0);
    },
  );
});
