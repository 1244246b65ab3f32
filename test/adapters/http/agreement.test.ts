import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ERAS,
  mcpRequest,
  openSession,
  parseAnswerBody,
  sessionRequest,
  withHeaders,
} from '../../support/mcp-request.ts';
import { sendRaw } from '../../support/raw-http.ts';
import { type RunningPlane, startMcpPlane } from '../../support/start-mcp-plane.ts';

let plane: RunningPlane;
beforeAll(async () => {
  plane = await startMcpPlane({ publicUrl: 'https://mcp.example.com' });
});
afterEach(() => plane.gateway.reset());
afterAll(() => plane.plane.close());

const CALL = mcpRequest('modern', 'tools/call', { name: 'read_x' });

describe('a modern request', () => {
  it.each<[string, readonly (readonly [string, string | null])[], number]>([
    ['C01 whose Mcp-Name names another tool', [['Mcp-Name', 'delete_x']], -32020],
    ['C02 whose Mcp-Method names another method', [['Mcp-Method', 'tools/list']], -32020],
    ['C03 without Mcp-Name', [['Mcp-Name', null]], -32020],
    ['without Mcp-Method', [['Mcp-Method', null]], -32020],
    ['without MCP-Protocol-Version', [['MCP-Protocol-Version', null]], -32020],
    ['with another MCP-Protocol-Version', [['MCP-Protocol-Version', '2025-11-25']], -32020],
    ['C06 whose Mcp-Name decodes to another tool', [['Mcp-Name', '=?base64?ZGVsZXRlX3g=?=']], -32020],
    ['C06 whose Mcp-Name is not well encoded', [['Mcp-Name', '=?base64?cmVhZF94====?=']], -32020],
    ['whose Mcp-Name has bytes outside ASCII', [['Mcp-Name', 'r\u00e9ad_x']], -32020],
    [
      'C04 with Mcp-Name twice',
      [
        ['Mcp-Name', 'read_x'],
        ['Mcp-Name', 'delete_x'],
      ],
      -32600,
    ],
    [
      'C04 with Mcp-Name twice the same',
      [
        ['Mcp-Name', 'read_x'],
        ['mcp-name', 'read_x'],
      ],
      -32600,
    ],
    [
      'C04 with Mcp-Method twice',
      [
        ['Mcp-Method', 'tools/call'],
        ['MCP-METHOD', 'tools/list'],
      ],
      -32600,
    ],
    [
      'C04 with MCP-Protocol-Version twice',
      [
        ['MCP-Protocol-Version', '2026-07-28'],
        ['MCP-Protocol-Version', '2025-11-25'],
      ],
      -32600,
    ],
    [
      'C04 with any Mcp-Param twice',
      [
        ['Mcp-Param-Region', 'a'],
        ['mcp-param-region', 'b'],
      ],
      -32600,
    ],
    [
      'C05 with Authorization twice',
      [
        ['Authorization', 'Bearer alice'],
        ['Authorization', 'Bearer bob'],
      ],
      -32600,
    ],
    [
      'with Host twice',
      [
        ['Host', '127.0.0.1'],
        ['Host', 'mcp.example.com'],
      ],
      -32600,
    ],
    [
      'with Origin twice',
      [
        ['Origin', 'https://mcp.example.com'],
        ['Origin', 'https://evil.example'],
      ],
      -32600,
    ],
    ['C12 with Mcp_Name beside it', [['Mcp_Name', 'delete_x']], -32600],
    ['C12 with MCP_PROTOCOL_VERSION', [['MCP_PROTOCOL_VERSION', '2025-11-25']], -32600],
    ['C12 with Mcp_Session-Id', [['Mcp_Session-Id', 'x']], -32600],
    ['C12 with content_length', [['content_length', '1']], -32600],
    ['C12 with mcp_param_region', [['mcp_param_region', 'x']], -32600],
  ])('%s is refused, reaches nobody and is recorded once', async (_sentence, changes, code) => {
    const answer = await sendRaw(plane.port, withHeaders(CALL, changes));
    expect([answer.status, parseAnswerBody(answer).error?.code]).toEqual([400, code]);
    expect(plane.gateway.calls).toEqual([]);
    expect(plane.gateway.refusals).toEqual([expect.objectContaining({ reason: 'malformed', httpStatus: 400 })]);
  });

  it.each<[string, readonly (readonly [string, string | null])[]]>([
    ['an encoded Mcp-Name', [['Mcp-Name', '=?base64?cmVhZF94?=']]],
    ['header names in another case', [['MCP-NAME', 'read_x']]],
    ['a Mcp-Param that nothing asked for', [['Mcp-Param-Region', 'us']]],
    ['a session id, which modern requests do not have', [['Mcp-Session-Id', 'session_of_somebody_else']]],
    ['a last event id', [['Last-Event-ID', 'x'.repeat(100)]]],
    ['a version of text/event-stream first', [['Accept', 'text/event-stream, application/json;q=0.5']]],
    ['no Accept', [['Accept', null]]],
    ['any Accept', [['Accept', '*/*']]],
    ['UTF-8 said out loud', [['Content-Type', 'application/json; charset=UTF-8']]],
    ['the Content-Type in capitals', [['Content-Type', 'Application/JSON']]],
    ['identity as encoding', [['Content-Encoding', 'identity']]],
    ['the name of the public URL as Host', [['Host', 'mcp.example.com']]],
    ['the Host in capitals with a port', [['Host', 'MCP.EXAMPLE.COM:443']]],
    ['localhost as Host', [['Host', 'localhost:1']]],
    ['IPv6 loopback as Host', [['Host', '[::1]:8420']]],
    ['the origin of the public URL', [['Origin', 'https://mcp.example.com']]],
    [
      'headers of proxies and gateways',
      [
        ['X-Forwarded-Host', 'evil'],
        ['X-Forwarded-User', 'bob'],
        ['X-Gateway-User', 'bob'],
      ],
    ],
    [
      'C13 headers that look internal',
      [
        ['X-Mcp-Principal', 'bob'],
        ['mcp-init-host', 'evil'],
        ['router-key', 'secret-api-key'],
      ],
    ],
    [
      'C15 headers that override',
      [
        ['X-HTTP-Method-Override', 'DELETE'],
        ['X-Original-URL', '/admin/kill'],
        ['X-Rewrite-URL', '/x'],
      ],
    ],
    [
      'an upgrade that is not taken up',
      [
        ['Upgrade', 'h2c'],
        ['HTTP2-Settings', 'AAMAAABkAAQAoAAAAAIAAAAA'],
      ],
    ],
  ])('with %s is served, for the one who is authenticated', async (_sentence, changes) => {
    const answer = await sendRaw(plane.port, withHeaders(CALL, changes));
    expect([answer.status, plane.gateway.calls.map(({ context }) => context.principal.name)]).toEqual([200, ['alice']]);
    expect(answer.headers.has('mcp-session-id')).toBe(false);
  });
});

describe('a legacy request', () => {
  it('C11 whose Mcp-Name says otherwise is refused, though no legacy revision has the header', async () => {
    const session = await openSession(plane.port);
    const request = sessionRequest(session, 'tools/call', { name: 'delete_x' });
    const answer = await sendRaw(plane.port, withHeaders(request, [['Mcp-Name', 'read_x']]));
    expect([answer.status, plane.gateway.calls]).toEqual([400, []]);
  });

  it('with an envelope of the modern era is modern, whatever its headers say', async () => {
    const answer = await sendRaw(plane.port, withHeaders(CALL, [['MCP-Protocol-Version', '2025-06-18']]));
    expect([answer.status, parseAnswerBody(answer).error?.code]).toEqual([400, -32020]);
  });
});

describe.each(ERAS)('C16 in the %s era', (era) => {
  it.each([
    '/mcp/../admin/kill',
    '/mcp/%2e%2e/admin',
    '/mcp/..%2fadmin',
    '/%6dcp',
    '/mcp%00',
    '/mcp/%zz',
    '//mcp',
    '/mcp/',
    '/mcp//',
    '/mcp;x',
    '/mcp/notes;x',
    '/mcp/notes/',
    '/mcp/NOTES',
    '/mcp/unknown',
    '/mcp/notes/tools',
    '/MCP',
    '/./mcp',
    '/token/../mcp',
    '/token/mcp/',
    '/token',
    '/admin',
    '/ADMIN/',
    '//admin',
    '/admin;x',
    '/api/kill-switch',
    '/metrics',
    '/readyz',
    '/',
    '*',
    'http://127.0.0.1/mcp',
    `/mcp/${'a'.repeat(300)}`,
  ])('%s is nothing', async (path) => {
    const answer = await sendRaw(plane.port, { ...mcpRequest(era, 'tools/call', { name: 'read_x' }), path });
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain(path.slice(1) || 'never');
    expect([plane.gateway.calls.length, plane.gateway.refusals.length]).toEqual([0, 1]);
  });

  it.each([
    ['/mcp', { kind: 'all' }],
    ['/mcp?x=y', { kind: 'all' }],
    ['/mcp/notes', { kind: 'one', upstream: 'notes' }],
    ['/token/mcp', { kind: 'all' }],
    ['/token/mcp/notes', { kind: 'one', upstream: 'notes' }],
  ])('%s is an endpoint', async (path, endpoint) => {
    const answer = await sendRaw(plane.port, { ...mcpRequest(era, 'tools/call', { name: 'read_x' }), path });
    expect([answer.status, plane.gateway.calls[0]?.context.endpoint]).toEqual([200, endpoint]);
  });

  it.each([
    'Delete_X',
    ' delete_x',
    'delete_x ',
    'delete\u200b_x',
    'd\u0435lete_x',
    '\uff44elete',
    '*',
    '.*',
    'a|b',
    '__proto__',
    'constructor',
  ])('D01, D02, D03, D14 the name %j reaches the gateway as it was sent, and no other', async (name) => {
    const request = mcpRequest(era, 'tools/call', { name });
    const encoded = `=?base64?${Buffer.from(name).toString('base64')}?=`;
    const answer = await sendRaw(
      plane.port,
      era === 'modern' ? withHeaders(request, [['Mcp-Name', encoded]]) : request,
    );
    expect([answer.status, plane.gateway.calls.map(({ exposedName }) => exposedName)]).toEqual([200, [name]]);
  });
});
