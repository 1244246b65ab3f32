import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { startAskingUpstream } from '../support/asking-upstream.ts';
import { type ConversingHost, createModernHost, modernParams, openLegacyHost } from '../support/conversing-host.ts';
import { runGateway, type TestGateway } from '../support/run-gateway.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';

/** As long as a busy machine may take. */
const SLOW_MACHINE = { timeout: 15_000 };

const FORM = {
  method: 'elicitation/create',
  params: { message: 'Your name?', requestedSchema: { type: 'object', properties: { name: { type: 'string' } } } },
};
const YES: JsonObject = { action: 'accept', content: { name: 'Ann' } };
const CAPABILITIES: JsonObject = { elicitation: {} };

let gateway: TestGateway;
let upstream: ScriptedUpstream;
let alice: string;
let bob: string;

beforeAll(async () => {
  upstream = await startAskingUpstream('legacy');
  gateway = await runGateway({
    config: `upstreams:\n  crm: { url: '${upstream.url}', era: legacy, allow: { elicitation: [form] } }\n`,
    policies: {
      'crm.yaml':
        "version: 1\nupstream: crm\nclasses: { read: ['*'], write: [], never: [] }\nrules: [{ id: all, who: { any: true }, tools: ['*'], effect: allow }]\n",
    },
  });
  [alice, bob] = (await Promise.all(['alice', 'bob'].map((user) => gateway.issue({ user })))).map(
    ({ token }) => token,
  ) as [string, string];
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const legacy = (token: string, revision?: string) =>
  openLegacyHost({ port: gateway.mcpPort, token, capabilities: CAPABILITIES }, revision);
const modern = (token: string) => createModernHost({ port: gateway.mcpPort, token, capabilities: CAPABILITIES });

/** What the upstream was told by POSTs that are no requests: answers to its questions. */
const answersSeen = (): readonly unknown[] =>
  upstream.seen('POST').map(({ message }) => message?.result ?? message?.error);

describe('the answer to a question that a legacy host was asked', () => {
  let victim: Awaited<ReturnType<typeof legacy>>;
  beforeEach(async () => {
    victim = await legacy(alice);
  });

  /** Asks alice, lets somebody do something with the id of the question, and then has her answer. */
  async function whileAsked(
    attack: (questionId: string) => Promise<unknown>,
  ): Promise<{ text: string; seen: unknown }> {
    const before = answersSeen().length;
    let attacked: Promise<unknown> = Promise.resolve();
    let questionId = '';
    const talking = victim.call('crm__ask', { questions: { who: FORM } }, ({ id }) => {
      questionId = String(id);
      attacked = attack(questionId);
      return undefined;
    });
    await expect.poll(() => questionId, SLOW_MACHINE).not.toBe('');
    const seen = await attacked;
    expect(answersSeen().slice(before)).toEqual([]);
    expect((await victim.post({ jsonrpc: '2.0', id: questionId, result: YES })).status).toBe(202);
    const { answer } = await talking;
    expect(answersSeen().slice(before)).toHaveLength(1);
    return { text: JSON.stringify(answer.result), seen };
  }

  const injected = (id: string) => ({ jsonrpc: '2.0', id, result: { action: 'accept', content: { name: 'Mallory' } } });

  it.each<[string, number, (id: string) => Promise<unknown>]>([
    [
      'F13 another session of the same person',
      400,
      async (id) => (await (await legacy(alice)).post(injected(id))).status,
    ],
    ["F13 another person's session", 400, async (id) => (await (await legacy(bob)).post(injected(id))).status],
    [
      'F13 another person in the session that was asked',
      404,
      async (id) => (await victim.post(injected(id), { authorization: `Bearer ${bob}` })).status,
    ],
    [
      'F13 nobody in the session that was asked',
      401,
      async (id) => (await victim.post(injected(id), { authorization: 'Bearer x' })).status,
    ],
    ['F13 a guess', 400, async (id) => (await victim.post(injected(`${id.slice(0, -1)}0`))).status],
    ['F13 a number', 400, async () => (await victim.post({ ...injected(''), id: 1 })).status],
    [
      'F13 a host that speaks the other era',
      400,
      async (id) => (await victim.post(injected(id), { 'mcp-protocol-version': '2026-07-28' })).status,
    ],
    [
      'F13 somebody with a session of no name',
      404,
      async (id) => (await victim.post(injected(id), { 'mcp-session-id': '' })).status,
    ],
  ])('is not taken from %s', async (_sentence, status, attack) => {
    const { text, seen } = await whileAsked(attack);
    expect(seen).toBe(status);
    expect(text).toContain('Ann');
    expect(text).not.toContain('Mallory');
  });

  it('counts once, and not after the call is over', async () => {
    let questionId = '';
    await whileAsked((id) => {
      questionId = id;
      return Promise.resolve();
    });
    const before = answersSeen().length;
    expect((await victim.post(injected(questionId))).status).toBe(400);
    expect(answersSeen()).toHaveLength(before);
  });

  it('may be an error, which the upstream hears of and nobody else', async () => {
    const talk = await victim.call('crm__ask', { questions: { who: FORM } }, () => 'error');
    expect(JSON.stringify(talk.answer.result)).toContain('refused by the host');
  });
});

describe('F10, F11 the state that a modern host carries', () => {
  interface Asked {
    readonly state: string;
    /** The answer to everything that is asked. */
    readonly inputResponses: JsonObject;
  }

  async function askedOf(host: ConversingHost, args: JsonObject): Promise<Asked> {
    const params = modernParams({ name: 'crm__ask', arguments: args }, CAPABILITIES);
    const { messages } = await host.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    const { requestState, inputRequests } = messages.at(-1)?.result ?? {};
    const inputResponses = Object.fromEntries(Object.keys(inputRequests as JsonObject).map((key) => [key, YES]));
    return { state: requestState as string, inputResponses };
  }

  async function continueWith(
    host: ConversingHost,
    args: JsonObject,
    { state: requestState, inputResponses }: Asked,
  ): Promise<unknown> {
    const continued = { name: 'crm__ask', arguments: args, requestState, inputResponses };
    const params = modernParams(continued, CAPABILITIES);
    const { messages } = await host.post({ jsonrpc: '2.0', id: 2, method: 'tools/call', params });
    return messages.at(-1)?.error?.code ?? messages.at(-1)?.result?.['resultType'];
  }

  it('opens for its person and its request alone, once', async () => {
    const args = { questions: { who: FORM } };
    const before = answersSeen().length;
    const asked = await askedOf(modern(alice), args);
    expect(asked.state).not.toContain('alice');
    expect(await continueWith(modern(bob), args, asked)).toBe(-32602);
    expect(await continueWith(modern(alice), { ...args, more: 1 }, asked)).toBe(-32602);
    expect(await continueWith(modern(alice), args, { ...asked, state: `${asked.state}-TAMPERED` })).toBe(-32602);
    expect(answersSeen()).toHaveLength(before);
    expect(await continueWith(modern(alice), args, asked)).toBe('complete');
    expect(answersSeen()).toHaveLength(before + 1);
    expect(await continueWith(modern(alice), args, asked)).toBe(-32602);
  });

  it('two requests with the same state go on once', async () => {
    const args = { questions: { who: FORM }, twice: true };
    const asked = await askedOf(modern(alice), args);
    const outcomes = await Promise.all([1, 2, 3].map(() => continueWith(modern(alice), args, asked)));
    expect(outcomes.filter((outcome) => outcome === 'complete')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === -32602)).toHaveLength(2);
  });
});

describe('a host that goes away while it is asked', () => {
  const cancelled = (): number => upstream.seen('notifications/cancelled').length;

  it('takes its call with it, also over there, when it ends the session in which it could come back', async () => {
    const before = cancelled();
    const host = await legacy(alice, '2025-06-18');
    const leaving = new AbortController();
    const params = { name: 'crm__ask', arguments: { questions: { who: FORM } } };
    const asked = fetch(`http://127.0.0.1:${gateway.mcpPort}/mcp`, {
      method: 'POST',
      headers: host.headers,
      signal: leaving.signal,
      body: JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'tools/call', params }),
    });
    const reader = (await asked).body?.getReader();
    let text = '';
    while (!text.includes('elicitation/create')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
    leaving.abort();
    const { status } = await fetch(`http://127.0.0.1:${gateway.mcpPort}/mcp`, {
      method: 'DELETE',
      headers: host.headers,
    });
    expect(status).toBe(204);
    await expect.poll(cancelled, SLOW_MACHINE).toBe(before + 1);
  });

  it('can say so, and its call ends', async () => {
    const before = cancelled();
    const host = await legacy(alice);
    const talking = host.call('crm__ask', { questions: { who: FORM } }, () => {
      void host.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
      return undefined;
    });
    await talking;
    await expect.poll(cancelled, SLOW_MACHINE).toBe(before + 1);
  });
});

it('F12 an upstream that asks without end is heard a few times', async () => {
  const questions = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`q${index}`, FORM]));
  const host = await legacy(alice);
  let asked = 0;
  const talk = await host.call('crm__ask', { questions }, () => {
    asked += 1;
    // It waits for answers that it never gets; the host has had enough.
    if (asked === 16) void host.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    return asked < 16 ? YES : undefined;
  });
  expect(talk.asked).toHaveLength(16);
});
