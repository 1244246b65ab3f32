import { expect, it } from 'vitest';
import { ASK_NOTHING } from '../../src/core/conversation/ask-rules.ts';
import { parseHostCapabilities } from '../../src/core/conversation/capabilities.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { err, ok } from '../../src/core/result.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { UpstreamCall } from '../../src/ports/upstream.ts';
import { type FakeUpstream, textResult } from '../support/fake-upstream.ts';
import { createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';
import { contextFor, quietStream } from '../support/host-context.ts';

// What one process leaves and the next takes over, with a second gateway over the same store and a clock that stands still.

const POLICY = `
version: 1
upstream: notes
classes: { read: [get], write: [] }
rules:
  - { id: read, who: { any: true }, tools: { class: read }, effect: allow }
limits:
  - { who: { any: true }, tools: { class: read }, concurrent: 1 }
`;
const FORM: JsonObject = {
  message: 'Which?',
  requestedSchema: { type: 'object', properties: { which: { type: 'string' } }, required: ['which'] },
};
const YES: JsonObject = { action: 'accept', content: { which: 'a' } };
const OPTIONS = {
  policies: [POLICY],
  upstreams: { notes: ['get'] },
  asks: { ...ASK_NOTHING, elicitationForm: true },
};
const alice = person('alice');

type Answer = Awaited<ReturnType<Gateway['call']>>;

/** An upstream that asks once, and can go on in another process. */
async function askOnce({ asker, from }: UpstreamCall) {
  if (from !== undefined) return ok(textResult(`${from.text} ${JSON.stringify([...from.answers])}`));
  const asks = new Map([['q', { method: 'elicitation/create', params: FORM }]]);
  const reply = (await asker?.ask(asks, 'where I was')) ?? { kind: 'refused', detail: 'no asker' };
  return reply.kind === 'answered'
    ? ok(textResult('done'))
    : err({ kind: 'not-asked', dispatched: true, detail: reply.detail } as const);
}

const notesOf = ({ upstreams }: GatewayRig): FakeUpstream => upstreams.get('notes') as FakeUpstream;

function send({ gateway, deps }: GatewayRig, requestState: string | null): Promise<Answer> {
  const context = {
    ...contextFor({ callId: deps.ids.next('call'), principal: alice, revision: '2026-07-28' }),
    capabilities: parseHostCapabilities({ elicitation: {} }, '2026-07-28'),
  };
  const continuation = requestState === null ? null : { requestState, inputResponses: { q: YES } };
  return gateway.call({
    context,
    kind: 'tool',
    exposedName: 'notes__get',
    args: {},
    stream: quietStream(true),
    continuation,
  });
}

/** A call waits, and the process that holds it ends. */
async function leave(): Promise<{ readonly state: string; restart(): Promise<GatewayRig>; readonly rig: GatewayRig }> {
  const rig = await createGatewayRig(OPTIONS);
  notesOf(rig).answer = askOnce;
  const asked = await send(rig, null);
  if (asked.kind !== 'input-required') throw new Error(`not asked: ${JSON.stringify(asked)}`);
  return {
    state: asked.requestState,
    rig,
    async restart() {
      rig.deps.conversations.leaveDurable();
      const { store, clock } = rig;
      const next = await createGatewayRig({ ...OPTIONS, world: { store, clock, ids: rig.deps.ids } });
      notesOf(next).answer = askOnce;
      return next;
    },
  };
}

const textOf = (answer: Answer): string =>
  answer.kind === 'result' ? Buffer.concat(answer.json).toString() : JSON.stringify(answer);

async function outcomesOf({ store }: GatewayRig): Promise<readonly unknown[]> {
  const records = await store.audit.read({ limit: 100, afterSequence: 0 });
  const entries = records.map(({ leaf }) => (JSON.parse(leaf) as { entry: JsonObject }).entry);
  return entries.filter(({ kind }) => kind === 'outcome').map(({ outcome, detail }) => [outcome, detail]);
}

it('a left call goes on where it was, and its upstream sees the answers and nothing of the beginning', async () => {
  const { state, restart } = await leave();
  const next = await restart();
  expect(textOf(await send(next, state))).toContain('where I was [[\\"q\\",{\\"action\\":\\"accept\\"');
  expect(notesOf(next).seen).toHaveLength(1);
  expect(await outcomesOf(next)).toMatchObject([['ok', null]]);
  expect(next.deps.inFlight.size).toBe(0);
});

it('a left call is in flight, and over when its host does not come back in time', async () => {
  const { state, restart } = await leave();
  const next = await restart();
  expect(next.deps.inFlight.size).toBe(1);
  next.clock.advance(10 * 60_000 - 1);
  await next.deps.leftCalls.expire();
  expect(next.deps.inFlight.size).toBe(1);
  next.clock.advance(1);
  await next.deps.leftCalls.expire();
  expect(next.deps.inFlight.size).toBe(0);
  expect(await outcomesOf(next)).toEqual([['aborted', 'its host did not come back with answers']]);
  expect(await send(next, state)).toMatchObject({ kind: 'error', code: -32602 });
});

it('a left call waits for its upstream to be there, and for room', async () => {
  const { state, restart } = await leave();
  const next = await restart();
  const notes = notesOf(next);
  notes.listFault = { kind: 'unreachable', dispatched: false, detail: 'away' };
  expect(textOf(await send(next, state))).toContain('upstream_unavailable');
  notes.listFault = null;
  next.clock.advance(2000);
  const other = Promise.withResolvers<void>();
  notes.answer = async () => {
    await other.promise;
    return ok(textResult('other'));
  };
  const running = send(next, null);
  await expect.poll(() => notes.seen.length).toBe(1);
  expect(textOf(await send(next, state))).toContain('limit_reached');
  other.resolve();
  await running;
  notes.answer = askOnce;
  expect(textOf(await send(next, state))).toContain('where I was');
});

it('a left call whose sealed part was put in the place of another is over', async () => {
  const { rig, state, restart } = await leave();
  const [kept] = await rig.store.openCalls.listKept();
  if (kept === undefined) throw new Error('nothing was kept');
  const { approvalId: _, ...call } = kept;
  await rig.store.openCalls.keep({ ...call, sealed: rig.deps.taskSealer.seal('{"callId":"another"}') });
  const next = await restart();
  expect(next.deps.inFlight.size).toBe(0);
  expect(await outcomesOf(next)).toEqual([['unknown', 'what was kept of it cannot be opened']]);
  expect(await send(next, state)).toMatchObject({ kind: 'error', code: -32602 });
});

it('what a process leaves, it does nothing more with', async () => {
  const { rig, restart } = await leave();
  const next = await restart();
  rig.deps.inFlight.stopAll();
  await rig.deps.conversations.close();
  expect(await outcomesOf(next)).toEqual([]);
});
