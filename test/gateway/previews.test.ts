import { describe, expect, it } from 'vitest';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import { err, ok } from '../../src/core/result.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

const policy = (preview: string, more = ''): string => `
version: 1
upstream: crm
classes: { read: [get_deal], write: [update_deal] }
rules:
  - { id: see, who: { groups: [staff] }, tools: [get_deal], effect: allow }
  - id: change
    who: { any: true }
    tools: [update_deal]
    effect: approve
    approval: { summary: 'Set {{args.field}} of {{args.id}} to {{args.value}}', preview: ${preview} }
${more}`;

const BY_SET = policy("{ tool: get_deal, args: { id: '{{args.id}}' }, set: { '{{args.field}}': '{{args.value}}' } }");
const BY_NAME = policy("{ tool: get_deal, args: { id: '{{args.id}}' } }");

const alice = person('alice');
const olivia = administrator('olivia');

async function rigWith(text: string, record: object | string = { id: 'D-1', stage: 'open', amount: 10 }) {
  const rig = await createGatewayRig({ policies: [text], upstreams: { crm: ['get_deal', 'update_deal'] } });
  answerWith(rig, record);
  return rig;
}

function answerWith(rig: GatewayRig, record: object | string): void {
  const crm = rig.upstreams.get('crm');
  if (crm === undefined) throw new Error('there is no crm');
  const content = [{ type: 'text', text: typeof record === 'string' ? record : 'see the structured content' }];
  const more = typeof record === 'string' ? {} : { structuredContent: record };
  const json = Buffer.from(JSON.stringify({ content, isError: false, ...more }));
  crm.answer = () => Promise.resolve(ok({ kind: 'result', isError: false, json: [json], jsonBytes: json.length }));
}

async function previewOf(rig: GatewayRig, args: JsonObject, who = alice) {
  const asked = await rig.call(who, 'crm__update_deal', args, { canWait: false });
  const id = asked.structured?.['approvalId'] as string;
  await expect.poll(() => rig.store.approvals.findPreview(id as ApprovalId)).not.toBeNull();
  const shown = await rig.administration.showApproval(olivia, id);
  if (!shown.ok) throw new Error(shown.error.message);
  return { ...shown.value, id };
}

describe('the record before and after', () => {
  it('is what the rule sets', async () => {
    const { preview, approval } = await previewOf(await rigWith(BY_SET), { id: 'D-1', field: 'stage', value: 'won' });
    expect(preview).toMatchObject({
      status: 'ready',
      note: null,
      changes: [{ place: '/stage', before: '"open"', after: '"won"' }],
      unchanged: [{ place: '/id' }, { place: '/amount', before: '10', after: '10' }],
    });
    expect(approval.particulars.summary).toBe('Set stage of D-1 to won');
  });

  it.each<[string, JsonObject, object]>([
    ['arguments of the same name', { id: 'D-1', amount: 20 }, { id: 'D-1', amount: 10 }],
    ['an object of arguments', { id: 'D-1', patch: { amount: 20 } }, { id: 'D-1', amount: 10 }],
    ['a record that is wrapped', { id: 'D-1', amount: 20 }, { deal: { id: 'D-1', amount: 10 } }],
  ])('is found by name: %s', async (_what, args, record) => {
    const { preview } = await previewOf(await rigWith(BY_NAME, record), args);
    expect(preview).toMatchObject({ status: 'ready', changes: [{ place: '/amount', before: '10', after: '20' }] });
  });

  it.each<[string, string]>([
    ['JSON in a text', '{"id":"D-1","amount":10}'],
    ['JSON in a text with spaces', ' { "amount" : 10 } '],
  ])('is read from %s', async (_what, record) => {
    const { preview } = await previewOf(await rigWith(BY_NAME, record), { id: 'D-1', amount: 20 });
    expect(preview).toMatchObject({ status: 'ready', changes: [{ place: '/amount', before: '10', after: '20' }] });
  });

  it.each<[string, object | string, JsonObject, string]>([
    ['text', 'a deal', { id: 'D-1', amount: 20 }, 'the record has no fields'],
    ['a record of other fields', { name: 'x' }, { id: 'D-1', amount: 20 }, 'the arguments name no field of the record'],
  ])('says what it does not tell: %s', async (_what, record, args, note) => {
    const { preview } = await previewOf(await rigWith(BY_NAME, record), args);
    expect(preview).toMatchObject({ status: 'ready', changes: [], note });
  });

  it('is too large to be shown', async () => {
    const { preview } = await previewOf(await rigWith(BY_NAME, { amount: 'x'.repeat(300_000) }), {
      id: 'D-1',
      amount: 1,
    });
    expect(preview).toMatchObject({ status: 'failed', note: 'the record is too large to be shown' });
  });

  it('shows no credential of the gateway, and no value of a secret argument', async () => {
    const rig = await createGatewayRig({
      policies: [BY_NAME],
      upstreams: { crm: ['get_deal', 'update_deal'] },
      secrets: ['hunter2hunter2'],
    });
    answerWith(rig, { password: 'old', text: 'it is hunter2hunter2' });
    const shown = await previewOf(rig, { id: 'D-1', password: 'tr0ub4dor&3', text: 'x' });
    expect(JSON.stringify(shown)).not.toMatch(/hunter2|tr0ub4dor/);
    expect(shown.preview?.status).toBe('ready');
  });
});

describe('the read for it', () => {
  it('is decided and recorded as the requester, for this approval', async () => {
    const rig = await rigWith(BY_SET);
    const { id, preview } = await previewOf(rig, { id: 'D-1', field: 'stage', value: 'won' });
    const entries = (await rig.store.audit.read({ limit: 50, afterSequence: null })).map(
      ({ leaf }) => (JSON.parse(leaf) as { entry: Record<string, unknown> }).entry,
    );
    const read = entries.filter(({ callId }) => callId === preview?.callId);
    expect(read).toMatchObject([
      {
        kind: 'decision',
        principal: 'alice',
        tool: 'get_deal',
        decision: 'allow',
        approvalId: id,
        reasons: ['rule_allows', 'approval_preview'],
      },
      { kind: 'outcome', outcome: 'ok' },
    ]);
  });

  it('that the requester is not allowed shows nothing', async () => {
    const rig = await rigWith(BY_SET);
    const guest = person('gina', { groups: ['guests'] });
    const { preview } = await previewOf(rig, { id: 'D-1', field: 'stage', value: 'won' }, guest);
    expect(preview?.status).toBe('failed');
    expect(rig.upstreams.get('crm')?.seen).toEqual([]);
  });

  it('that would itself need approval is denied and asks nobody', async () => {
    const asking = policy("{ tool: get_deal, args: { id: '{{args.id}}' } }", '').replace(
      'tools: [get_deal], effect: allow',
      'tools: [get_deal], effect: approve',
    );
    const rig = await rigWith(asking);
    const { preview } = await previewOf(rig, { id: 'D-1' });
    expect(preview?.status).toBe('failed');
    expect(await rig.store.approvals.list({ status: 'pending', limit: 10 })).toHaveLength(1);
  });

  it('fails, and the request can be decided all the same', async () => {
    const rig = await rigWith(BY_SET);
    const crm = rig.upstreams.get('crm');
    if (crm !== undefined)
      crm.answer = () => Promise.resolve(err({ kind: 'unreachable', dispatched: false, detail: 'gone' }));
    const { id, preview } = await previewOf(rig, { id: 'D-1', field: 'stage', value: 'won' });
    expect(preview?.status).toBe('failed');
    expect(await rig.administration.approve(olivia, id, null, null)).toMatchObject({ ok: true });
  });

  it('is not made where an argument that it needs is missing', async () => {
    const { preview } = await previewOf(await rigWith(BY_SET), { field: 'stage', value: 'won' });
    expect(preview).toMatchObject({
      status: 'failed',
      callId: null,
      note: 'an argument that the read needs is missing',
    });
  });
});
