import { stoppedBySwitch } from '../../../src/gateway/host-errors.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HostError, HostResult, HostCall } from '../../../src/gateway/gateway.ts';
import { listOf, textResult } from '../../support/fake-gateway.ts';
import { ERAS, eventsOf, mcpRequest, parseAnswerBody, withHeaders } from '../../support/mcp-request.ts';
import { type RawAnswer, sendRaw } from '../../support/raw-http.ts';
import { type RunningPlane, startMcpPlane } from '../../support/start-mcp-plane.ts';

let plane: RunningPlane;
beforeAll(async () => {
  plane = await startMcpPlane({ limits: { streamKeepAliveMs: 20 } });
});
afterEach(() => plane.gateway.reset());
afterAll(() => plane.plane.close());

const UNAVAILABLE: HostError = {
  kind: 'error',
  code: -31001,
  message: 'Try again',
  data: { a: 1 },
  httpStatus: 503,
  retryAfterSeconds: 5,
};

describe.each(ERAS)('in the %s era', (era) => {
  const kind = era === 'modern' ? { resultType: 'complete' } : {};
  const CALL = mcpRequest(era, 'tools/call', { name: 'a', _meta: { progressToken: 'tok' } }, 'id-1');

  function answerWith(onCall: (call: HostCall) => Promise<HostResult | HostError>, request = CALL): Promise<RawAnswer> {
    plane.gateway.onCall = onCall;
    return sendRaw(plane.port, request);
  }

  it('a result that nobody waited for is plain JSON', async () => {
    const answer = await answerWith(async () => textResult('hi'));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(parseAnswerBody(answer)).toEqual({
      jsonrpc: '2.0',
      id: 'id-1',
      result: { ...kind, content: [{ type: 'text', text: 'hi' }] },
    });
  });

  it.each([false, true])('a large result arrives whole, streamed: %s', async (opens) => {
    const text = 'é'.repeat(3_000_000);
    const answer = await answerWith(async ({ stream }) => {
      if (opens) stream.open();
      return textResult(text);
    });
    expect(Buffer.from(answer.body, 'latin1').toString()).toContain(text);
  });

  it('an error has its own status, and says when to come back', async () => {
    const answer = await answerWith(async () => UNAVAILABLE);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(parseAnswerBody(answer)).toEqual({
      jsonrpc: '2.0',
      id: 'id-1',
      error: { code: -31001, message: 'Try again', data: { a: 1 } },
    });
  });

  it('a stream that was opened keeps alive, reports progress that grows, and ends with the answer', async () => {
    const answer = await answerWith(async ({ stream }) => {
      expect([stream.wantsProgress, stream.open(), stream.open()]).toEqual([true, true, true]);
      for (const progress of [1, 2, 2, 1, Number.NaN, Number.POSITIVE_INFINITY, 3])
        stream.progress({ progress, total: 10, message: null });
      stream.progress({ progress: 4, total: null, message: 'line\nbreak\r\n\r\ndata: {}' });
      await new Promise((resolve) => setTimeout(resolve, 50));
      return textResult('done\n\ndata: {"jsonrpc":"2.0"}');
    });
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('x-accel-buffering')]).toEqual([
      200,
      'text/event-stream',
      'no',
    ]);
    const events = eventsOf(answer).map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(events.map((event) => event.method)).toEqual([
      ...Array<string>(4).fill('notifications/progress'),
      undefined,
    ]);
    expect(events.slice(0, 4).map((event) => event.params)).toEqual([
      { progressToken: 'tok', progress: 1, total: 10 },
      { progressToken: 'tok', progress: 2, total: 10 },
      { progressToken: 'tok', progress: 3, total: 10 },
      { progressToken: 'tok', progress: 4, message: 'line\nbreak\r\n\r\ndata: {}' },
    ]);
    expect(events[4]).toEqual({ jsonrpc: '2.0', id: 'id-1', result: { ...kind, content: [expect.anything()] } });
    expect(answer.body.split(':\n\n').length).toBeGreaterThan(2);
  });

  it('an error after the stream began is its last event', async () => {
    const answer = await answerWith(async ({ stream }) => {
      stream.open();
      return UNAVAILABLE;
    });
    expect([answer.status, parseAnswerBody(answer).error?.code]).toEqual([200, -31001]);
  });

  it('progress opens the stream by itself', async () => {
    const answer = await answerWith(async ({ stream }) => {
      stream.progress({ progress: 1, total: null, message: null });
      return textResult('x');
    });
    expect(eventsOf(answer)).toHaveLength(2);
  });

  it('without a token there is no progress, and no stream for it', async () => {
    const answer = await answerWith(
      async ({ stream }) => {
        expect(stream.wantsProgress).toBe(false);
        stream.progress({ progress: 1, total: null, message: null });
        return textResult('x');
      },
      mcpRequest(era, 'tools/call', { name: 'a' }),
    );
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it.each(['application/json', '*/*', null])('a host that accepts %s gets no stream', async (accept) => {
    const answer = await answerWith(
      async ({ stream }) => {
        expect([stream.open(), stream.wantsProgress]).toEqual([false, false]);
        return textResult('x');
      },
      withHeaders(CALL, [['Accept', accept]]),
    );
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it('a stream says nothing after its answer', async () => {
    let late = (): void => undefined;
    const answer = await answerWith(async ({ stream }) => {
      stream.open();
      late = () => {
        stream.progress({ progress: 9, total: null, message: null });
        expect(stream.open()).toBe(true);
      };
      return textResult('x');
    });
    late();
    expect(eventsOf(answer)).toHaveLength(1);
  });

  it.each<[string, boolean, () => Promise<HostResult>]>([
    ['throws', false, () => Promise.reject(new Error('SECRET'))],
    ['throws after it opened the stream', true, () => Promise.reject(new Error('SECRET'))],
    ['gives no object', false, async () => ({ kind: 'result', json: [Buffer.from('[]')] })],
    [
      'puts a line break into an event',
      true,
      async () => ({ kind: 'result', json: [Buffer.from('{"a":"\n\ndata: {}"}')] }),
    ],
  ])('a gateway that %s is denied, and reported', async (_sentence, opens, result) => {
    const before = plane.reports.length;
    const answer = await answerWith(({ stream }) => {
      if (opens) stream.open();
      return result();
    });
    expect(parseAnswerBody(answer)).toMatchObject({ id: 'id-1', error: { code: -32603 } });
    expect(answer.text).not.toContain('SECRET');
    expect(plane.reports.length).toBe(before + 1);
  });

  it('a list is filtered by the gateway, and private', async () => {
    plane.gateway.onList = async () => listOf([{ name: 'a' }], 'next');
    const answer = await sendRaw(plane.port, mcpRequest(era, 'tools/list', { cursor: 'c' }));
    const { _meta, ttlMs, ...result } = parseAnswerBody(answer).result ?? {};
    const modern = era === 'modern' ? { resultType: 'complete', cacheScope: 'private' } : {};
    expect(result).toEqual({ ...modern, tools: [{ name: 'a' }], nextCursor: 'next' });
    expect([typeof ttlMs, _meta === undefined]).toEqual(era === 'modern' ? ['number', false] : ['undefined', true]);
    expect(plane.gateway.lists).toEqual([expect.objectContaining({ cursor: 'c' })]);
  });

  it('a list that fails has its own status', async () => {
    plane.gateway.onList = async () => UNAVAILABLE;
    const answer = await sendRaw(plane.port, mcpRequest(era, 'tools/list'));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it('a trace comes from the message, else from the header, and only when it is one', async () => {
    const [inBody, inHeader] = ['1', '2'].map((digit) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`);
    const traced = mcpRequest(era, 'tools/call', { name: 'a', _meta: { traceparent: inBody ?? null } });
    await sendRaw(plane.port, withHeaders(traced, [['traceparent', inHeader ?? '']]));
    await sendRaw(plane.port, withHeaders(CALL, [['traceparent', inHeader ?? '']]));
    await sendRaw(plane.port, withHeaders(CALL, [['traceparent', 'not a trace']]));
    expect(plane.gateway.calls.map(({ context }) => context.traceparent)).toEqual([inBody, inHeader, null]);
  });
});

it('server/discover says what is offered, to this principal only', async () => {
  const answer = await sendRaw(plane.port, mcpRequest('modern', 'server/discover'));
  expect(parseAnswerBody(answer).result).toEqual({
    resultType: 'complete',
    instructions: 'what the gateway says',
    supportedVersions: ['2026-07-28'],
    capabilities: { tools: { listChanged: true }, extensions: { 'io.modelcontextprotocol/tasks': {} } },
    ttlMs: expect.any(Number),
    cacheScope: 'private',
    _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'countersign', version: '0.0.0-test' } },
  });
});

describe('what the plane answers itself', () => {
  it.each([
    ['initialize', mcpRequest('legacy', 'initialize', { protocolVersion: '2025-11-25' })],
    ['ping', mcpRequest('legacy', 'ping')],
    ['server/discover', mcpRequest('modern', 'server/discover')],
  ])('%s is answered only when the gateway admits it', async (method, request) => {
    expect((await sendRaw(plane.port, request)).status).toBe(200);
    plane.gateway.admits = stoppedBySwitch();
    expect((await sendRaw(plane.port, request)).status).toBe(503);
    expect(plane.gateway.admitted).toEqual([method, method]);
  });
});
