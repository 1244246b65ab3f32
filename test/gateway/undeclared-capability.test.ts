import { expect, it } from 'vitest';
import { ASK_NOTHING } from '../../src/core/conversation/ask-rules.ts';
import { ok } from '../../src/core/result.ts';
import type { UpstreamCall } from '../../src/ports/upstream.ts';
import { type FakeUpstream, textResult } from '../support/fake-upstream.ts';
import { createGatewayRig, person } from '../support/gateway-rig.ts';
import { contextFor, quietStream } from '../support/host-context.ts';

// An upstream of before 2026-07-28 has no code for a capability that it misses: it asks, is refused, and fails.

const POLICY = `
version: 1
upstream: notes
classes: { read: [get] }
rules:
  - { id: read, who: { any: true }, tools: { class: read }, effect: allow }
`;
const SAMPLE = { messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }], maxTokens: 10 };

async function callAsking(revision: string, allowed: boolean, hasFailed: boolean) {
  const asks = { ...ASK_NOTHING, sampling: allowed };
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get'] }, asks });
  const notes = rig.upstreams.get('notes') as FakeUpstream;
  notes.answer = async ({ asker }: UpstreamCall) => {
    await asker?.ask(new Map([['model_message', { method: 'sampling/createMessage', params: SAMPLE }]]));
    return ok(textResult('the words of the upstream', hasFailed));
  };
  const context = contextFor({ callId: rig.deps.ids.next('call'), principal: person('alice'), revision });
  const stream = quietStream(true);
  const call = { context, kind: 'tool', exposedName: 'notes__get', args: {}, stream, continuation: null } as const;
  return rig.gateway.call(call);
}

it('tells a modern host what to declare, when a call failed for it', async () => {
  const answer = await callAsking('2026-07-28', true, true);
  expect(answer).toMatchObject({ code: -32021, httpStatus: 400, data: { requiredCapabilities: { sampling: {} } } });
  expect(JSON.stringify(answer)).not.toContain('the words');
});

it.each([
  ['a call that came to something all the same', '2026-07-28', true, false],
  ['what the operator does not allow: to declare it would not help', '2026-07-28', false, true],
  ['a legacy host, which has no such error', '2025-11-25', true, true],
])('leaves alone %s', async (_what, revision, allowed, hasFailed) => {
  expect(await callAsking(revision, allowed, hasFailed)).toMatchObject({ kind: 'result' });
});
