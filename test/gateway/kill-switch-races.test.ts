import { describe, expect, it } from 'vitest';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import type { ToolDefinition } from '../../src/core/catalog/tool.ts';
import type { Result } from '../../src/core/result.ts';
import type { UpstreamFault } from '../../src/ports/upstream.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

const POLICY = `
version: 1
upstream: notes
classes: { read: [get], write: [update] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: staff-write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;
const alice = person('alice');
const olivia = administrator('olivia');

async function createRig(): Promise<{ rig: GatewayRig; notes: FakeUpstream }> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get', 'update'] } });
  const request = { plane: 'admin', user: 'olivia', groups: [], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;
  await issueToken({ tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids }, request, 'test');
  const notes = rig.upstreams.get('notes');
  if (notes === undefined) throw new Error('no such upstream');
  return { rig, notes };
}

/** Lets an upstream's list of tools wait: whoever calls meanwhile is past the first look at the kill switch. */
function holdList(notes: FakeUpstream): { readonly asked: Promise<void>; go(): void } {
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const listTools = notes.listTools.bind(notes);
  notes.listTools = async (caller, signal): Promise<Result<readonly ToolDefinition[], UpstreamFault>> => {
    asked.resolve();
    await go.promise;
    return listTools(caller, signal);
  };
  return { asked: asked.promise, go: () => go.resolve() };
}

async function pull(rig: GatewayRig): Promise<string> {
  const pulled = await rig.administration.pullKillSwitch(olivia, {
    scope: { all: true },
    reason: 'x',
    expiresMs: null,
  });
  return pulled.ok ? pulled.value.killSwitch.id : '';
}

describe('a call that is on its way when the kill switch is pulled', () => {
  it.each([
    ['', false],
    [', although its host has left', true],
  ])('asks for no approval that would outlive the switch%s', async (_also, isHostGone) => {
    const { rig, notes } = await createRig();
    const list = holdList(notes);
    const host = new AbortController();
    const calling = rig.call(alice, 'notes__update', { id: '1' }, { signal: host.signal });
    await list.asked;
    if (isHostGone) host.abort();
    const id = await pull(rig);
    list.go();
    const answer = await calling;
    expect(answer.error).toMatchObject({ code: -31002 });
    expect(await rig.store.approvals.list({ status: 'pending', limit: 9 })).toEqual([]);
    await rig.administration.releaseKillSwitch(olivia, id);
    expect(notes.seen).toEqual([]);
  });

  it.each(['get', 'update'])('does not run %s when the switch is released before it is through', async (tool) => {
    const { rig, notes } = await createRig();
    const list = holdList(notes);
    const calling = rig.call(alice, `notes__${tool}`, { id: '1' });
    await list.asked;
    await rig.administration.releaseKillSwitch(olivia, await pull(rig));
    list.go();
    const answer = await calling;
    expect(answer.error).toMatchObject({ code: -31002 });
    expect(notes.seen).toEqual([]);
    expect(await rig.store.approvals.list({ status: 'pending', limit: 9 })).toEqual([]);
  });
});

describe('a token that is revoked while its call is on its way', () => {
  it('runs nothing', async () => {
    const { rig, notes } = await createRig();
    const { token } = await issueToken(
      { tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids },
      { plane: 'mcp', user: 'alice', groups: ['staff'], scopes: [], roles: [], ttlMs: 1e9 },
      'test',
    );
    const list = holdList(notes);
    const calling = rig.call(person('alice', { credentialId: token.id, client: token.id }), 'notes__get');
    await list.asked;
    expect(await rig.administration.revokeToken(olivia, token.id)).toMatchObject({ ok: true });
    list.go();
    await calling;
    expect(notes.seen).toEqual([]);
  });
});
