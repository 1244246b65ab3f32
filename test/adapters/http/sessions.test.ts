import { stoppedBySwitch } from '../../../src/gateway/host-errors.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  bearer,
  mcpRequest,
  openSession,
  parseAnswerBody,
  sessionRequest,
  withHeaders,
} from '../../support/mcp-request.ts';
import { type RawAnswer, sendRaw } from '../../support/raw-http.ts';
import { type RunningPlane, startMcpPlane } from '../../support/start-mcp-plane.ts';

const IDLE_MS = 60_000;

let plane: RunningPlane;
beforeAll(async () => {
  plane = await startMcpPlane({ limits: { sessionsPerPrincipalMax: 5, sessionsMax: 8, sessionIdleMs: IDLE_MS } });
});
afterEach(() => {
  plane.gateway.reset();
  plane.clock.advance(IDLE_MS);
});
afterAll(() => plane.plane.close());

async function call(session: string, who = 'alice'): Promise<number> {
  return (await sendRaw(plane.port, sessionRequest(session, 'tools/call', { name: 'a' }, who))).status;
}

async function end(session: string, who = 'alice'): Promise<number> {
  return (await sendRaw(plane.port, { ...sessionRequest(session, 'x', {}, who), method: 'DELETE', body: '' })).status;
}

describe('initialize', () => {
  it.each([
    ['2025-03-26', '2025-03-26'],
    ['2025-11-25', '2025-11-25'],
    ['2024-11-05', '2025-11-25'],
    ['2026-07-28', '2025-11-25'],
  ])('for %s answers %s and opens a session', async (requested, answered) => {
    const answer = await initialize({ protocolVersion: requested });
    expect(parseAnswerBody(answer).result).toEqual({
      instructions: 'what the gateway says',
      protocolVersion: answered,
      capabilities: capabilitiesIn(answered),
      serverInfo: { name: 'countersign', version: '0.0.0-test' },
    });
    const session = answer.headers.get('mcp-session-id') ?? '';
    expect(session).toMatch(/^[\x21-\x7e]{22,}$/);
    expect(await call(session)).toBe(200);
    expect(plane.gateway.calls[0]?.context.revision).toBe(answered);
  });

  it('without a version is refused', async () => {
    expect(parseAnswerBody(await initialize({})).error?.code).toBe(-32602);
  });

  it('G02 gives an id of its own, whatever id the host brings', async () => {
    const request = withHeaders(initializeRequest({ protocolVersion: '2025-11-25' }), [
      ['Mcp-Session-Id', 'chosen-by-the-host'],
    ]);
    const answer = await sendRaw(plane.port, request);
    expect(answer.headers.get('mcp-session-id')).toMatch(/^session_/);
    expect(await call('chosen-by-the-host')).toBe(404);
  });

  it('is not opened when the gateway does not admit it', async () => {
    plane.gateway.admits = stoppedBySwitch();
    const answer = await initialize({ protocolVersion: '2025-11-25' });
    expect([answer.status, answer.headers.get('retry-after'), answer.headers.has('mcp-session-id')]).toEqual([
      503,
      '60',
      false,
    ]);
  });

  it('without an id opens nothing', async () => {
    const body = '{"jsonrpc":"2.0","method":"initialize","params":{"protocolVersion":"2025-11-25"}}';
    const answer = await sendRaw(plane.port, { ...mcpRequest('legacy', 'x'), body });
    expect([answer.status, answer.headers.has('mcp-session-id')]).toEqual([400, false]);
  });
});

describe('a session', () => {
  it('G01, G07 of somebody else is one that does not exist, and stays as it was', async () => {
    const session = await openSession(plane.port);
    const [foreign, unknown] = await Promise.all(
      [session, 'session_9999999999999999999999'].map((id) =>
        sendRaw(plane.port, sessionRequest(id, 'tools/call', { name: 'a' }, 'bob')),
      ),
    );
    expect(foreign?.status).toBe(404);
    expect(foreign?.body).toBe(unknown?.body);
    expect(await end(session, 'bob')).toBe(404);
    expect(plane.gateway.calls).toEqual([]);
    expect(await call(session)).toBe(200);
  });

  it('G01 of the same person through another client is one that does not exist', async () => {
    const session = await openSession(plane.port, 'alice@cursor');
    expect([await call(session, 'alice@other'), await call(session, 'alice@cursor')]).toEqual([404, 200]);
  });

  it('G04, G05 gives no right: a token that is not accepted is refused with it as without it', async () => {
    const session = await openSession(plane.port);
    expect(await call(session, 'mallory')).toBe(401);
    const anonymous = withHeaders(sessionRequest(session, 'tools/call', { name: 'a' }), [['Authorization', null]]);
    expect((await sendRaw(plane.port, anonymous)).status).toBe(401);
    expect(plane.gateway.calls).toEqual([]);
  });

  it('ends when its owner deletes it', async () => {
    const session = await openSession(plane.port);
    expect([await end(session), await call(session), await end(session)]).toEqual([204, 404, 404]);
  });

  it('ends when it is not used, and not before', async () => {
    const session = await openSession(plane.port);
    plane.clock.advance(IDLE_MS - 1);
    expect(await call(session)).toBe(200);
    plane.clock.advance(IDLE_MS - 1);
    expect(await call(session)).toBe(200);
    plane.clock.advance(IDLE_MS);
    expect(await call(session)).toBe(404);
  });

  it('makes room when its owner opens too many: the one unused for longest goes', async () => {
    const sessions = [];
    for (let at = 0; at < 5; at++) sessions.push(await openSession(plane.port));
    expect(await call(sessions[0] ?? '')).toBe(200);
    const newest = await openSession(plane.port);
    expect(await Promise.all([...sessions, newest].map((id) => call(id)))).toEqual([200, 404, 200, 200, 200, 200]);
  });

  it('is not opened when there are too many in all, and nobody loses one for it', async () => {
    const first = await openSession(plane.port, 'alice');
    for (let at = 0; at < 4; at++) await openSession(plane.port, 'alice');
    for (let at = 0; at < 3; at++) await openSession(plane.port, 'bob');
    const answer = await sendRaw(plane.port, { ...initializeRequest({ protocolVersion: '2025-11-25' }, 'bob') });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await call(first)).toBe(200);
    plane.clock.advance(IDLE_MS);
    expect(await openSession(plane.port, 'bob')).not.toBe('');
  });

  it('takes its own revision in the header, or none', async () => {
    const session = await openSession(plane.port, 'alice', '2025-06-18');
    const request = sessionRequest(session, 'tools/call', { name: 'a' });
    const statuses = ['2025-06-18', null, '2025-11-25', '1999-01-01'].map(
      async (version) => (await sendRaw(plane.port, withHeaders(request, [['MCP-Protocol-Version', version]]))).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 200, 400, 400]);
  });
});

describe('a legacy request without a session', () => {
  it.each([
    ['2025-11-25', 200],
    ['2025-03-26', 200],
    ['2024-11-05', 200],
    [null, 400],
    ['2023-01-01', 400],
  ])('with the version %s is answered %i', async (version, status) => {
    const request = withHeaders(mcpRequest('legacy', 'tools/call', { name: 'a' }), [['MCP-Protocol-Version', version]]);
    expect((await sendRaw(plane.port, request)).status).toBe(status);
    expect(plane.gateway.calls).toHaveLength(status === 200 ? 1 : 0);
  });

  it('DELETE without a session is refused', async () => {
    expect((await sendRaw(plane.port, { ...mcpRequest('legacy', 'x'), method: 'DELETE', body: '' })).status).toBe(400);
  });
});

describe('notifications/cancelled', () => {
  async function hold(
    session: string,
    id: number | string,
  ): Promise<{ readonly aborted: () => boolean; readonly answer: Promise<RawAnswer> }> {
    const before = plane.gateway.calls.length;
    plane.gateway.onCall = ({ context }) =>
      new Promise((resolve) => {
        context.signal.addEventListener('abort', () => resolve({ kind: 'result', json: [Buffer.from('{}')] }));
      });
    const answer = sendRaw(plane.port, sessionRequest(session, 'tools/call', { name: 'a' }, 'alice', id));
    await expect.poll(() => plane.gateway.calls.length).toBe(before + 1);
    const held = plane.gateway.calls[before];
    return { aborted: () => held?.context.signal.aborted === true, answer };
  }

  function cancel(session: string, requestId: unknown): Promise<RawAnswer> {
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });
    return sendRaw(plane.port, { ...sessionRequest(session, 'x'), body });
  }

  it('ends the request of the same session that has this id, and no other', async () => {
    const [session, other] = [await openSession(plane.port), await openSession(plane.port)];
    const held = await hold(session, 1);
    for (const [from, id] of [
      [session, '1'],
      [session, 2],
      [session, null],
      [session, {}],
      [other, 1],
    ] as const) {
      expect([(await cancel(from, id)).status, held.aborted()]).toEqual([202, false]);
    }
    expect((await cancel(session, 1)).status).toBe(202);
    expect([held.aborted(), (await held.answer).status]).toEqual([true, 200]);
  });

  it('that comes too early or too late changes nothing', async () => {
    const session = await openSession(plane.port);
    expect((await cancel(session, 1)).status).toBe(202);
    expect(await call(session)).toBe(200);
    expect((await cancel(session, 1)).status).toBe(202);
    expect(plane.gateway.calls[0]?.context.signal.aborted).toBe(false);
  });

  it('is not needed when the session ends', async () => {
    const session = await openSession(plane.port);
    const held = await hold(session, 'x');
    expect([await end(session), held.aborted()]).toEqual([204, true]);
    await held.answer;
  });
});

it('ping is answered here', async () => {
  const answer = await sendRaw(plane.port, sessionRequest(await openSession(plane.port), 'ping'));
  expect(parseAnswerBody(answer)).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
});

it('notifications/initialized is taken', async () => {
  const body = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
  const answer = await sendRaw(plane.port, { ...sessionRequest(await openSession(plane.port), 'x'), body });
  expect([answer.status, answer.body, plane.gateway.refusals]).toEqual([202, '', []]);
});

function initializeRequest(params: Record<string, string>, who = 'alice'): Parameters<typeof sendRaw>[1] {
  const request = mcpRequest('legacy', 'initialize', {
    capabilities: {},
    clientInfo: { name: 'a', version: '1' },
    ...params,
  });
  return withHeaders(request, [['MCP-Protocol-Version', null], bearer(who)]);
}

function initialize(params: Record<string, string>): Promise<RawAnswer> {
  return sendRaw(plane.port, initializeRequest(params));
}

/** Tasks were in the core of one revision. */
function capabilitiesIn(revision: string): object {
  const tools = { listChanged: true };
  return revision === '2025-11-25'
    ? { tools, tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } }
    : { tools };
}
