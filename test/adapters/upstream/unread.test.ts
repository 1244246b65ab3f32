import { describe, expect, it, onTestFinished } from 'vitest';
import { createUnreadAnswers, type UnreadAnswer } from '../../../src/adapters/http/unread-answers.ts';
import { UPSTREAM_LIMITS, type UpstreamLimits } from '../../../src/adapters/upstream/limits.ts';
import { createSseUpstream } from '../../../src/adapters/upstream/sse/create-sse-upstream.ts';
import type { CallOutcome } from '../../../src/adapters/upstream/read-call-answer.ts';
import type { Upstream } from '../../../src/ports/upstream.ts';
import { createFixedClock } from '../../support/fixed-clock.ts';
import { answerHonestly, startEventServer } from '../../support/scripted-events.ts';
import { callOf, connectAnywhere, resultText, startStdioRig, TEST_CLIENT } from '../../support/upstream-rig.ts';

const LARGE = 600_000;

/** Room for one and a half large answers, and of one person for one. */
const createRoom = () => createUnreadAnswers({ unreadBytesMax: 1_000_000, unreadWaitsMax: 2 });

async function startSse(limits: Partial<UpstreamLimits>): Promise<Upstream> {
  const server = await startEventServer();
  server.onMessage = (message, stream) => {
    const { id, method, params } = message;
    if (method !== 'tools/call') return answerHonestly(message, stream);
    const { n } = (params?.arguments ?? { n: 0 }) as { n: number };
    const result = { content: [{ type: 'text', text: 'x'.repeat(n) }] };
    const isIdLast = params?.name === 'big-and-id-last';
    stream.send('message', JSON.stringify(isIdLast ? { result, jsonrpc: '2.0', id } : { jsonrpc: '2.0', id, result }));
  };
  const upstream = createSseUpstream(
    {
      name: 'old',
      url: server.url,
      headers: {},
      client: TEST_CLIENT,
      limits: { ...UPSTREAM_LIMITS, closeTimeoutMs: 200, ...limits },
      connect: connectAnywhere(),
    },
    { clock: createFixedClock(), report: () => undefined },
  );
  onTestFinished(async () => {
    await upstream.close();
    await server.close();
  });
  return upstream;
}

const startStdio = async (limits: Partial<UpstreamLimits>, shared = false): Promise<Upstream> =>
  startStdioRig({ limits, shared }).upstream;

const isSettledIn = (promise: Promise<unknown>, ms: number): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, ms, false))]);

describe.each([
  { how: 'a process of their own', start: startStdio, tool: 'big' },
  { how: 'a process of their own that writes ids last', start: startStdio, tool: 'big-and-id-last' },
  { how: 'an event stream of their own', start: startSse, tool: 'big' },
  { how: 'an event stream of their own with ids last', start: startSse, tool: 'big-and-id-last' },
])('people who do not read, before $how', ({ start, tool }) => {
  async function startBetween(limits: Partial<UpstreamLimits> = {}) {
    const upstream = await start(limits);
    const unread = createRoom();
    const call = (who: string, n: number) => {
      const room = unread.open(who);
      const argumentsJson = JSON.stringify({ n });
      return { room, answered: upstream.call(callOf({ tool, argumentsJson, room: () => room }, who)) };
    };
    return { call, fill: () => fill(call) };
  }

  type Call = (who: string, n: number) => { readonly room: UnreadAnswer; readonly answered: Promise<CallOutcome> };

  /** All that alice may leave unread, and the one answer that may be more than that. */
  async function fill(call: Call): Promise<() => void> {
    const filling = [call('alice', LARGE), call('alice', LARGE)];
    for (const { answered } of filling) expect(resultText(await answered).length).toBeGreaterThan(LARGE);
    return () => filling.forEach(({ room }) => room.close());
  }

  it('have it wait, and others are served meanwhile', async () => {
    const { call, fill } = await startBetween();
    const readAll = await fill();
    const waiting = call('alice', LARGE);
    expect(await isSettledIn(waiting.answered, 200)).toBe(false);
    expect(isLong(await call('bob', 200_000).answered, 200_000)).toBe(true);
    expect(await isSettledIn(waiting.answered, 0)).toBe(false);
    readAll();
    expect(isLong(await waiting.answered)).toBe(true);
  });

  it('are told when it waited too long, and can go on', async () => {
    const { call, fill } = await startBetween({ unreadTimeoutMs: 200 });
    const readAll = await fill();
    const [waiting, small] = [call('alice', LARGE), call('alice', 10)];
    expect(faultKind(await waiting.answered)).toEqual('unread, dispatched');
    expect(isLong(await small.answered, 10)).toBe(true);
    readAll();
    expect(isLong(await call('alice', LARGE).answered)).toBe(true);
  });

  it('are told so when the time of a call is over by then', async () => {
    const { call, fill } = await startBetween({ callTimeoutMs: 300 });
    await fill();
    const waiting = [call('alice', LARGE), call('alice', 10)];
    const faults = await Promise.all(waiting.map(async ({ answered }) => faultKind(await answered)));
    expect(faults).toEqual(['unread, dispatched', 'unread, dispatched']);
  });

  it('leave their upstream free for the calls of others, and it goes on when they are gone', async () => {
    const { call, fill } = await startBetween({ concurrentMax: 2, waitTimeoutMs: 500 });
    await fill();
    const waiting = Array.from({ length: 4 }, () => call('alice', LARGE));
    expect(await isSettledIn(Promise.race(waiting.map(({ answered }) => answered)), 200)).toBe(false);
    expect(isLong(await call('bob', 10).answered, 10)).toBe(true);
    for (const { room } of waiting) room.close();
    for (const { answered } of waiting) expect(isLong(await answered)).toBe(true);
  });

  it('take no more than all unfinished answers of an upstream may', async () => {
    const { call } = await startBetween({ heldBytesMax: 300_000 });
    expect(faultKind(await call('alice', LARGE).answered)).toBe('overloaded, dispatched');
    expect(isLong(await call('alice', 10).answered, 10)).toBe(true);
    expect(isLong(await call('alice', 100_000).answered, 100_000)).toBe(true);
  });
});

/** Answers are too long to be shown where a test fails. */
const isLong = (outcome: CallOutcome, bytes = LARGE): boolean => resultText(outcome).length > bytes;

const faultKind = (outcome: CallOutcome): string =>
  outcome.ok ? 'an answer' : `${outcome.error.kind}, ${outcome.error.dispatched ? 'dispatched' : 'not dispatched'}`;

it.each(['big', 'big-and-id-last'])('nobody who does not read makes a shared process wait: %s', async (tool) => {
  const upstream = await startStdio({}, true);
  const unread = createRoom();
  const call = (who: string, n: number) => {
    const room = unread.open(who);
    return upstream.call(callOf({ tool, argumentsJson: JSON.stringify({ n }), room: () => room }, who));
  };
  expect(isLong(await call('alice', LARGE))).toBe(true);
  const [second, small, other] = await Promise.all([call('alice', LARGE), call('alice', 10), call('bob', 200_000)]);
  expect(faultKind(second)).toBe('unread, dispatched');
  expect(isLong(small, 10)).toBe(true);
  expect(isLong(other, 200_000)).toBe(true);
});
