import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { textResult } from '../../support/fake-gateway.ts';
import { type RunningPlane, startMcpPlane } from '../../support/start-mcp-plane.ts';

let plane: RunningPlane;
beforeAll(async () => {
  plane = await startMcpPlane();
});
afterEach(() => plane.gateway.reset());
afterAll(() => plane.plane.close());

const INFO = { name: 'a-host', version: '1.0.0' };
const requestInit = { headers: { Authorization: 'Bearer alice' } };

/** What a test does with a client, whichever it is. */
interface AnyClient {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(name: string, onprogress?: (progress: { progress: number }) => void): Promise<unknown>;
  close(): Promise<void>;
}

async function connectV1(path: string): Promise<AnyClient> {
  const client = new LegacyClient(INFO);
  // The transport of v1 is not typed for exactOptionalPropertyTypes.
  const transport = new LegacyTransport(new URL(path, plane.url), { requestInit }) as unknown as Parameters<
    typeof client.connect
  >[0];
  await client.connect(transport);
  return {
    listTools: () => client.listTools(),
    callTool: (name, onprogress) =>
      client.callTool({ name, arguments: { a: 1 } }, undefined, onprogress && { onprogress }),
    close: () => client.close(),
  };
}

async function connectV2(path: string, mode: 'legacy' | 'auto' | { pin: string }): Promise<AnyClient> {
  const client = new ModernClient(INFO, { versionNegotiation: { mode } });
  await client.connect(new ModernTransport(new URL(path, plane.url), { requestInit }));
  return {
    listTools: () => client.listTools(),
    callTool: (name, onprogress) => client.callTool({ name, arguments: { a: 1 } }, onprogress && { onprogress }),
    close: () => client.close(),
  };
}

const CLIENTS: readonly (readonly [string, (path: string) => Promise<AnyClient>, string])[] = [
  ['the SDK of the legacy revisions', connectV1, '2025-11-25'],
  ['the split SDK, told to be legacy', (path) => connectV2(path, 'legacy'), '2025-11-25'],
  ['the split SDK, left to find out', (path) => connectV2(path, 'auto'), '2026-07-28'],
  ['the split SDK, pinned to 2026-07-28', (path) => connectV2(path, { pin: '2026-07-28' }), '2026-07-28'],
];

it.each(CLIENTS.flatMap((row) => ['/mcp', '/token/mcp/notes'].map((path) => [...row, path] as const)))(
  '%s lists, calls and follows progress',
  async (_sentence, connect, revision, path) => {
    const client = await connect(path);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['notes__list']);

    expect(await client.callTool('notes__list')).toMatchObject({ content: [{ type: 'text', text: '{"a":1}' }] });
    expect(plane.gateway.calls[0]).toMatchObject({ exposedName: 'notes__list', args: { a: 1 }, context: { revision } });

    plane.gateway.onCall = async ({ stream }) => {
      stream.open();
      for (const progress of [1, 2]) stream.progress({ progress, total: 2, message: 'waiting' });
      return textResult('after a while');
    };
    const seen: number[] = [];
    const result = await client.callTool('notes__list', ({ progress }) => seen.push(progress));
    expect([result, seen]).toMatchObject([{ content: [{ text: 'after a while' }] }, [1, 2]]);

    plane.gateway.onCall = async () => ({
      kind: 'error',
      code: -32602,
      message: 'Unknown tool',
      data: null,
      httpStatus: 200,
      retryAfterSeconds: null,
    });
    await expect(client.callTool('hidden')).rejects.toMatchObject({ code: -32602 });
    await client.close();
    expect(plane.reports).toEqual([]);
  },
);

it('a client without a credential learns that it needs one', async () => {
  const client = new ModernClient(INFO);
  const transport = new ModernTransport(new URL('/token/mcp', plane.url));
  await expect(client.connect(transport)).rejects.toThrow(/401|[Uu]nauthorized/);
});
