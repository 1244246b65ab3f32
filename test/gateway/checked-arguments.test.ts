import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

// Arguments against the pinned schema of their tool, before anything is sent.

const POLICY = `
version: 1
upstream: crm
undeclaredArguments: deny
classes: { read: [get], write: [update, open], never: [purge] }
rules:
  - { id: read, who: { any: true }, tools: [get], effect: allow, when: args.max <= 10 }
  - { id: write, who: { any: true }, tools: [update, open], effect: allow, unattended: true, bind: { tenant_id: principal.tenant } }
`;
const UPDATE = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    amount: { type: 'number' },
    tenant_id: { type: 'string' },
    owner: { type: 'object', properties: { name: {} } },
  },
  required: ['id', 'tenant_id'],
};
const alice = person('alice', { tenant: 'acme' });

async function createRig(update: JsonObject = UPDATE): Promise<GatewayRig> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { crm: [] } });
  rig.upstreams.get('crm')?.offer([
    { name: 'get', inputSchema: { type: 'object', properties: { max: { type: 'integer' } } } },
    { name: 'update', inputSchema: update },
    { name: 'open', inputSchema: { type: 'object', additionalProperties: { type: 'string' }, properties: {} } },
    { name: 'purge', inputSchema: UPDATE },
  ]);
  return rig;
}

const seenBy = (rig: GatewayRig) => rig.upstreams.get('crm')?.seen ?? [];

async function lastDecision(rig: GatewayRig): Promise<unknown> {
  const records = await rig.store.audit.read({ limit: 1000, afterSequence: 0 });
  return records
    .map(({ leaf }) => (JSON.parse(leaf) as { entry: { kind: string } }).entry)
    .findLast(({ kind }) => kind === 'decision');
}

describe('arguments that do not fit the schema', () => {
  it('are not sent; the answer lists what is wrong, and the decision says why', async () => {
    const rig = await createRig();
    const answer = await rig.call(alice, 'crm__update', { amount: '100', owner: 7 });
    expect(answer.isError).toBe(true);
    expect(answer.text).toBe(
      'Denied, not executed: the arguments do not fit the schema of the tool.\n' +
        '- id is missing\n- amount must be a number, and is a text\n- owner must be an object, and is a whole number\n' +
        'Correct them, then call again.',
    );
    expect(answer.structured).toMatchObject({ status: 'denied', reason: 'arguments_invalid' });
    expect(seenBy(rig)).toEqual([]);
    expect(await lastDecision(rig)).toMatchObject({ decision: 'deny', reasons: ['arguments_invalid'], tool: 'update' });
  });

  it('are found before a rule that cannot tell what they say', async () => {
    const rig = await createRig();
    expect((await rig.call(alice, 'crm__get', { max: '5' })).text).toContain(
      'max must be a whole number, and is a text',
    );
    expect((await rig.call(alice, 'crm__get', {})).structured).toMatchObject({ reason: 'condition_unevaluable' });
  });

  it('tell nobody of a tool that is hidden', async () => {
    const rig = await createRig();
    const hidden = await rig.call(alice, 'crm__purge', { amount: '100' });
    expect(hidden).toEqual(await rig.call(alice, 'crm__no_such_tool', { amount: '100' }));
  });

  it('may lack what the policy fills in', async () => {
    const rig = await createRig();
    expect((await rig.call(alice, 'crm__update', { id: 'd1' })).text).toContain('"tenant_id":"acme"');
  });

  it('do not show values or steer what people read', async () => {
    const rig = await createRig();
    const answer = await rig.call(alice, 'crm__open', { 'a\u202e\n- id': 7, b: 'secret' });
    expect(answer.text).toContain('- a\\u{202e}\\n- id must be a text');
    expect(answer.text).not.toContain('secret');
  });

  it('are not checked against a schema that leads elsewhere: nothing is fetched, nothing runs', async () => {
    const rig = await createRig({ type: 'object', properties: { id: { $ref: 'http://169.254.169.254/' } } });
    expect((await rig.call(alice, 'crm__update', { id: 'd1' })).structured).toMatchObject({
      reason: 'schema_unusable',
    });
    expect(seenBy(rig)).toEqual([]);
  });

  it('are not checked against a schema of an unknown dialect: nothing runs, and the answer says so', async () => {
    const rig = await createRig({ $schema: 'https://example.com/my-own', type: 'object' });
    const answer = await rig.call(alice, 'crm__update', { id: 'd1' });
    expect(answer.structured).toMatchObject({ reason: 'schema_unusable' });
    expect(answer.text).toContain('a dialect of JSON Schema that the gateway does not know');
    expect(seenBy(rig)).toEqual([]);
  });
});

describe('arguments that the schema does not name', () => {
  it.each<[JsonObject, readonly string[]]>([
    [{ id: 'd1', bcc: 'eve' }, ['bcc']],
    [{ id: 'd1', owner: { name: 'x', role: 'admin' } }, ['owner.role']],
  ])('%j: a write with them is not sent', async (args, problems) => {
    const rig = await createRig();
    expect((await rig.call(alice, 'crm__update', args)).structured).toMatchObject({
      reason: 'arguments_undeclared',
      problems,
    });
    expect(seenBy(rig)).toEqual([]);
  });

  it('reads may have, and what says that it takes others', async () => {
    const rig = await createRig();
    expect((await rig.call(alice, 'crm__get', { max: 1, more: 2 })).text).toContain('ran get');
    expect((await rig.call(alice, 'crm__open', { any: 'x' })).text).toContain('ran open');
  });
});

describe('markers of what was not shown', () => {
  it.each([
    'see [redacted:email]',
    '[REDACTED:token]',
    'begin\n[redacted:cut] 9 bytes',
    '[ redacted: token ]',
    '\\[redacted:token\\]',
  ])('%j is not written back', async (id) => {
    const rig = await createRig();
    expect((await rig.call(alice, 'crm__update', { id })).structured).toMatchObject({ reason: 'arguments_redacted' });
    expect(seenBy(rig)).toEqual([]);
  });
});
