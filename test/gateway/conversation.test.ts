import { describe, expect, it } from 'vitest';
import type { Approval } from '../../src/core/approval/approval.ts';
import { ASK_NOTHING } from '../../src/core/conversation/ask-rules.ts';
import { parseHostCapabilities } from '../../src/core/conversation/capabilities.ts';
import type { Principal } from '../../src/core/identity/principal.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { err, ok } from '../../src/core/result.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { AskReply } from '../../src/ports/upstream.ts';
import { type FakeUpstream, textResult } from '../support/fake-upstream.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';
import { contextFor, quietStream } from '../support/host-context.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';

const POLICY = `
version: 1
upstream: notes
classes: { read: [get, list], write: [update] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: staff-write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;
const WITHOUT_READING = POLICY.replace('effect: allow', 'effect: deny');
const READING_APPROVED = POLICY.replace('effect: allow', 'effect: approve');
const FORM: JsonObject = {
  message: 'Which?',
  requestedSchema: { type: 'object', properties: { which: { type: 'string' } }, required: ['which'] },
};
const YES: JsonObject = { action: 'accept', content: { which: 'a' } };
const alice = person('alice');
const bob = person('bob');
const olivia = administrator('olivia');

type Answer = Awaited<ReturnType<Gateway['call']>>;

interface Talk {
  readonly rig: GatewayRig;
  /** What the upstream got for its questions. */
  readonly replies: AskReply[];
  /** A request of a modern host's that can be asked. */
  send(more?: Partial<Request>): Promise<Answer>;
}

interface Request {
  readonly principal: Principal;
  readonly tool: string;
  readonly args: JsonObject;
  readonly requestState: string;
  readonly inputResponses: JsonObject;
  readonly signal: AbortSignal;
  readonly endpoint: { readonly kind: 'one'; readonly upstream: string };
}

/** An upstream that asks `rounds` times, one question a time, and then says what it was told. */
async function startTalk(rounds = 1): Promise<Talk> {
  const asks = { ...ASK_NOTHING, elicitationForm: true };
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get', 'list', 'update'] }, asks });
  const request = { plane: 'admin', user: 'olivia', groups: [], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;
  await issueToken({ tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids }, request, 'test');
  const notes = rig.upstreams.get('notes') as FakeUpstream;
  const replies: AskReply[] = [];
  notes.answer = async ({ asker, signal }) => {
    for (let round = 0; round < rounds; round++) {
      const reply = await (asker?.ask(new Map([['q', { method: 'elicitation/create', params: FORM }]])) ??
        Promise.resolve({ kind: 'refused', detail: 'no asker' } as const));
      replies.push(reply);
      if (signal.aborted) return err({ kind: 'aborted', dispatched: true, detail: 'given up by the caller' });
      if (reply.kind === 'refused') return err({ kind: 'not-asked', dispatched: true, detail: reply.detail });
    }
    return ok(textResult('done'));
  };
  return {
    rig,
    replies,
    send(more = {}) {
      const { principal = alice, tool = 'notes__get', args = { id: '1' }, requestState, inputResponses = {} } = more;
      const context = {
        ...contextFor({ callId: rig.deps.ids.next('call'), principal, revision: '2026-07-28', ...more }),
        capabilities: parseHostCapabilities({ elicitation: {} }, '2026-07-28'),
      };
      const isNew = requestState === undefined && more.inputResponses === undefined;
      const continuation = isNew ? null : { requestState: requestState ?? null, inputResponses };
      return rig.gateway.call({
        context,
        kind: 'tool',
        exposedName: tool,
        args,
        stream: quietStream(true),
        continuation,
      });
    },
  };
}

function stateOf(answer: Answer): string {
  if (answer.kind !== 'input-required') throw new Error(`not asked: ${JSON.stringify(answer)}`);
  return answer.requestState;
}

const isDone = (answer: Answer): boolean =>
  answer.kind === 'result' && Buffer.concat(answer.json).toString().includes('done');

const UNEXPECTED = { kind: 'error', code: -32602, httpStatus: 200 };

/** As long as a busy machine may take. */
const SLOW_MACHINE = { timeout: 15_000 };

describe('a call that asks', () => {
  it('goes on with the answer, once', async () => {
    const talk = await startTalk();
    const requestState = stateOf(await talk.send());
    expect(isDone(await talk.send({ requestState, inputResponses: { q: YES } }))).toBe(true);
    expect(await talk.send({ requestState, inputResponses: { q: YES } })).toMatchObject(UNEXPECTED);
    expect(talk.rig.upstreams.get('notes')?.seen).toHaveLength(1);
  });

  it('asks again for what is missing, misspelt or of another shape, and drops what it did not ask for', async () => {
    const talk = await startTalk();
    let requestState = stateOf(await talk.send());
    for (const inputResponses of [
      {},
      { Q: YES },
      { q: { action: 'accept', content: {} } },
      { q: { action: 'maybe' } },
    ]) {
      requestState = stateOf(await talk.send({ requestState, inputResponses }));
    }
    const inputResponses = { q: { ...YES, content: { which: 'a', admin: true } }, other: YES };
    expect(isDone(await talk.send({ requestState, inputResponses }))).toBe(true);
    expect(JSON.stringify(talk.replies.map((reply) => reply.kind === 'answered' && [...reply.answers]))).toBe(
      '[[["q",{"action":"accept","content":{"which":"a"}}]]]',
    );
  });

  it('takes answers that came before its question', async () => {
    const talk = await startTalk();
    expect(isDone(await talk.send({ inputResponses: { q: YES } }))).toBe(true);
  });

  it('asks no more than eight times', async () => {
    const talk = await startTalk(20);
    let answer = await talk.send();
    let rounds = 0;
    for (; answer.kind === 'input-required'; rounds++) {
      answer = await talk.send({ requestState: stateOf(answer), inputResponses: { q: YES } });
    }
    expect(rounds).toBe(8);
    expect(talk.replies.at(-1)).toEqual({ kind: 'refused', detail: 'too-many' });
  });

  it('is not asked the same thing without end, either', async () => {
    const talk = await startTalk();
    let answer = await talk.send();
    let rounds = 0;
    for (; answer.kind === 'input-required'; rounds++) answer = await talk.send({ requestState: stateOf(answer) });
    expect(rounds).toBe(8);
    expect(answer).toMatchObject(UNEXPECTED);
    expect(talk.replies.at(-1)).toMatchObject({ kind: 'refused' });
  });

  it.each<[string, Partial<Request>]>([
    ['another person', { principal: bob }],
    ['another client of the same person', { principal: person('alice', { client: 'host-2' }) }],
    ['other arguments', { args: { id: '2' } }],
    ['another tool', { tool: 'notes__list' }],
    ['another path', { tool: 'get', endpoint: { kind: 'one', upstream: 'notes' } }],
  ])('F10, F11 does not go on for %s, and still does for its own', async (_sentence, more) => {
    const talk = await startTalk();
    const requestState = stateOf(await talk.send());
    const stolen = { requestState, inputResponses: { q: YES } };
    expect(await talk.send({ ...stolen, ...more })).toMatchObject(UNEXPECTED);
    expect(talk.replies).toEqual([]);
    expect(isDone(await talk.send(stolen))).toBe(true);
  });

  it.each<[string, (state: string) => string]>([
    ['altered', (state) => `${state.slice(0, -2)}${state.endsWith('AA') ? 'BB' : 'AA'}`],
    ['longer', (state) => `${state}A`],
    ['made up', () => 'cs1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['empty', () => ''],
  ])('F11 does not go on for a state that is %s', async (_sentence, change) => {
    const talk = await startTalk();
    const requestState = change(stateOf(await talk.send()));
    expect(await talk.send({ requestState, inputResponses: { q: YES } })).toMatchObject(UNEXPECTED);
    expect(talk.replies).toEqual([]);
  });

  it('F11 does not go on once the state expired', async () => {
    const talk = await startTalk();
    const requestState = stateOf(await talk.send());
    talk.rig.clock.advance(10 * 60_000 + 1);
    expect(await talk.send({ requestState, inputResponses: { q: YES } })).toMatchObject(UNEXPECTED);
  });

  it('is decided anew with each answer, and ends where policy no longer allows it', async () => {
    const talk = await startTalk();
    const requestState = stateOf(await talk.send());
    talk.rig.setPolicy([WITHOUT_READING]);
    const answer = await talk.send({ requestState, inputResponses: { q: YES } });
    expect(answer.kind).not.toBe('input-required');
    expect(isDone(answer)).toBe(false);
    expect(talk.replies).toMatchObject([{ kind: 'refused' }]);
    talk.rig.setPolicy([POLICY]);
    expect(await talk.send({ requestState, inputResponses: { q: YES } })).toMatchObject(UNEXPECTED);
  });

  it('ends where a person must approve it by now', async () => {
    const talk = await startTalk();
    const requestState = stateOf(await talk.send());
    talk.rig.setPolicy([READING_APPROVED]);
    expect(await talk.send({ requestState, inputResponses: { q: YES } })).toMatchObject(UNEXPECTED);
    expect(talk.replies).toMatchObject([{ kind: 'refused' }]);
  });

  it('is reached by the kill switch while it waits', async () => {
    const talk = await startTalk();
    const requestState = stateOf(await talk.send());
    await talk.rig.administration.pullKillSwitch(olivia, { scope: { all: true }, reason: 'x', expiresMs: null });
    expect(talk.rig.deps.inFlight.size).toBeLessThanOrEqual(1);
    const answer = await talk.send({ requestState, inputResponses: { q: YES } });
    expect(answer).toMatchObject({ kind: 'error' });
    expect(talk.replies).toMatchObject([{ kind: 'refused' }]);
    expect(talk.rig.deps.inFlight.size).toBe(0);
  });

  it('is reached by the end of its credential while it waits', async () => {
    const talk = await startTalk();
    stateOf(await talk.send());
    expect(talk.rig.deps.inFlight.stopCredential(alice.credentialId)).toBe(1);
    await expect.poll(() => talk.replies.length, SLOW_MACHINE).toBe(1);
    await expect.poll(() => talk.rig.deps.inFlight.size, SLOW_MACHINE).toBe(0);
  });

  it('gives way to newer ones of the same person, and to nobody else', async () => {
    const talk = await startTalk();
    const states: string[] = [];
    for (let count = 0; count < 17; count++) states.push(stateOf(await talk.send({ args: { id: `${count}` } })));
    const bobs = stateOf(await talk.send({ principal: bob }));
    await expect.poll(() => talk.replies.length, SLOW_MACHINE).toBe(1);
    const answerTo = (id: string, requestState: string, more: Partial<Request> = {}) =>
      talk.send({ args: { id }, requestState, inputResponses: { q: YES }, ...more });
    expect(await answerTo('0', states[0] ?? '')).toMatchObject(UNEXPECTED);
    expect(isDone(await answerTo('1', states[1] ?? ''))).toBe(true);
    expect(isDone(await answerTo('1', bobs, { principal: bob }))).toBe(true);
  });

  it('ends with the gateway', async () => {
    const talk = await startTalk();
    stateOf(await talk.send());
    await talk.rig.deps.conversations.close();
    expect(talk.replies).toMatchObject([{ kind: 'refused' }]);
    expect(talk.rig.deps.inFlight.size).toBe(0);
  });

  it('ends when its host hangs up while the upstream works on the answer', async () => {
    const talk = await startTalk(2);
    const notes = talk.rig.upstreams.get('notes') as FakeUpstream;
    let signal: AbortSignal | null = null;
    const { answer } = notes;
    notes.answer = (call) => {
      ({ signal } = call);
      return answer(call);
    };
    const requestState = stateOf(await talk.send());
    const host = new AbortController();
    const going = talk.send({ requestState, inputResponses: { q: YES }, signal: host.signal });
    stateOf(await going);
    // The host has its answer, and is free to go: only what is under way ends with it.
    host.abort();
    expect((signal as AbortSignal | null)?.aborted).toBe(false);
  });
});

describe('a call that a person approved', () => {
  it('is approved for its whole conversation, and the approval is spent once', async () => {
    const talk = await startTalk(2);
    const wish = { tool: 'notes__update' };
    await talk.send(wish);
    const [pending] = await talk.rig.store.approvals.list({ status: 'pending', limit: 1 });
    await talk.rig.administration.approve(olivia, (pending as Approval).id, null, null);
    let answer = await talk.send(wish);
    for (let round = 0; round < 2; round++) {
      answer = await talk.send({ ...wish, requestState: stateOf(answer), inputResponses: { q: YES } });
    }
    expect(isDone(answer)).toBe(true);
    expect(talk.rig.upstreams.get('notes')?.seen).toHaveLength(1);
  });
});
