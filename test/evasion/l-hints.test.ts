import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostRequest } from '../support/host-request.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { runGateway, type TestGateway } from '../support/run-gateway.ts';

// Class L, annotations: what an upstream says against its own tools counts from the very first call on, and nothing that it says in their favour does.

const TOOLS = [
  { name: 'first', inputSchema: { type: 'object' }, annotations: { readOnlyHint: false } },
  { name: 'second', inputSchema: { type: 'object' }, annotations: { destructiveHint: true } },
  { name: 'counting', inputSchema: { type: 'object' }, annotations: { readOnlyHint: false } },
  { name: 'honest', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } },
  { name: 'write', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } },
];
const POLICY = `
version: 1
upstream: crm
classes: { read: [first, second, counting, honest], write: [write] }
rules:
  - { id: read, who: { groups: [staff] }, tools: [first, second, honest, write], effect: allow }
  - { id: count, who: { groups: [staff] }, tools: [counting], effect: allow, unattended: true }
`;

let upstream: RecordingUpstream;
let gateway: TestGateway;
let token: string;

beforeAll(async () => {
  upstream = await startRecordingUpstream('http, modern', TOOLS, 'canary-hints');
  gateway = await runGateway({
    config: `environments:\n  prod: { approvals: { hold: 1s } }\nenvironment: prod\nupstreams:\n  crm: ${upstream.config}\n`,
    policies: { 'crm.yaml': POLICY },
  });
  ({ token } = await gateway.issue({ user: 'alice', groups: ['staff'] }));
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function call(tool: string): Promise<string> {
  const asked = hostRequest('2026-07-28', '', { params: { name: `crm__${tool}`, arguments: {} }, token });
  return (await sendRaw(gateway.mcpPort, asked)).body;
}

const sent = (): readonly string[] => upstream.calls().map(({ tool }) => tool);
const lastDecision = async () => (await gateway.entriesAfter(0)).findLast(({ kind }) => kind === 'decision');

describe('a tool under `read`', { timeout: 120_000 }, () => {
  it('that says that it writes waits for a person, also when nobody has seen its definition before', async () => {
    const answers = await Promise.all([call('first'), call('second')]);
    for (const answer of answers) expect(answer).toContain('approval_pending');
    expect(sent()).toEqual([]);
    expect(await lastDecision()).toMatchObject({
      decision: 'approve',
      class: 'write',
      reasons: ['hint_needs_approval'],
    });
  });

  it('is explained as it is decided', async () => {
    const { json } = await gateway.admin('POST', '/api/policy/explain', {
      as: 'alice',
      groups: ['staff'],
      tool: 'crm/first',
    });
    expect(json).toMatchObject({ decision: { effect: 'approve', reasons: [{ code: 'hint_needs_approval' }] } });
  });

  it('runs where its rule says that nobody need attend, and no write makes itself a read', async () => {
    expect(await call('counting')).not.toContain('approval_pending');
    expect(await call('honest')).not.toContain('approval_pending');
    expect(await call('write')).toContain('approval_pending');
    expect(sent()).toEqual(['counting', 'honest']);
  });

  it('is stopped with the writes', async () => {
    const { json } = await gateway.admin('POST', '/api/kill-switch', { scope: { writes: true }, reason: 'test' });
    await call('counting');
    await call('honest');
    expect(sent()).toEqual(['counting', 'honest', 'honest']);
    await gateway.admin('DELETE', `/api/kill-switch/${String(json['id'])}`);
  });
});
