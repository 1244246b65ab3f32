import { expect, it } from 'vitest';
import { ASK_NOTHING } from '../../src/core/conversation/ask-rules.ts';
import { parseHostCapabilities } from '../../src/core/conversation/capabilities.ts';
import { ok } from '../../src/core/result.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { textResult } from '../support/fake-upstream.ts';
import { createGatewayRig, person } from '../support/gateway-rig.ts';
import { contextFor, quietStream } from '../support/host-context.ts';

// Row 32, agent-governance-toolkit #3247: nonces that were used were kept in a cache with room for so many, so that whoever filled it
// could use an old one again. Here nothing remembers what was used: a state names the round that waits, and that is over.

const POLICY = `
version: 1
upstream: notes
classes: { read: [get], write: [], never: [] }
rules: [{ id: staff, who: { groups: [staff] }, tools: [get], effect: allow }]
`;
const FORM = { message: 'Go on?', requestedSchema: { type: 'object', properties: { yes: { type: 'boolean' } } } };
const INPUT = { q: { action: 'accept', content: { yes: true } } };

it('a state that was used is used, however many others came after it', async () => {
  const asks = { ...ASK_NOTHING, elicitationForm: true };
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get'] }, asks });
  let ran = 0;
  (rig.upstreams.get('notes') as FakeUpstream).answer = async ({ asker }) => {
    const reply = await asker?.ask(new Map([['q', { method: 'elicitation/create', params: FORM }]]));
    if (reply?.kind === 'answered') ran += 1;
    return ok(textResult('done'));
  };
  const send = (requestState: string | null) =>
    rig.gateway.call({
      context: {
        ...contextFor({ callId: rig.deps.ids.next('call'), principal: person('alice'), revision: '2026-07-28' }),
        capabilities: parseHostCapabilities({ elicitation: {} }, '2026-07-28'),
      },
      kind: 'tool',
      exposedName: 'notes__get',
      args: {},
      stream: quietStream(true),
      continuation: requestState === null ? null : { requestState, inputResponses: INPUT },
    });

  const states: string[] = [];
  for (let count = 0; count < 50; count++) {
    const asked = await send(null);
    if (asked.kind !== 'input-required') throw new Error('not asked');
    states.push(asked.requestState);
    expect((await send(asked.requestState)).kind).toBe('result');
  }
  expect(ran).toBe(50);
  for (const used of states) expect(await send(used)).toMatchObject({ kind: 'error', code: -32602 });
  expect(ran).toBe(50);
});
