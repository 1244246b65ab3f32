import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AuthenticationFault, Authenticator } from '../../../src/ports/authenticator.ts';
import type { Principal } from '../../../src/core/identity/principal.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';
import { err, ok, type Result } from '../../../src/core/result.ts';
import { createNameAuthenticator } from '../../support/fake-gateway.ts';
import { ERAS, mcpRequest, withHeaders } from '../../support/mcp-request.ts';
import { sendRaw } from '../../support/raw-http.ts';
import { type RunningPlane, startMcpPlane } from '../../support/start-mcp-plane.ts';

const names = createNameAuthenticator();
let issuedFor: readonly string[] | null = null;
let asked = 0;
let fault: AuthenticationFault | 'throws' | 'rejects' | null = null;

const authenticator: Authenticator = {
  authenticate(authorization) {
    asked += 1;
    if (fault === 'throws') throw new Error('SECRET of the identity provider');
    if (fault === 'rejects') return Promise.reject(new Error('SECRET of the identity provider'));
    if (fault !== null) return Promise.resolve(err(fault));
    const known = names.authenticate(authorization) as Result<Principal, AuthenticationFault>;
    return known.ok ? ok({ ...known.value, resources: issuedFor }) : known;
  },
};

let plane: RunningPlane;
beforeAll(async () => {
  plane = await startMcpPlane({
    authenticator,
    publicUrl: 'https://mcp.example.com',
    authorizationServers: ['https://login.example.com'],
  });
});
afterEach(() => {
  fault = null;
  issuedFor = null;
  plane.gateway.reset();
});
afterAll(() => plane.plane.close());

const METADATA = 'resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"';
const SENT = `Bearer error="invalid_token", ${METADATA}`;

describe('a token that was issued for one endpoint', () => {
  const crm = 'https://mcp.example.com/mcp/notes';
  it.each([
    ['/mcp/notes', [crm], 200],
    ['/token/mcp/notes', [crm], 200],
    ['/mcp', [crm], 401],
    ['/mcp', [`${crm}/`, 'https://mcp.example.com'], 401],
    ['/mcp/notes', ['https://mcp.example.com/mcp'], 401],
    ['/mcp/notes', [], 401],
    ['/mcp', [crm, 'https://mcp.example.com/mcp'], 200],
    ['/mcp', null, 200],
  ])('at %s with the resources %j is answered with %i', async (path, resources, status) => {
    issuedFor = resources;
    const request = mcpRequest('modern', 'tools/call', { name: 'read_x' });
    expect((await sendRaw(plane.port, { ...request, path })).status).toBe(status);
    expect(plane.gateway.calls).toHaveLength(status === 200 ? 1 : 0);
  });
});

describe.each(ERAS)('in the %s era', (era) => {
  const CALL = mcpRequest(era, 'tools/call', { name: 'read_x' });

  it.each<[string, string | null, string]>([
    ['no credential', null, `Bearer ${METADATA}`],
    ['an empty header', '', SENT],
    ['a scheme alone', 'Bearer', SENT],
    ['a scheme and blanks', 'bearer   ', SENT],
    ['two blanks', 'Bearer  alice', SENT],
    ['another scheme', 'Basic YWxpY2U6eA==', SENT],
    ['two credentials', 'Bearer alice, Bearer bob', SENT],
    ['a token of nobody', 'Bearer mallory', SENT],
    ['a token of 10 kB', `Bearer ${'a'.repeat(10_000)}`, SENT],
    ['control characters', 'Bearer al\tice', SENT],
  ])('H20 %s is 401', async (_sentence, authorization, challenge) => {
    const answer = await sendRaw(plane.port, withHeaders(CALL, [['Authorization', authorization]]));
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challenge]);
    expect(plane.gateway.calls).toEqual([]);
    expect(plane.gateway.refusals).toEqual([expect.objectContaining({ reason: 'unauthenticated', principal: null })]);
  });

  it.each(['Bearer alice', 'bearer alice', 'BEARER alice'])('H20 %s is a credential', async (authorization) => {
    expect((await sendRaw(plane.port, withHeaders(CALL, [['Authorization', authorization]]))).status).toBe(200);
  });

  it.each(['throws', 'rejects'] as const)('H19 an authenticator that %s is 503, and nobody', async (how) => {
    fault = how;
    const answer = await sendRaw(plane.port, CALL);
    expect([answer.status, answer.headers.get('retry-after'), plane.gateway.calls]).toEqual([503, '5', []]);
    expect(answer.text).not.toContain('SECRET');
  });

  it('H19 an authenticator that cannot know is 503, and the log learns why', async () => {
    fault = { kind: 'unavailable', detail: 'no keys' };
    expect([(await sendRaw(plane.port, CALL)).status, plane.gateway.calls]).toEqual([503, []]);
    expect(plane.gateway.refusals).toEqual([
      expect.objectContaining({ reason: 'store_unavailable', detail: 'no keys' }),
    ]);
  });
});

it('H25 a 401 says the same whatever was wrong, and repeats nothing', async () => {
  const answers = [];
  for (const kind of ['malformed', 'invalid', 'expired', 'revoked'] as const) {
    fault = { kind, detail: `DETAIL of ${kind}` };
    const answer = await sendRaw(
      plane.port,
      withHeaders(mcpRequest('legacy', 'ping'), [['Authorization', 'Bearer CANARY']]),
    );
    answers.push(answer.text.replace(/Date: .*\r\n/, ''));
  }
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).not.toMatch(/CANARY|DETAIL/);
});

it('H25 no refusal repeats what was sent, or shows what is inside', async () => {
  const canary = 'CANARY';
  const requests = [
    { ...mcpRequest('legacy', canary), path: `/${canary}` },
    mcpRequest('legacy', canary),
    mcpRequest('modern', canary),
    mcpRequest('modern', 'tools/call', { name: canary.repeat(50) }),
    withHeaders(mcpRequest('modern', 'tools/call', { name: 'a' }), [['Mcp-Name', canary]]),
    withHeaders(mcpRequest('legacy', 'tools/list'), [['Mcp-Session-Id', canary]]),
    withHeaders(mcpRequest('legacy', 'tools/list'), [['Host', canary]]),
    withHeaders(mcpRequest('legacy', 'tools/list'), [['Origin', canary]]),
    withHeaders(mcpRequest('legacy', 'tools/list'), [['Content-Type', canary]]),
    { ...mcpRequest('legacy', 'tools/list'), body: `{"${canary}":` },
    { ...mcpRequest('legacy', 'tools/list'), body: `{"jsonrpc":"2.0","id":1,"method":"ping","${canary}":1}` },
    { ...mcpRequest('legacy', 'tools/list'), method: 'PUT', body: canary },
  ];
  for (const request of requests) {
    const answer = await sendRaw(plane.port, request);
    expect(answer.text).not.toMatch(/CANARY|node:|\.ts|\s+at /);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }
});

describe('discovery (RFC 9728)', () => {
  it.each([
    ['/.well-known/oauth-protected-resource', 'https://mcp.example.com/mcp'],
    ['/.well-known/oauth-protected-resource/mcp', 'https://mcp.example.com/mcp'],
    ['/.well-known/oauth-protected-resource/mcp/notes', 'https://mcp.example.com/mcp/notes'],
  ])('%s describes %s', async (path, resource) => {
    const answer = await sendRaw(plane.port, { method: 'GET', path });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(JSON.parse(answer.body)).toEqual({
      resource,
      authorization_servers: ['https://login.example.com'],
      bearer_methods_supported: ['header'],
      resource_name: 'Countersign',
    });
  });

  it('begins at the metadata of the very endpoint', async () => {
    const answer = await sendRaw(plane.port, {
      ...withHeaders(mcpRequest('legacy', 'ping'), [['Authorization', null]]),
      path: '/mcp/notes',
    });
    expect(answer.headers.get('www-authenticate')).toBe(`Bearer ${METADATA.replace(/mcp"$/, 'mcp/notes"')}`);
  });

  it.each(['/token/mcp', '/token/mcp/notes'])('does not exist for %s', async (path) => {
    const anonymous = withHeaders(mcpRequest('legacy', 'ping'), [['Authorization', null]]);
    const answer = await sendRaw(plane.port, { ...anonymous, path });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const wrong = await sendRaw(plane.port, { ...withHeaders(anonymous, [['Authorization', 'Bearer mallory']]), path });
    expect(wrong.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    const wellKnown = `/.well-known/oauth-protected-resource${path}`;
    expect((await sendRaw(plane.port, { method: 'GET', path: wellKnown })).status).toBe(404);
  });

  it.each(['/.well-known/oauth-protected-resource/', '/.well-known/oauth-authorization-server'])(
    '%s is nothing',
    async (path) => {
      expect((await sendRaw(plane.port, { method: 'GET', path })).status).toBe(404);
    },
  );

  it('does not tell which upstreams there are to who is not signed in', async () => {
    const answersTo = async (upstream: string): Promise<unknown> => {
      const anonymous = withHeaders(mcpRequest('legacy', 'ping'), [['Authorization', null]]);
      const call = await sendRaw(plane.port, { ...anonymous, path: `/mcp/${upstream}` });
      const path = `/.well-known/oauth-protected-resource/mcp/${upstream}`;
      const metadata = await sendRaw(plane.port, { method: 'GET', path });
      const said = [call.status, call.headers.get('www-authenticate'), call.body, metadata.status, metadata.body];
      return said.map((part) => `${part}`.replaceAll(upstream, 'NAME'));
    };
    expect(await answersTo('unknown')).toEqual(await answersTo('notes'));
  });

  it('answers no foreign Host, and no POST', async () => {
    const path = '/.well-known/oauth-protected-resource/mcp';
    expect((await sendRaw(plane.port, { method: 'GET', path, headers: [['Host', 'evil.example']] })).status).toBe(403);
    expect((await sendRaw(plane.port, { path })).status).toBe(405);
  });
});

it('/healthz answers anybody, and says nothing', async () => {
  const answer = await sendRaw(plane.port, { method: 'GET', path: '/healthz', headers: [['Host', '10.1.2.3:8420']] });
  expect([answer.status, answer.body]).toEqual([200, '{"status":"ok"}']);
});

describe('a credential that is revoked while its request arrives', () => {
  /** Resolves to the status. */
  async function sendSlowly(method: string, params: JsonObject, meanwhile: () => void): Promise<string | undefined> {
    const { headers = [], body = '' } = mcpRequest('modern', method, params);
    const text = String(body);
    const length = ['Content-Length', String(Buffer.byteLength(text))] as const;
    const lines = [...headers, length].map((each) => `${each.join(': ')}\r\n`).join('');
    const before = asked;
    const socket = connect(plane.port, '127.0.0.1');
    const answered = new Promise<string>((resolve) =>
      socket.once('data', (chunk) => resolve(chunk.toString('latin1'))),
    );
    socket.write(`POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${plane.port}\r\n${lines}\r\n${text.slice(0, 20)}`);
    await expect.poll(() => asked).toBe(before + 1);
    meanwhile();
    socket.write(text.slice(20));
    const answer = await answered;
    socket.destroy();
    return answer.split(' ', 2)[1];
  }
  const revoke = (): void => {
    fault = { kind: 'revoked', detail: 'by an operator' };
    plane.clock.advance(1000);
  };

  it.each(['tools/list', 'tools/call'])('is good for no %s', async (method) => {
    expect(await sendSlowly(method, { name: 'read_x' }, () => plane.clock.advance(1000))).toBe('200');
    plane.gateway.reset();
    expect(await sendSlowly(method, { name: 'read_x' }, revoke)).toBe('401');
    expect([plane.gateway.calls.length, plane.gateway.lists.length, plane.gateway.refusals.length]).toEqual([0, 0, 1]);
  });
});
