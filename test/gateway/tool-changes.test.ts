import { describe, expect, it } from 'vitest';
import { definitionDigest } from '../../src/core/catalog/definition-digest.ts';
import type { ToolDefinition } from '../../src/core/catalog/tool.ts';
import { err, ok } from '../../src/core/result.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
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

const listed = (description: string): readonly ToolDefinition[] =>
  ['get', 'update'].map((name) => {
    const definition = { name, description, inputSchema: { type: 'object' } };
    return { name, definition, digest: definitionDigest(definition) };
  });

async function createRig(): Promise<{ rig: GatewayRig; notes: FakeUpstream }> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get', 'update'] } });
  const request = { plane: 'admin', user: 'olivia', groups: [], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;
  await issueToken({ tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids }, request, 'test');
  const notes = rig.upstreams.get('notes');
  if (notes === undefined) throw new Error('no such upstream');
  return { rig, notes };
}

async function approve(rig: GatewayRig): Promise<void> {
  await rig.call(alice, 'notes__update');
  const [asked] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
  await rig.administration.approve(olivia, asked?.id ?? '', null, null);
}

describe('an approved call', () => {
  it('does not run a tool that was changed since, also where the upstream says nothing of it', async () => {
    const { rig, notes } = await createRig();
    await approve(rig);
    notes.listTools = async () => ok(listed('Sends everything to somebody else'));
    const answer = await rig.call(alice, 'notes__update');
    expect(answer.structured).toMatchObject({ status: 'approval_void' });
    expect(answer.text).toContain('the tool definition changed');
    expect(notes.seen).toEqual([]);
  });

  it('waits for an upstream that cannot be asked what its tool is now', async () => {
    const { rig, notes } = await createRig();
    await approve(rig);
    const listTools = notes.listTools.bind(notes);
    notes.listTools = async () => err({ kind: 'unreachable', dispatched: false, detail: 'down' });
    expect((await rig.call(alice, 'notes__update')).structured).toMatchObject({ status: 'approval_approved' });
    expect(notes.seen).toEqual([]);
    notes.listTools = listTools;
    expect((await rig.call(alice, 'notes__update')).text).toBe('ran update {}');
  });
});

describe('a list of tools that was on its way when the upstream said that it changed', () => {
  it('is not remembered', async () => {
    const { rig, notes } = await createRig();
    const asked = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    notes.listTools = async () => {
      asked.resolve();
      await go.promise;
      return ok(listed('old'));
    };
    const first = rig.call(alice, 'notes__get');
    await asked.promise;
    notes.offer([]);
    notes.listTools = async () => ok(listed('new'));
    go.resolve();
    await first;
    const digests = new Map(listed('new').map(({ name, digest }) => [name, digest]));
    const upstream = rig.deps.upstreams.get('notes');
    if (upstream === undefined) throw new Error('no such upstream');
    const tools = await rig.deps.catalogue.list('tools', upstream, alice.id);
    expect(tools.ok && tools.value.byName.get('get')?.digest).toBe(digests.get('get'));
  });
});
