import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadJob } from '../../bench/load/job.ts';
import { measure } from '../../bench/load/measure.ts';
import { Processes, type StartedProcess } from '../../bench/processes.ts';

// The load generator against the upstream, over sockets: what a target in between would see and must keep.

const processes = new Processes();
let upstream: StartedProcess;
let job: LoadJob;

beforeAll(async () => {
  const args = [fileURLToPath(new URL('../../bench/upstream.ts', import.meta.url))];
  upstream = processes.start({ name: 'upstream', prefix: [], program: process.execPath, args });
  const { port } = JSON.parse(await upstream.firstLine(30_000)) as { readonly port: number };
  job = {
    url: `http://127.0.0.1:${port}/mcp`,
    era: 'modern',
    token: 'token-of-nobody',
    pid: upstream.pid,
    arrival: { kind: 'closed' },
    connections: 4,
    textChars: 200,
    gapMs: null,
    warmUpMs: 50,
    durationMs: 300,
    checkEvery: 1,
  };
});

afterAll(() => processes.close());

describe('measure', () => {
  it.each<[string, Partial<LoadJob>]>([
    ['modern calls in a closed loop', {}],
    ['legacy calls in a closed loop', { era: 'legacy' }],
    ['calls at a rate', { arrival: { kind: 'open', callsPerSecond: 100 } }],
    ['results of one megabyte', { textChars: 1_000_000 }],
    ['event streams', { gapMs: 5 }],
    ['legacy event streams', { gapMs: 5, era: 'legacy' }],
  ])('gets whole answers to %s', async (_name, change) => {
    const result = await measure({ ...job, ...change });
    expect(result).toMatchObject({ errors: 0, badBodies: 0, firstProblem: null });
    expect(result.bodiesChecked).toBeGreaterThan(0);
    expect(result.callsPerSecond).toBeGreaterThan(0);
    expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms ?? Number.POSITIVE_INFINITY);
  });

  it('counts what is refused, and goes on', async () => {
    const closed = await freePort();
    const result = await measure({ ...job, url: `http://127.0.0.1:${closed}/mcp` });
    expect(result).toMatchObject({ callsPerSecond: 0, p50Ms: null, bodiesChecked: 0 });
    expect(result.errors).toBeGreaterThan(4);
    expect(result.firstProblem).toContain('ECONNREFUSED');
  });

  it('finds a target that answers everybody with the same body', async () => {
    const json = '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"n1|"}],"isError":false}}';
    const text = `HTTP/1.1 200 OK\r\nContent-Length: ${json.length}\r\n\r\n${json}`;
    const server = net.createServer((socket) =>
      socket.on('data', () => socket.write(text)).on('error', () => undefined),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const result = await measure({ ...job, url: `http://127.0.0.1:${port}/mcp` });
    server.close();
    expect(result.errors).toBe(0);
    expect(result.badBodies).toBe(result.bodiesChecked);
    expect(result.badBodies).toBeGreaterThan(0);
  });
});

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
