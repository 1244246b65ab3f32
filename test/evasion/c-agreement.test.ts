import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  attack,
  paceUnknownCaller,
  refused,
  secretsIn,
  startWorld,
  type Seen,
  type World,
} from '../support/evasion-world.ts';
import { HOSTS, type Host, metaOf } from '../support/host-request.ts';
import { ENVELOPE, parseAnswerBody } from '../support/mcp-request.ts';
import { sendBytes } from '../support/raw-http.ts';

// Class C: headers, body and path that tell two stories. The gateway acts on one, so both must tell the same.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

type Headers = readonly (readonly [string, string | null])[];
const READ = { name: 'crm__read_x' };
const HOST_MODERN: Host = '2026-07-28';
const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;

const attackWith = async (host: Host, headers: Headers): Promise<Seen> => {
  await paceUnknownCaller();
  return attack(world, host, world.request(host, { params: READ, headers }));
};

describe('a modern request whose headers tell another story', () => {
  const DISAGREES: readonly (readonly [string, Headers])[] = [
    ['C01 another tool', [['Mcp-Name', 'crm__delete_x']]],
    ['C01 the tool in another case', [['Mcp-Name', 'CRM__READ_X']]],
    ['C01 a part of the tool', [['Mcp-Name', 'crm__read_']]],
    ['C01 two tools in one', [['Mcp-Name', 'crm__read_x, crm__delete_x']]],
    ['C01 an empty name', [['Mcp-Name', '']]],
    ['C02 another method', [['Mcp-Method', 'tools/list']]],
    ['C02 the method in another case', [['Mcp-Method', 'Tools/Call']]],
    ['C02 the method encoded', [['Mcp-Method', base64('tools/call')]]],
    ['C02 no method', [['Mcp-Method', null]]],
    ['C03 no name', [['Mcp-Name', null]]],
    ['C03 no version', [['MCP-Protocol-Version', null]]],
    ['C06 another tool, encoded', [['Mcp-Name', base64('crm__delete_x')]]],
    ['C06 the tool encoded twice', [['Mcp-Name', base64(base64('crm__read_x'))]]],
    ['C06 the tool encoded in capitals', [['Mcp-Name', base64('crm__read_x').replace('base64', 'BASE64')]]],
    ['C06 the tool encoded with too much padding', [['Mcp-Name', base64('crm__read_x').replace('?=', '=?=')]]],
    ['C06 the tool encoded without padding', [['Mcp-Name', base64('crm__read_x').replace('=?=', '?=')]]],
    ['C06 what is no UTF-8, encoded', [['Mcp-Name', '=?base64?/w==?=']]],
    ['C06 nothing, encoded', [['Mcp-Name', '=?base64??=']]],
    ['C06 bytes that are no ASCII', [['Mcp-Name', 'crm__r\u00e9ad_x']]],
    ['another version', [['MCP-Protocol-Version', '2025-11-25']]],
    ['a version that nobody speaks', [['MCP-Protocol-Version', '2027-01-01']]],
    ['two versions in one', [['MCP-Protocol-Version', '2026-07-28, 2025-11-25']]],
  ];
  it.each(DISAGREES)('%s', async (_name, headers) => {
    expect(await attackWith(HOST_MODERN, headers)).toEqual(refused(400, -32020, 'malformed'));
  });

  it('C06 that encodes the very tool is an honest one', async () => {
    const headers = [['Mcp-Name', base64('crm__read_x')]] as const;
    const answer = await world.send(world.request(HOST_MODERN, { params: READ, headers }));
    expect(parseAnswerBody(answer).result).not.toHaveProperty('isError');
  });
});

describe.each(HOSTS)('a request of %s', (host) => {
  it.each<[string, Headers]>([
    ['Accept', [['Accept', 'text/html']]],
    ['an Accept that names neither', [['Accept', 'text/event-stream']]],
  ])('that takes no JSON: %s', async (_name, headers) => {
    expect(await attackWith(host, headers)).toEqual(refused(406, -32600, 'malformed'));
  });

  it('C13, C15 with headers that proxies believe acts as its sender, and passes none of them on', async () => {
    const believed: readonly (readonly [string, string])[] = [
      ['x-mcp-principal', 'bob'],
      ['mcp-init-host', 'evil.example'],
      ['x-forwarded-user', 'bob'],
      ['x-forwarded-host', 'evil.example'],
      ['x-forwarded-for', '127.0.0.1'],
      ['forwarded', 'for=127.0.0.1;host=evil.example'],
      ['x-gateway-user', 'bob'],
      ['x-user', 'bob'],
      ['router-key', 'secret-api-key'],
      ['x-app-token', 'chosen-by-the-host'],
      ['x-http-method-override', 'DELETE'],
      ['x-method-override', 'GET'],
      ['x-original-url', '/admin/kill'],
      ['x-rewrite-url', '/healthz'],
      ['cookie', 'session=bob'],
      ['proxy-authorization', 'Bearer bob'],
      ['connection', 'authorization, close'],
      ['mcp-param-region', 'us'],
      ['last-event-id', 'x'.repeat(100)],
    ];
    const bytesBefore = world.crm.bytes().length;
    await world.newEntries();
    const answer = await world.send(world.request(host, { params: READ, headers: believed }));
    expect(parseAnswerBody(answer).result).not.toHaveProperty('isError');
    const [decision] = await world.newEntries();
    expect(decision).toMatchObject({ principal: 'alice', credentialId: world.tokenIds.alice, tool: 'read_x' });
    const received = world.crm.bytes().slice(bytesBefore).toLowerCase();
    expect(received).toContain(`x-app-token: ${world.crm.credential}`);
    const reached = [
      'bob',
      'evil',
      'secret-api-key',
      'chosen-by',
      'delete',
      'cookie',
      'mcp-param',
      'last-event',
      'forwarded',
    ];
    expect(reached.filter((text) => received.includes(text))).toEqual([]);
    expect(secretsIn(world, answer.text)).toEqual([]);
  });

  it('H24 passes on nothing of the credential it came with', () => {
    const everything = world.crm.bytes() + world.mail.bytes();
    const passedOn = Object.values(world.tokens).filter((token) => everything.includes(token.slice(4, 30)));
    expect(passedOn).toEqual([]);
  });

  it.each(['/mcp?upstream=mail', '/mcp?x=/../admin', '/mcp?name=crm__delete_x&method=tools/list'])(
    'C16 to %s goes where its path says',
    async (path) => {
      const answer = await world.send(world.request(host, { params: READ, path }));
      expect(parseAnswerBody(answer).result).not.toHaveProperty('isError');
      expect(world.crm.calls().at(-1)).toMatchObject({ tool: 'read_x' });
    },
  );

  it.each(['/token/mcp', '/mcp/crm', '/token/mcp/crm'])('C16 to %s meets the same policy', async (path) => {
    const name = path.endsWith('crm') ? 'delete_x' : 'crm__delete_x';
    const seen = await attack(world, host, world.request(host, { params: { name }, path }));
    expect(seen).toEqual(refused(200, -32602, 'class_never'));
  });
});

// Looked at before the body, so before any era.
describe('a request with a header that could be read twice', () => {
  const twice = (name: string, one: string, other: string): Headers => [
    [name, one],
    [name.toLowerCase(), other],
  ];
  const REPEATED: readonly (readonly [string, () => Headers])[] = [
    ['C04 Mcp-Name', () => twice('Mcp-Name', 'crm__read_x', 'crm__delete_x')],
    ['C04 Mcp-Name, both the same', () => twice('Mcp-Name', 'crm__read_x', 'crm__read_x')],
    ['C04 Mcp-Method', () => twice('Mcp-Method', 'tools/call', 'tools/list')],
    ['C04 MCP-Protocol-Version', () => twice('MCP-Protocol-Version', HOST_MODERN, '2024-11-05')],
    ['C04 Mcp-Session-Id', () => twice('Mcp-Session-Id', world.session, 'x')],
    ['C04 a parameter', () => twice('Mcp-Param-Region', 'eu', 'us')],
    ['C05 Authorization', () => twice('Authorization', `Bearer ${world.tokens.alice}`, `Bearer ${world.tokens.bob}`)],
    ['C05 Authorization, empty first', () => twice('Authorization', '', `Bearer ${world.tokens.alice}`)],
    ['Host', () => twice('Host', 'localhost', 'localhost')],
    ['Origin', () => twice('Origin', 'https://gw.example.com', 'https://evil.example')],
    ['traceparent', () => twice('traceparent', 'x', 'y')],
    ['C12 Mcp_Name beside it', () => [['Mcp_Name', 'crm__delete_x']]],
    ['C12 MCP_PROTOCOL_VERSION', () => [['MCP_PROTOCOL_VERSION', '2025-11-25']]],
    ['C12 mcp_session_id', () => [['mcp_session_id', 'x']]],
    ['C12 mcp_param_region', () => [['mcp_param_region', 'x']]],
    ['C12 content_length', () => [['content_length', '1']]],
    ['C12 transfer_encoding', () => [['transfer_encoding', 'chunked']]],
  ];
  it.each(REPEATED)('%s', async (_name, headers) => {
    expect(await attackWith(HOST_MODERN, headers())).toEqual(refused(400, -32600, 'malformed'));
  });
});

// The path is looked at before anything that an era could change.
describe('C16 a path that is no endpoint', () => {
  const PATHS = `
    /mcp/../admin/kill /mcp/%2e%2e/admin //admin /admin;x /ADMIN/ /mcp/.. /mcp/. /mcp/ /mcp//crm //mcp /MCP /Mcp /mcp;x /mcp%20
    /mcp%2fcrm /mcp/crm/ /mcp/crm/../mail /mcp/%63rm /mcp/CRM /mcp/crm%00 /mcp/__proto__ /mcp/constructor /mcp/nobody
    /token /token/ /token/mcp/nobody /token/token/mcp /api/approvals /api/kill-switch /readyz /metrics /admin/kill
    /.well-known/oauth-protected-resource/token/mcp
    http://localhost/mcp http://evil.example/mcp * /mcp#x /healthz/../mcp
  `;
  it.each(PATHS.trim().split(/\s+/))('%s', async (path) => {
    await paceUnknownCaller();
    const seen = await attack(world, HOST_MODERN, world.request(HOST_MODERN, { params: READ, path }));
    expect(seen).toEqual(refused(404, -32600, 'malformed'));
  });
});

describe('a request of one era that dresses as another', () => {
  const modernMeta = JSON.stringify(ENVELOPE);
  const body = (meta: string, method = 'tools/call'): string =>
    `{"jsonrpc":"2.0","id":1,"method":"${method}","params":{"name":"crm__read_x","protocolVersion":"2025-11-25","_meta":${meta}}}`;
  const attackAs = (host: Host, text: string, headers: Headers = []): Promise<Seen> =>
    attack(world, host, world.request(host, { params: READ, body: text, headers }));

  it('C11 a legacy header over a modern body', async () => {
    expect(await attackAs('2025-11-25', body(modernMeta))).toEqual(refused(400, -32020, 'malformed'));
  });
  it('C11 a modern header over a legacy body', async () => {
    expect(await attackAs(HOST_MODERN, body('{}'))).toEqual(refused(400, -32602, 'malformed'));
  });
  it('C11 a legacy revision in the envelope of the modern era', async () => {
    const meta = modernMeta.replace('2026-07-28', '2025-11-25');
    const headers = [['MCP-Protocol-Version', '2025-11-25']] as const;
    expect(await attackAs(HOST_MODERN, body(meta), headers)).toEqual(refused(400, -32022, 'malformed'));
  });
  it('C11 a version that is no text', async () => {
    const meta = modernMeta.replace('"2026-07-28"', '["2026-07-28"]');
    expect(await attackAs(HOST_MODERN, body(meta))).toEqual(refused(400, -32602, 'malformed'));
  });
  it('C11 an envelope without the capabilities', async () => {
    const meta = '{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}';
    expect(await attackAs(HOST_MODERN, body(meta))).toEqual(refused(400, -32602, 'malformed'));
  });
  it('C11 neither session nor version', async () => {
    const headers = [['MCP-Protocol-Version', null]] as const;
    expect(await attackAs('2025-11-25', body('{}'), headers)).toEqual(refused(400, -32600, 'malformed'));
  });
  it('C11 a legacy session without a version, whose Mcp-Name says otherwise', async () => {
    const headers = [['Mcp-Name', 'crm__delete_x']] as const;
    expect(await attackAs('2025-11-25 in a session', body('{}'), headers)).toEqual(refused(400, -32020, 'malformed'));
  });
  it('C11 a legacy session under another legacy version', async () => {
    const headers = [['MCP-Protocol-Version', '2025-06-18']] as const;
    expect(await attackAs('2025-11-25 in a session', body('{}'), headers)).toEqual(refused(400, -32600, 'malformed'));
  });
  it('C11 initialize with the envelope of the modern era', async () => {
    const headers = [
      ['Mcp-Method', 'initialize'],
      ['Mcp-Name', null],
    ] as const;
    const seen = await attackAs(HOST_MODERN, body(modernMeta, 'initialize'), headers);
    expect(seen).toEqual(refused(404, -32601, 'method_denied'));
  });
  it('C11 a modern request with somebody’s session is no part of that session', async () => {
    const headers = [['Mcp-Session-Id', world.session]] as const;
    const request = world.request(HOST_MODERN, { params: READ, headers, token: world.tokens.carol });
    expect(await attack(world, HOST_MODERN, request)).toEqual(refused(200, -32602, 'no_rule'));
  });
});

describe('several requests on one connection', () => {
  const rawRequest = (headers: Headers, body: string): string => {
    const { headers: all = [] } = world.request(HOST_MODERN, { params: READ, headers });
    const head = all.map((pair) => `${pair.join(': ')}\r\n`).join('');
    return `POST /mcp HTTP/1.1\r\nHost: localhost\r\n${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  };
  const honestBody = (): string =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"crm__read_x",${metaOf(HOST_MODERN)}}}`;
  const statusesOf = (text: string): string[] =>
    [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? '');

  it('are each asked for their own credential', async () => {
    const text = await sendBytes(
      world.gateway.mcpPort,
      rawRequest([], honestBody()) + rawRequest([['Authorization', null]], honestBody()),
    );
    expect(statusesOf(text)).toEqual(['200', '401']);
  });

  it('are not found in the body of one that is refused unread', async () => {
    const callsBefore = world.crm.calls().length;
    const inner = rawRequest([], honestBody());
    for (const headers of [
      [['Content-Type', 'text/plain']],
      [['Authorization', null]],
      [['Origin', 'null']],
    ] as const) {
      const text = await sendBytes(world.gateway.mcpPort, rawRequest(headers, inner));
      expect(statusesOf(text)).toHaveLength(1);
    }
    expect(world.crm.calls().length).toBe(callsBefore);
  });

  it('E05 end with the first whose framing is wrong', async () => {
    const callsBefore = world.crm.calls().length;
    const broken = rawRequest([['Transfer-Encoding', 'chunked']], honestBody());
    const text = await sendBytes(world.gateway.mcpPort, broken + rawRequest([], honestBody()));
    expect(statusesOf(text)).toEqual(['400']);
    expect(world.crm.calls().length).toBe(callsBefore);
  });

  it.each<[string, (head: string) => string]>([
    ['a folded Mcp-Name', (head) => head.replace('Mcp-Name: crm__read_x', 'Mcp-Name: crm__read_x\r\n crm__delete_x')],
    ['a folded Authorization', (head) => head.replace('Authorization: Bearer ', 'Authorization: Bearer\r\n ')],
    ['lines that end in LF', (head) => head.replaceAll('\r\n', '\n')],
    ['one line that ends in LF', (head) => head.replace('localhost\r\n', 'localhost\n')],
    ['one line that ends in CR', (head) => head.replace('localhost\r\n', 'localhost\r')],
    ['a blank before the colon', (head) => head.replace('Mcp-Name:', 'Mcp-Name :')],
    ['a line without a colon', (head) => head.replace('localhost\r\n', 'localhost\r\nx\r\n')],
    ['a name that is empty', (head) => head.replace('localhost\r\n', 'localhost\r\n: x\r\n')],
    ['a name beyond ASCII', (head) => head.replace('localhost\r\n', 'localhost\r\nMcp-N\u00e4me: x\r\n')],
    ['a method in small letters', (head) => head.replace('POST', 'post')],
    ['no version', (head) => head.replace(' HTTP/1.1', '')],
    ['version 2.0, as text', (head) => head.replace('HTTP/1.1', 'HTTP/2.0')],
    ['version 1.2', (head) => head.replace('HTTP/1.1', 'HTTP/1.2')],
    ['version 1.0 and no Host', (head) => head.replace('HTTP/1.1\r\nHost: localhost', 'HTTP/1.0')],
  ])('are refused, and end there, with %s', async (_name, change) => {
    await paceUnknownCaller();
    const callsBefore = world.crm.calls().length;
    const [head = '', ...body] = rawRequest([], honestBody()).split('\r\n\r\n');
    const text = await sendBytes(
      world.gateway.mcpPort,
      Buffer.from([change(head), ...body].join('\r\n\r\n'), 'latin1'),
    );
    expect(statusesOf(text)).toEqual(['400']);
    expect(world.crm.calls().length).toBe(callsBefore);
  });

  it('take nothing from a trailer', async () => {
    await world.newEntries();
    const { headers: all = [] } = world.request(HOST_MODERN, { params: READ });
    const head = all.map((pair) => `${pair.join(': ')}\r\n`).join('');
    const body = honestBody();
    const text = await sendBytes(
      world.gateway.mcpPort,
      `POST /mcp HTTP/1.1\r\nHost: localhost\r\n${head}Trailer: Mcp-Name, Authorization\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `${body.length.toString(16)}\r\n${body}\r\n0\r\nMcp-Name: crm__delete_x\r\nAuthorization: Bearer ${world.tokens.bob}\r\n\r\n`,
    );
    expect(statusesOf(text)).toEqual(['200']);
    expect(await world.newEntries()).toMatchObject([{ principal: 'alice', tool: 'read_x' }, { kind: 'outcome' }]);
  });
});
