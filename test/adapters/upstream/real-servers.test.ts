import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpUpstream } from '../../../src/adapters/upstream/http/create-http-upstream.ts';
import { UPSTREAM_LIMITS } from '../../../src/adapters/upstream/limits.ts';
import type { Upstream, UpstreamProgress } from '../../../src/ports/upstream.ts';
import { createFixedClock } from '../../support/fixed-clock.ts';
import { PROJECT } from '../../support/project-files.ts';
import {
  TEST_CLIENT,
  callOf,
  connectAnywhere,
  faultOf,
  resultText,
  startStdioRig,
} from '../../support/upstream-rig.ts';

// Servers that others wrote, started as an operator would.

const modules = join(PROJECT, 'node_modules');
const EVERYTHING = join(modules, '@modelcontextprotocol/server-everything/dist/index.js');
const FILESYSTEM = join(modules, '@modelcontextprotocol/server-filesystem/dist/index.js');
const MCP_PROXY = join(modules, 'mcp-proxy/dist/bin/mcp-proxy.mjs');
const caller = { principal: 'alice' };
const never = new AbortController().signal;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function open(port: number): Upstream {
  const options = { name: 'real', url: `http://127.0.0.1:${port}/mcp`, era: 'auto' as const, headers: {} };
  return createHttpUpstream(
    { ...options, client: TEST_CLIENT, limits: UPSTREAM_LIMITS, connect: connectAnywhere() },
    { clock: createFixedClock(), report: () => undefined },
  );
}

const toolNames = async (upstream: Upstream): Promise<readonly string[]> => {
  const listed = await upstream.listTools(caller, never);
  return listed.ok ? listed.value.map(({ name }) => name) : [listed.error.detail];
};

/** A server on a port of its own for the tests of one `describe`, and the adapter in front of it. */
function serve(args: (port: number) => readonly string[]): () => Upstream {
  let server: ChildProcess;
  let upstream: Upstream;
  beforeAll(async () => {
    const port = await freePort();
    server = spawn(process.execPath, args(port), {
      env: { PORT: String(port), PATH: process.env['PATH'] },
      stdio: 'ignore',
    });
    upstream = open(port);
    while (!(await toolNames(upstream)).includes('echo')) await new Promise((resolve) => setTimeout(resolve, 50));
  });
  afterAll(async () => {
    await upstream.close();
    const ended = new Promise((resolve) => server.on('exit', resolve));
    server.kill('SIGKILL');
    await ended;
  });
  return () => upstream;
}

describe('server-everything over HTTP', () => {
  const upstream = serve(() => [EVERYTHING, 'streamableHttp']);

  it('is found to be legacy, and answers calls in event streams', async () => {
    const echo = { tool: 'echo', argumentsJson: '{"message":"data: {}\\n\\nhi é"}' };
    expect(resultText(await upstream().call(callOf(echo)))).toBe(
      '{"content":[{"type":"text","text":"Echo: data: {}\\n\\nhi é"}]}',
    );
    expect(upstream().status()).toMatchObject({ state: 'ready', era: 'legacy', revision: '2025-11-25' });
  });

  it('reports progress', async () => {
    const seen: UpstreamProgress[] = [];
    const argumentsJson = '{"duration":0.4,"steps":2}';
    const onProgress = (progress: UpstreamProgress): void => void seen.push(progress);
    resultText(await upstream().call(callOf({ tool: 'trigger-long-running-operation', argumentsJson, onProgress })));
    expect(seen[0]).toMatchObject({ progress: 1, total: 2 });
  });

  it('can be given up', async () => {
    const argumentsJson = '{"duration":60,"steps":60}';
    const signal = AbortSignal.timeout(100);
    const fault = faultOf(
      await upstream().call(callOf({ tool: 'trigger-long-running-operation', argumentsJson, signal })),
    );
    expect(fault).toMatchObject({ kind: 'aborted', dispatched: true });
  });

  it('says that a tool failed', async () => {
    expect(await upstream().call(callOf({ tool: 'get-sum', argumentsJson: '{"a":"x"}' }))).toMatchObject({
      ok: true,
      value: { kind: 'result', isError: true },
    });
  });
});

describe('mcp-proxy in front of server-everything', () => {
  const upstream = serve((port) => {
    const options = ['--host', '127.0.0.1', '--port', String(port), '--server', 'stream', '--stateless'];
    return [MCP_PROXY, ...options, '--', process.execPath, EVERYTHING];
  });

  it('is found to be modern, and answers calls', async () => {
    const echo = { tool: 'echo', argumentsJson: '{"message":"hi"}' };
    expect(JSON.parse(resultText(await upstream().call(callOf(echo))))).toMatchObject({
      content: [{ type: 'text', text: 'Echo: hi' }],
    });
    expect(upstream().status()).toMatchObject({ state: 'ready', era: 'modern', revision: '2026-07-28' });
  });
});

describe('server-filesystem over stdio', () => {
  it.each(['legacy', 'auto'] as const)('%s: lists tools and reads what it may, and nothing else', async (setting) => {
    const dir = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-')));
    const note = join(dir, 'note.txt');
    writeFileSync(note, 'line 1\r\nline 2\u2028line 3\n');
    const { upstream } = startStdioRig({ command: [process.execPath, FILESYSTEM, dir], setting });
    expect(await toolNames(upstream)).toEqual(expect.arrayContaining(['read_text_file', 'write_file', 'move_file']));
    const read = (path: string) => callOf({ tool: 'read_text_file', argumentsJson: JSON.stringify({ path }) });
    const result = JSON.parse(resultText(await upstream.call(read(note)))) as { content: [{ text: string }] };
    expect(result.content[0].text).toBe('line 1\r\nline 2\u2028line 3\n');
    expect(await upstream.call(read('/etc/passwd'))).toMatchObject({ ok: true, value: { isError: true } });

    const content = 'a\u2028{"jsonrpc":"2.0","id":9,"method":"tools/call"}\n😀';
    resultText(
      await upstream.call(callOf({ tool: 'write_file', argumentsJson: JSON.stringify({ path: note, content }) })),
    );
    expect(readFileSync(note, 'utf8')).toBe(content);
    expect(upstream.status()).toMatchObject({ era: 'legacy', revision: '2025-11-25' });
    rmSync(dir, { recursive: true });
  });
});
