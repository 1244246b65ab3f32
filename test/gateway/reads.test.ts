import { describe, expect, it } from 'vitest';
import type { TargetKind } from '../../src/core/catalog/target.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { ok } from '../../src/core/result.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';
import { contextFor, quietStream } from '../support/host-context.ts';

// Resources, prompts and completion take the way of a tool call. What is tried here is what that way promises to each of them.

const POLICY = `
version: 1
upstream: crm
rules:
  - { id: deals, who: { groups: [staff] }, resources: ['crm://deals/*'], effect: allow }
  - { id: vault, who: { groups: [staff] }, resources: ['crm://vault/*'], effect: approve }
  - { id: prompts, who: { groups: [staff] }, prompts: ['*'], effect: allow, completion: true }
`;
const alice = person('alice');
const olivia = administrator('olivia');

async function createRig(): Promise<{ readonly rig: GatewayRig; readonly crm: FakeUpstream }> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { crm: [] } });
  const crm = rig.upstreams.get('crm');
  if (crm === undefined) throw new Error('no such upstream');
  crm.others.set('prompts', [{ name: 'greet' }, { name: 'say', description: 'old' }]);
  crm.answer = async ({ target }) => {
    const json = Buffer.from(JSON.stringify({ asked: target.method, params: target.paramsJson }));
    return ok({ kind: 'result', isError: false, json: [json], jsonBytes: json.length });
  };
  const request = { plane: 'admin', user: 'olivia', groups: [], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;
  await issueToken({ tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids }, request, 'test');
  return { rig, crm };
}

interface Asked {
  readonly code: number | null;
  readonly data: JsonObject | null;
  readonly result: JsonObject | null;
}

async function ask(rig: GatewayRig, kind: TargetKind, exposedName: string, args: JsonObject = {}): Promise<Asked> {
  const context = contextFor({ callId: rig.deps.ids.next('call'), principal: alice, revision: '2026-07-28' });
  const answer = await rig.gateway.call({
    context,
    kind,
    exposedName,
    args,
    stream: quietStream(false),
    continuation: null,
  });
  if (answer.kind === 'error') return { code: answer.code, data: answer.data, result: null };
  if (answer.kind !== 'result') throw new Error(`an answer of the kind ${answer.kind}`);
  return { code: null, data: null, result: JSON.parse(Buffer.concat(answer.json).toString()) as JsonObject };
}

describe('what the upstream is asked', () => {
  const completion = { argument: { name: 'who', value: 'a' }, context: { arguments: { style: 'kind' } } };
  it.each<readonly [TargetKind, string, JsonObject, string, string | null, string]>([
    ['resource', 'crm://deals/1', {}, 'resources/read', 'crm://deals/1', '{"uri":"crm://deals/1"}'],
    ['prompt', 'crm__greet', { who: 'you' }, 'prompts/get', 'greet', '{"arguments":{"who":"you"},"name":"greet"}'],
    [
      'prompt-argument',
      'crm__greet',
      completion,
      'completion/complete',
      null,
      '{"argument":{"name":"who","value":"a"},"context":{"arguments":{"style":"kind"}},"ref":{"name":"greet","type":"ref/prompt"}}',
    ],
  ])('%s: its own name, canonical, and nothing else', async (kind, exposedName, args, method, name, paramsJson) => {
    const { rig, crm } = await createRig();
    expect((await ask(rig, kind, exposedName, args)).code).toBeNull();
    expect(crm.seen.map(({ target }) => target)).toEqual([{ method, name, paramsJson, asTask: false }]);
  });
});

describe('a resource that a person must agree to', () => {
  it('is read once, when somebody has, and given again to who asks again', async () => {
    const { rig, crm } = await createRig();
    const pending = await ask(rig, 'resource', 'crm://vault/1');
    expect(pending).toMatchObject({ code: -31007, data: { status: 'approval_pending' } });
    const [approval] = await rig.store.approvals.list({ status: 'pending', limit: 10 });
    expect(approval?.binding).toMatchObject({ upstream: 'crm', tool: 'resources/read crm://vault/1' });
    expect(crm.seen).toEqual([]);

    await rig.administration.approve(olivia, approval?.id ?? '', null, null);
    const read = await ask(rig, 'resource', 'crm://vault/1');
    expect(read.result).toEqual({ asked: 'resources/read', params: '{"uri":"crm://vault/1"}' });
    expect((await ask(rig, 'resource', 'crm://vault/1')).result).toEqual(read.result);
    expect(crm.seen).toHaveLength(1);
  });

  it('is another one for another URI', async () => {
    const { rig, crm } = await createRig();
    const first = await ask(rig, 'resource', 'crm://vault/1');
    await rig.administration.approve(olivia, first.data?.['approvalId'] as string, null, null);
    const second = await ask(rig, 'resource', 'crm://vault/2');
    expect(second.data?.['approvalId']).not.toBe(first.data?.['approvalId']);
    expect(crm.seen).toEqual([]);
  });
});

describe('the kill switch', () => {
  it.each<readonly [object, TargetKind, string, number | null]>([
    [{ upstream: 'crm' }, 'resource', 'crm://deals/1', -31002],
    [{ all: true }, 'prompt', 'crm__greet', -31002],
    [{ principal: 'alice' }, 'prompt-argument', 'crm__greet', -31002],
    [{ writes: true }, 'resource', 'crm://deals/1', null],
    [{ tool: 'crm/greet' }, 'prompt', 'crm__greet', null],
  ])('%j on a %s %s: %s', async (scope, kind, name, code) => {
    const { rig, crm } = await createRig();
    await rig.deps.killSwitches.pull({ scope: scope as { all: true }, reason: 'x', expiresMs: null, by: 'olivia' });
    expect((await ask(rig, kind, name)).code).toBe(code);
    expect(crm.seen).toHaveLength(code === null ? 1 : 0);
  });
});

describe('what the upstream does not have', () => {
  it.each([-32002, -32602])('is like what is denied, whether it says %i', async (code) => {
    const { rig, crm } = await createRig();
    crm.answer = async () => ok({ kind: 'rpc-error', code, message: 'canary', data: null });
    const missing = await ask(rig, 'resource', 'crm://deals/9');
    expect(missing).toEqual({ code: -32602, data: { uri: 'crm://deals/9' }, result: null });
    rig.setPolicy([]);
    expect(await ask(rig, 'resource', 'crm://deals/9')).toEqual(missing);
  });

  it('is a prompt that is no longer listed', async () => {
    const { rig, crm } = await createRig();
    expect((await ask(rig, 'prompt', 'crm__say')).code).toBeNull();
    crm.others.set('prompts', []);
    crm.say({ kind: 'list-changed', list: 'prompts' }, null);
    expect((await ask(rig, 'prompt', 'crm__say')).code).toBe(-32602);
  });

  it('is not what failed: that says so, and nothing of what the upstream said', async () => {
    const { rig, crm } = await createRig();
    crm.answer = async () => ok({ kind: 'rpc-error', code: -32603, message: 'canary', data: null });
    const failed = await ask(rig, 'resource', 'crm://deals/1');
    expect(failed).toMatchObject({ code: -31007, data: { status: 'upstream_error', code: -32603 } });
    expect(JSON.stringify(failed)).not.toContain('canary');
  });
});
