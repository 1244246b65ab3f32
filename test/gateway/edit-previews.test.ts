import { describe, expect, it } from 'vitest';
import type { Approval, ApprovalId } from '../../src/core/approval/approval.ts';
import type { Principal } from '../../src/core/identity/principal.ts';
import { ok } from '../../src/core/result.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

// The record before and after, for arguments that an approver proposed.

const POLICY = `
version: 1
upstream: crm
classes: { read: [get_deal], write: [update_deal] }
rules:
  - { id: see, who: { groups: [staff] }, tools: [get_deal], effect: allow }
  - id: change
    who: { any: true }
    tools: [update_deal]
    effect: approve
    approval: { preview: { tool: get_deal, args: { id: '{{args.id}}' } } }
`;
const olivia = administrator('olivia');

async function startRig(): Promise<GatewayRig> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { crm: ['get_deal', 'update_deal'] } });
  const crm = rig.upstreams.get('crm');
  if (crm === undefined) throw new Error('there is no crm');
  const json = Buffer.from(JSON.stringify({ content: [], structuredContent: { id: 'D-1', amount: 10 } }));
  crm.answer = () => Promise.resolve(ok({ kind: 'result', isError: false, json: [json], jsonBytes: json.length }));
  return rig;
}

/** Somebody with a token of the gateway's own. */
async function signedIn(rig: GatewayRig, groups = ['staff']): Promise<Principal> {
  const deps = { tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids };
  const request = { plane: 'mcp', user: 'alice', groups, scopes: [], roles: [], ttlMs: 3_600_000 } as const;
  const { token } = await issueToken(deps, request, 'test');
  return person('alice', { groups, credentialId: token.id });
}

async function ask(rig: GatewayRig, who: Principal): Promise<string> {
  const asked = await rig.call(who, 'crm__update_deal', { id: 'D-1', amount: 20 }, { canWait: false });
  return asked.structured?.['approvalId'] as string;
}

async function propose(rig: GatewayRig, id: string): Promise<Approval> {
  const edited = await rig.administration.edit(olivia, id, { id: 'D-1', amount: 15 }, 'less');
  if (!edited.ok) throw new Error(edited.error.message);
  return edited.value;
}

async function previewOf(rig: GatewayRig, id: ApprovalId) {
  await expect.poll(() => rig.store.approvals.findPreview(id)).not.toBeNull();
  return rig.store.approvals.findPreview(id);
}

const reads = async (rig: GatewayRig, id: string) =>
  (await rig.store.audit.read({ limit: 100, afterSequence: null }))
    .map(({ leaf }) => (JSON.parse(leaf) as { entry: Record<string, unknown> }).entry)
    .filter(({ kind, tool, approvalId }) => kind === 'decision' && tool === 'get_deal' && approvalId === id);

describe('the record before and after other arguments', () => {
  it('is read as whoever asked, with the arguments that were proposed, and recorded', async () => {
    const rig = await startRig();
    const edited = await propose(rig, await ask(rig, await signedIn(rig)));
    expect(await previewOf(rig, edited.id)).toMatchObject({
      status: 'ready',
      changes: [{ place: '/amount', before: '10', after: '15' }],
    });
    expect(await reads(rig, edited.id)).toMatchObject([
      { principal: 'alice', decision: 'allow', reasons: ['rule_allows', 'approval_preview'] },
    ]);
  });

  it('is not read for somebody without the right to see it', async () => {
    const rig = await startRig();
    const edited = await propose(rig, await ask(rig, await signedIn(rig, ['guests'])));
    expect(await previewOf(rig, edited.id)).toMatchObject({ status: 'failed', changes: [] });
    expect(await reads(rig, edited.id)).toMatchObject([{ decision: 'deny' }]);
  });

  it.each<[string, (rig: GatewayRig, who: Principal) => Promise<unknown> | void]>([
    ['is revoked', (rig, { credentialId }) => rig.administration.revokeToken(olivia, credentialId)],
    ['has expired', (rig) => rig.clock.advance(20 * 60_000)],
  ])('is not read once the credential that asked %s, and that is said', async (what, end) => {
    const rig = await startRig();
    const who = await signedIn(rig);
    // The token outlives a request, so the request comes late in its life.
    if (what === 'has expired') rig.clock.advance(50 * 60_000);
    const id = await ask(rig, who);
    await end(rig, who);
    const edited = await propose(rig, id);
    expect(await previewOf(rig, edited.id)).toMatchObject({
      status: 'unavailable',
      callId: null,
      note: expect.stringContaining('no longer signed in') as unknown,
    });
    expect(await reads(rig, edited.id)).toEqual([]);
  });

  it.each<[string, Partial<Principal>, string]>([
    ['is good', { expiresMs: Date.UTC(2100, 0) }, 'ready'],
    ['is over', { expiresMs: 1 }, 'unavailable'],
    ['has an end that nobody knows', {}, 'unavailable'],
  ])('follows a JWT that %s', async (_, more, status) => {
    const rig = await startRig();
    const who = person('alice', { issuer: 'https://idp.example', credentialId: 'jwt_1', ...more });
    const edited = await propose(rig, await ask(rig, who));
    expect(await previewOf(rig, edited.id)).toMatchObject({ status });
  });
});

describe('both sides of an edit', () => {
  const detail = async (rig: GatewayRig, id: string, by = olivia) => {
    const shown = await rig.administration.showApproval(by, id);
    if (!shown.ok) throw new Error(shown.error.message);
    return shown.value;
  };
  const changes = [{ place: '/amount', before: '20', after: '15' }];

  it('name the other one, with what was changed, and what was said to it', async () => {
    const rig = await startRig();
    const id = await ask(rig, await signedIn(rig));
    const edited = await propose(rig, id);
    expect((await detail(rig, id)).editedTo).toMatchObject({ other: { id: edited.id }, changes });
    expect((await detail(rig, edited.id)).editedFrom).toMatchObject({
      other: { id, comment: 'less', decidedBy: 'olivia' },
      changes,
    });
  });

  it('tell whoever may read no arguments nothing of what was changed', async () => {
    const rig = await startRig();
    const edited = await propose(rig, await ask(rig, await signedIn(rig)));
    const viewer = administrator('victor', { roles: ['viewer'] });
    expect((await detail(rig, edited.id, viewer)).editedFrom).toMatchObject({ changes: null });
  });

  it('can be edited by whoever may decide, and by nobody else', async () => {
    const rig = await startRig();
    const id = await ask(rig, await signedIn(rig));
    const mayEdit = async (one: string, by = olivia) => (await detail(rig, one, by)).mayDecide.edit;
    expect([await mayEdit(id), await mayEdit(id, administrator('alice'))]).toEqual([true, false]);
    const edited = await propose(rig, id);
    expect([await mayEdit(id), await mayEdit(edited.id)]).toEqual([false, false]);
    expect(await mayEdit(edited.id, administrator('otto'))).toBe(true);
  });
});
