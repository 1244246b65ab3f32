import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UPSTREAM_LIMITS } from '../../../src/adapters/upstream/limits.ts';
import { createSseUpstream } from '../../../src/adapters/upstream/sse/create-sse-upstream.ts';
import type { Upstream, UpstreamProgress } from '../../../src/ports/upstream.ts';
import { createFixedClock } from '../../support/fixed-clock.ts';
import { PROJECT } from '../../support/project-files.ts';
import { callOf, connectAnywhere, faultOf, resultText, TEST_CLIENT } from '../../support/upstream-rig.ts';

// A server that others wrote, on the transport of the SDK of 2024.

const EVERYTHING = join(PROJECT, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js');

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

describe('server-everything over HTTP with SSE', () => {
  let server: ChildProcess;
  let upstream: Upstream;
  beforeAll(async () => {
    const port = await freePort();
    const env = { PORT: String(port), PATH: process.env['PATH'] };
    server = spawn(process.execPath, [EVERYTHING, 'sse'], { env, stdio: 'ignore' });
    while (!(await listens(port))) await new Promise((resolve) => setTimeout(resolve, 50));
    const options = { name: 'real', url: `http://127.0.0.1:${port}/sse`, headers: {}, client: TEST_CLIENT };
    upstream = createSseUpstream(
      { ...options, limits: UPSTREAM_LIMITS, connect: connectAnywhere() },
      { clock: createFixedClock(), report: () => undefined },
    );
  });
  afterAll(async () => {
    await upstream.close();
    const ended = new Promise((resolve) => server.on('exit', resolve));
    server.kill('SIGKILL');
    await ended;
  });

  it('lists its tools and answers calls', async () => {
    const listed = await upstream.listTools({ principal: 'alice' }, new AbortController().signal);
    expect(listed.ok && listed.value.map(({ name }) => name)).toContain('echo');
    const echo = { tool: 'echo', argumentsJson: '{"message":"data: {}\\n\\nhi é"}' };
    expect(JSON.parse(resultText(await upstream.call(callOf(echo))))).toMatchObject({
      content: [{ type: 'text', text: 'Echo: data: {}\n\nhi é' }],
    });
    expect(upstream.status()).toMatchObject({ state: 'ready', era: 'legacy' });
  });

  it('reports progress', async () => {
    const seen: UpstreamProgress[] = [];
    const argumentsJson = '{"duration":0.4,"steps":2}';
    const onProgress = (progress: UpstreamProgress): void => void seen.push(progress);
    resultText(await upstream.call(callOf({ tool: 'trigger-long-running-operation', argumentsJson, onProgress })));
    expect(seen[0]).toMatchObject({ progress: 1, total: 2 });
  });

  it('can be given up', async () => {
    const signal = AbortSignal.timeout(100);
    const operation = { tool: 'trigger-long-running-operation', argumentsJson: '{"duration":60,"steps":60}', signal };
    expect(faultOf(await upstream.call(callOf(operation)))).toMatchObject({ kind: 'aborted', dispatched: true });
  });

  it('is used by two people at once', async () => {
    const texts = await Promise.all(
      ['alice', 'bob'].map(async (who) =>
        resultText(await upstream.call(callOf({ tool: 'echo', argumentsJson: `{"message":"${who}"}` }, who))),
      ),
    );
    expect(texts.map((text) => /Echo: \w+/.exec(text)?.[0])).toEqual(['Echo: alice', 'Echo: bob']);
  });
});
