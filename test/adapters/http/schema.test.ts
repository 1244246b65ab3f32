import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { textResult } from '../../support/fake-gateway.ts';
import { eventsOf, mcpRequest, withHeaders } from '../../support/mcp-request.ts';
import { type RawRequest, sendRaw } from '../../support/raw-http.ts';
import { type RunningPlane, startMcpPlane } from '../../support/start-mcp-plane.ts';

let plane: RunningPlane;
beforeAll(async () => {
  plane = await startMcpPlane();
  plane.gateway.onCall = async ({ stream }) => {
    stream.progress({ progress: 1, total: 2, message: 'half' });
    return textResult('x');
  };
});
afterAll(() => plane.plane.close());

const TOKEN = { progressToken: 1 };

/** Every kind of message that the plane writes, with the definition of the official schema that it must fit. */
describe.each<[string, readonly (readonly [string, RawRequest, readonly string[]])[]]>([
  [
    '2025-11-25',
    [
      ['initialize', mcpRequest('legacy', 'initialize', { protocolVersion: '2025-11-25' }), ['InitializeResult']],
      ['ping', mcpRequest('legacy', 'ping'), ['EmptyResult']],
      ['tools/list', mcpRequest('legacy', 'tools/list'), ['ListToolsResult']],
      ['tools/call', mcpRequest('legacy', 'tools/call', { name: 'a' }), ['CallToolResult']],
      [
        'a stream',
        mcpRequest('legacy', 'tools/call', { name: 'a', _meta: TOKEN }),
        ['ProgressNotification', 'CallToolResult'],
      ],
      ['an error', mcpRequest('legacy', 'nope'), ['JSONRPCErrorResponse']],
      ['an error without an id', { ...mcpRequest('legacy', 'ping'), body: '{' }, ['JSONRPCErrorResponse']],
    ],
  ],
  [
    '2026-07-28',
    [
      ['server/discover', mcpRequest('modern', 'server/discover'), ['DiscoverResult']],
      ['tools/list', mcpRequest('modern', 'tools/list'), ['ListToolsResult']],
      ['tools/call', mcpRequest('modern', 'tools/call', { name: 'a' }), ['CallToolResult']],
      [
        'a stream',
        mcpRequest('modern', 'tools/call', { name: 'a', _meta: TOKEN }),
        ['ProgressNotification', 'CallToolResult'],
      ],
      ['an error', mcpRequest('modern', 'nope'), ['JSONRPCErrorResponse']],
      ['an error without an id', { ...mcpRequest('modern', 'ping'), body: '{' }, ['JSONRPCErrorResponse']],
      [
        'a header that lies',
        withHeaders(mcpRequest('modern', 'tools/call', { name: 'a' }), [['Mcp-Name', 'b']]),
        ['HeaderMismatchError'],
      ],
      [
        'a version of the future',
        withHeaders(mcpRequest('legacy', 'tools/list'), [['MCP-Protocol-Version', '2027-01-01']]),
        ['UnsupportedProtocolVersionError'],
      ],
    ],
  ],
])('the official schema of %s fits', (revision, rows) => {
  it.each(rows)('%s', async (_sentence, request, definitions) => {
    const answer = await sendRaw(plane.port, request);
    const messages = answer.headers.get('content-type') === 'text/event-stream' ? eventsOf(answer) : [answer.body];
    expect(messages).toHaveLength(definitions.length);
    definitions.forEach((definition, at) => {
      const message = JSON.parse(messages[at] ?? '') as { readonly result?: unknown };
      const isResult = definition.endsWith('Result');
      if (isResult) expect(schemaOf(revision, 'JSONRPCResultResponse').safeParse(message).error).toBeUndefined();
      expect(schemaOf(revision, definition).safeParse(isResult ? message.result : message).error).toBeUndefined();
    });
  });
});

it('the schemas refuse what they should', () => {
  expect(schemaOf('2026-07-28', 'CallToolResult').safeParse({ content: [] }).success).toBe(false);
  expect(schemaOf('2025-11-25', 'JSONRPCErrorResponse').safeParse({ jsonrpc: '2.0', id: null }).success).toBe(false);
});

function schemaOf(revision: string, definition: string): z.ZodType {
  const file = new URL(`../../fixtures/schema/${revision}.json`, import.meta.url);
  const schema = JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof z.fromJSONSchema>[0] & object;
  return z.fromJSONSchema({ ...schema, $ref: `#/$defs/${definition}` });
}
