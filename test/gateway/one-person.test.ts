import { describe, expect, it } from 'vitest';
import type { Approval, ApprovalId } from '../../src/core/approval/approval.ts';
import type { NameLists } from '../../src/core/identity/known-people.ts';
import type { Administrator } from '../../src/core/identity/principal.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { createApprovers } from '../../src/gateway/approvers.ts';
import { createKnownPeople } from '../../src/core/identity/known-people.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

// One person with an account here and one at the provider is one person for every rule that counts people.

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules: [{ id: pair, who: { groups: [staff] }, tools: [update], effect: approve, approval: { count: 2 } }]
`;
const SUBJECT = 'https://login.example.com#00u1';
const PEOPLE: NameLists = [['olivia', 'o.meyer@example.com', 'https://login.example.com#00u9']];
const TOKEN = { plane: 'admin', groups: ['leads'], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;

const here = administrator('olivia');
const there = administrator('o.meyer@example.com', { subject: SUBJECT });
const otto = administrator('otto');

/** All of them hold a token, and `o.meyer` has the account that a sign-in through the provider makes. */
async function startRig(people: NameLists = PEOPLE): Promise<GatewayRig> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update'] }, people });
  for (const { user } of [here, otto])
    await issueToken({ ...rig.deps, tokens: rig.store.tokens }, { ...TOKEN, user }, 'test');
  const account = { passwordHash: '', roles: ['approver'], groups: ['leads'], createdMs: 1, disabledMs: null } as const;
  await rig.store.accounts.create({ ...account, id: 'acct_1', user: there.user, subject: SUBJECT }, []);
  return rig;
}

async function ask(rig: GatewayRig, principal = person('alice'), id = 1): Promise<ApprovalId> {
  const { structured } = await rig.call(principal, 'notes__update', { id });
  return structured?.['approvalId'] as ApprovalId;
}

const approve = (rig: GatewayRig, by: Administrator, id: ApprovalId) => rig.administration.approve(by, id, null, null);
const statusOf = async (rig: GatewayRig, id: ApprovalId) => (await rig.store.approvals.find(id))?.status;

describe('two people', () => {
  it.each([
    ['here, then through the provider', here, there],
    ['through the provider, then here', there, here],
    ['under another spelling', here, administrator('O.Meyer@EXAMPLE.com')],
    ['by the subject that the operator wrote', here, administrator('https://login.example.com#00u9')],
  ])('are not one who approves %s', async (_how, first, second) => {
    const rig = await startRig();
    const id = await ask(rig);
    expect(await approve(rig, first, id)).toMatchObject({ ok: true, value: { status: 'pending' } });
    expect(await approve(rig, second, id)).toMatchObject({
      error: { kind: 'conflict', message: `you have approved this request already, as ${first.user}` },
    });
    expect(await statusOf(rig, id)).toBe('pending');
    expect(await approve(rig, otto, id)).toMatchObject({ ok: true, value: { status: 'approved' } });
    expect((await rig.call(person('alice'), 'notes__update', { id: 1 })).isError).toBe(false);
  });

  it('are not one who approves under both names at the same moment', async () => {
    const rig = await startRig();
    for (let round = 0; round < 20; round += 1) {
      const id = await ask(rig, person('alice'), round);
      const answers = await Promise.all([here, there].map((by) => approve(rig, by, id)));
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await statusOf(rig, id)).toBe('pending');
      await rig.administration.reject(otto, id, null);
    }
  });

  it('are not one whose two names came to be known only after they approved: the call does not run', async () => {
    const rig = await startRig([]);
    const id = await ask(rig);
    await approve(rig, here, id);
    expect(await approve(rig, there, id)).toMatchObject({ ok: true, value: { status: 'approved' } });
    // The same store after a restart with another configuration.
    const approvers = createApprovers({ ...rig.store, clock: rig.clock, people: createKnownPeople(PEOPLE) });
    expect(await approvers.mayStillApprove((await rig.store.approvals.find(id)) as Approval)).toBe(false);
    const { deps } = rig;
    (deps as { approvers: typeof approvers }).approvers = approvers;
    const { structured } = await rig.call(person('alice'), 'notes__update', { id: 1 });
    expect(structured).toMatchObject({ status: 'approval_void' });
    expect(rig.upstreams.get('notes')?.seen).toEqual([]);
  });

  it('are not one whose name at the provider is the name of their account here, whatever they are called in requests', async () => {
    const rig = await startRig([]);
    const account = { passwordHash: '', roles: ['approver'], groups: [], createdMs: 1, disabledMs: null } as const;
    const subject = 'https://login.example.com#otto';
    await rig.store.accounts.create({ ...account, id: 'acct_2', user: 'o.b@example.com', subject } as never, []);
    const through = administrator('o.b@example.com', { subject });
    for (const [round, [first, second]] of [
      [otto, through],
      [through, otto],
    ].entries()) {
      const id = await ask(rig, person('alice'), round);
      await approve(rig, first as Administrator, id);
      expect((await approve(rig, second as Administrator, id)).ok).toBe(false);
      expect(await statusOf(rig, id)).toBe('pending');
    }
  });

  it('are two where nothing says otherwise', async () => {
    const rig = await startRig([]);
    const id = await ask(rig);
    await approve(rig, here, id);
    expect(await approve(rig, there, id)).toMatchObject({ ok: true, value: { status: 'approved' } });
  });
});

describe('whoever asked', () => {
  it.each([
    ['under their name here', person('olivia'), there],
    ['by the subject of the provider', person(SUBJECT, { name: 'Somebody' }), here],
    ['under a display name', person('x', { name: 'O.Meyer@example.com' }), here],
  ])('%s does not decide on it under another', async (_how, requester, by) => {
    const rig = await startRig();
    const id = await ask(rig, requester);
    for (const answer of [await approve(rig, by, id), await rig.administration.reject(by, id, null)])
      expect(answer).toMatchObject({ error: { kind: 'forbidden', message: 'nobody decides on their own request' } });
    expect(await rig.administration.showApproval(by, id)).toMatchObject({ value: { mayDecide: { allowed: false } } });
    expect(await statusOf(rig, id)).toBe('pending');
    expect((await approve(rig, otto, id)).ok).toBe(true);
  });

  it('and proposed other arguments does not approve those under another name', async () => {
    const rig = await startRig();
    const edited = await rig.administration.edit(here, await ask(rig), { id: 2 }, null);
    const { id } = (edited as { readonly value: Approval }).value;
    expect(await approve(rig, there, id)).toMatchObject({ error: { kind: 'forbidden' } });
    expect((await approve(rig, otto, id)).ok).toBe(true);
  });
});
