import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { McpPlaneLimits } from '../../../src/adapters/http/plane-options.ts';
import type { Authenticator } from '../../../src/ports/authenticator.ts';
import { createNameAuthenticator, textResult } from '../../support/fake-gateway.ts';
import { ERAS, mcpRequest } from '../../support/mcp-request.ts';
import { parseAnswer, type RawRequest, sendBytes, sendRaw } from '../../support/raw-http.ts';
import { type RunningPlane, startMcpPlane } from '../../support/start-mcp-plane.ts';

let plane: RunningPlane | null = null;
afterEach(async () => {
  await plane?.plane.close();
  plane = null;
});

async function start(limits: Partial<McpPlaneLimits>, authenticator?: Authenticator): Promise<RunningPlane> {
  const known = authenticator === undefined ? {} : { authenticator };
  plane = await startMcpPlane({ limits: { drainTimeoutMs: 100, ...limits }, ...known });
  return plane;
}

const CALL = mcpRequest('legacy', 'tools/call', { name: 'a' });

const asBob = (request: RawRequest): RawRequest => ({
  ...request,
  headers: (request.headers ?? []).map(([name, value]) => [name, name === 'Authorization' ? 'Bearer bob' : value]),
});

/** Lets calls wait until they are released. */
function holdCalls({ gateway }: RunningPlane, open: boolean): { release(): void } {
  const waiting: (() => void)[] = [];
  gateway.onCall = ({ stream }) => {
    if (open) stream.open();
    return new Promise((resolve) => waiting.push(() => resolve(textResult('x'))));
  };
  return {
    release: () => {
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

describe('requests beyond what a listener takes on', () => {
  it('are shed before their credential is looked at, and the next one is taken again', async () => {
    const running = await start({ requestsMax: 2 });
    const held = holdCalls(running, false);
    const first = [sendRaw(running.port, CALL), sendRaw(running.port, CALL)];
    await expect.poll(() => running.gateway.calls.length).toBe(2);
    const shed = await sendRaw(running.port, {
      ...CALL,
      headers: (CALL.headers ?? []).filter(([name]) => name !== 'Authorization'),
    });
    expect([shed.status, shed.headers.get('retry-after')]).toEqual([503, '1']);
    expect(running.gateway.refusals).toEqual([expect.objectContaining({ reason: 'overloaded' })]);
    held.release();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
    running.gateway.onCall = async () => textResult('x');
    expect((await sendRaw(running.port, CALL)).status).toBe(200);
  });

  it('of one person leave a quarter of the places to others', async () => {
    const running = await start({ requestsMax: 8 });
    const held = holdCalls(running, false);
    const first = Array.from({ length: 6 }, () => sendRaw(running.port, CALL));
    await expect.poll(() => running.gateway.calls.length).toBe(6);
    expect((await sendRaw(running.port, CALL)).status).toBe(503);
    const others = Array.from({ length: 2 }, () => sendRaw(running.port, asBob(CALL)));
    await expect.poll(() => running.gateway.calls.length).toBe(8);
    held.release();
    expect((await Promise.all([...first, ...others])).map(({ status }) => status)).toEqual(Array(8).fill(200));
  });

  it('of one person leave a quarter of the memory to others', async () => {
    const running = await start({ heldBytesMax: 40_000 });
    const body = (bytes: number): string => `{"jsonrpc":"2.0","id":1,"method":"ping"}${' '.repeat(bytes - 40)}`;
    expect((await sendRaw(running.port, { ...CALL, body: body(30_000) })).status).toBe(200);
    expect((await sendRaw(running.port, { ...CALL, body: body(30_001) })).status).toBe(503);
  });

  it('do not count once they wait as streams, of which there are only so many', async () => {
    const running = await start({ requestsMax: 2, streamsMax: 3 });
    const held = holdCalls(running, true);
    const streams: ReturnType<typeof sendRaw>[] = [];
    for (let at = 1; at <= 5; at++) {
      streams.push(sendRaw(running.port, CALL));
      await expect.poll(() => running.gateway.calls.length).toBe(at);
    }
    expect((await sendRaw(running.port, CALL)).status).toBe(503);
    held.release();
    const types = (await Promise.all(streams)).map((answer) => answer.headers.get('content-type'));
    expect(types.filter((type) => type === 'text/event-stream')).toHaveLength(3);
    expect(types.filter((type) => type === 'application/json')).toHaveLength(2);
    for (let at = 0; at < 3; at++) expect((await sendAndRelease(running, CALL)).status).toBe(200);
  });

  it('are shed while bodies and answers fill the memory they may fill', async () => {
    const running = await start({ heldBytesMax: 1_000 });
    const large = mcpRequest('legacy', 'tools/call', { name: 'a', arguments: { a: 'a'.repeat(2_000) } });
    expect((await sendRaw(running.port, large)).status).toBe(503);
    expect(running.gateway.calls).toEqual([]);
    expect((await sendRaw(running.port, CALL)).status).toBe(200);
  });
});

describe('a host that goes away', () => {
  it.each(ERAS)('aborts its call in the %s era', async (era) => {
    const running = await start({ requestsMax: 1 });
    holdCalls(running, era === 'modern');
    const socket = await sendAndKeep(running.port, mcpRequest(era, 'tools/call', { name: 'a' }));
    await expect.poll(() => running.gateway.calls.length).toBe(1);
    const { signal } = running.gateway.calls[0]?.context ?? {};
    expect(signal?.aborted).toBe(false);
    socket.destroy();
    await expect.poll(() => signal?.aborted).toBe(true);
    running.gateway.onCall = async () => textResult('x');
    expect((await sendRaw(running.port, CALL)).status).toBe(200);
  });

  it('before its body is there leaves nothing behind', async () => {
    const running = await start({ requestsMax: 1 });
    const socket = connect(running.port, '127.0.0.1');
    const head = rawHead(running.port, CALL, 100);
    socket.write(`${head}{"jsonrpc`);
    await expect.poll(async () => (await sendRaw(running.port, CALL)).status).toBe(503);
    socket.destroy();
    await expect.poll(async () => (await sendRaw(running.port, CALL)).status).toBe(200);
    expect(running.gateway.refusals.every(({ reason }) => reason === 'overloaded')).toBe(true);
  });

  it('without leaving, and does not read its answer, is let go', async () => {
    const running = await start({ stalledReaderTimeoutMs: 100, requestsMax: 1 });
    running.gateway.onCall = async () => textResult('x'.repeat(50_000_000));
    const socket = await sendAndKeep(running.port, CALL);
    socket.pause();
    await expect.poll(() => running.gateway.calls[0]?.context.signal.aborted, { timeout: 5_000 }).toBe(true);
    running.gateway.onCall = async () => textResult('x');
    expect((await sendRaw(running.port, CALL)).status).toBe(200);
    socket.destroy();
  });
});

it('R01 headers and bodies that do not come are not waited for', async () => {
  const running = await start({ headersTimeoutMs: 100, requestTimeoutMs: 200 });
  const [headers, body] = await Promise.all([
    sendBytes(running.port, 'POST /mcp HTTP/1.1\r\nHost: localhost\r\n', 4_000),
    sendBytes(running.port, `${rawHead(running.port, CALL, 100)}{`, 4_000),
  ]);
  expect([parseAnswer(headers).status, parseAnswer(body).status]).toEqual([408, 408]);
  expect(running.gateway.calls).toEqual([]);
});

it('a listener that closes lets answers finish, and ends those that do not', async () => {
  const running = await start({ drainTimeoutMs: 300 });
  const held = holdCalls(running, false);
  const finishing = sendRaw(running.port, CALL);
  await expect.poll(() => running.gateway.calls.length).toBe(1);
  const closing = running.plane.close();
  held.release();
  expect((await finishing).status).toBe(200);
  await closing;
  await expect(sendRaw(running.port, CALL)).rejects.toThrow('ECONNREFUSED');
  plane = null;

  const stuck = await start({ drainTimeoutMs: 50 });
  holdCalls(stuck, true);
  const abandoned = sendRaw(stuck.port, CALL);
  await expect.poll(() => stuck.gateway.calls.length).toBe(1);
  await stuck.plane.close();
  await expect.poll(() => stuck.gateway.calls[0]?.context.signal.aborted).toBe(true);
  await abandoned;
  plane = null;
});

it('a listener on an address that is taken says so', async () => {
  const running = await start({});
  await expect(startMcpPlane({ port: running.port })).rejects.toThrow('EADDRINUSE');
});

async function sendAndRelease(running: RunningPlane, request: RawRequest): ReturnType<typeof sendRaw> {
  running.gateway.onCall = async () => textResult('x');
  return sendRaw(running.port, request);
}

function rawHead(port: number, { headers = [] }: RawRequest, length: number): string {
  const lines = [['Host', `127.0.0.1:${port}`], ['Content-Length', String(length)], ...headers].map(
    (pair) => `${pair.join(': ')}\r\n`,
  );
  return `POST /mcp HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Sends a request, and keeps the connection for the test to do with it what it likes. */
async function sendAndKeep(port: number, request: RawRequest): Promise<ReturnType<typeof connect>> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(rawHead(port, request, Buffer.byteLength(request.body ?? '')));
  socket.write(request.body ?? '');
  return socket;
}

describe('bodies that are there together', () => {
  it('are read in several turns of the event loop, so that everybody else is served in between', async () => {
    const known = createNameAuthenticator();
    const waiting: (() => void)[] = [];
    const authenticator: Authenticator = {
      async authenticate(authorization) {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return known.authenticate(authorization);
      },
    };
    const running = await start({ bodyBytesPerTurnMax: 50_000 }, authenticator);
    const turns: number[] = [];
    let turn = 0;
    running.gateway.onCall = async () => {
      turns.push(turn);
      return textResult('x');
    };
    const call = mcpRequest('legacy', 'tools/call', { name: 'a', arguments: { text: 'x'.repeat(30_000) } });
    const answers = Array.from({ length: 8 }, () => sendRaw(running.port, call));
    await expect.poll(() => waiting.length).toBe(8);

    for (const go of waiting) go();
    while (turns.length < 8) {
      await new Promise((resolve) => setImmediate(resolve));
      turn += 1;
    }
    expect((await Promise.all(answers)).every(({ status }) => status === 200)).toBe(true);
    expect(new Set(turns).size).toBe(8);
  });
});
