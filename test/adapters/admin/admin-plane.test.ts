import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '../../../src/adapters/admin/admin-routes.ts';
import { createFakeAdministration, type FakeAdministration, fakeApproval } from '../../support/fake-administration.ts';
import { createFixedClock, type FixedClock } from '../../support/fixed-clock.ts';
import { sendBytes } from '../../support/raw-http.ts';
import { type RunningAdminPlane, startAdminPlane } from '../../support/start-admin-plane.ts';

let clock: FixedClock;
let administration: FakeAdministration;
let plane: RunningAdminPlane;
let token: string;

beforeEach(async () => {
  clock = createFixedClock();
  administration = createFakeAdministration(() => clock.nowMs());
  administration.approvals = [fakeApproval(clock.nowMs())];
  plane = await startAdminPlane({ administration, clock });
  token = plane.admin('approver', 'operator', 'auditor');
});

const changed = () =>
  administration.calls.filter(
    ({ method }) => !/^(list|show|read|verify|export|upstreams|approvalFigures)/.test(method),
  );
const approvePath = () => `/api/approvals/${administration.approvals[0]?.id}/approve`;

describe('a request from the page of somebody else', () => {
  it.each([
    ['bug 2: the name of another host', [['Host', 'evil.example']]],
    ['bug 3: a name that begins like ours', [['Host', 'localhost.evil.example']]],
    ['bug 11: an address before an at sign', [['Host', 'evil.example@127.0.0.1']]],
    ['the origin of another site', [['Origin', 'https://evil.example']]],
    ['the origin null', [['Origin', 'null']]],
    ['the origin of another port of this machine', [['Origin', 'http://localhost:3000']]],
  ] as const)('is refused everywhere: %s', async (_, headers) => {
    for (const path of ['/', '/healthz', '/readyz', '/api/openapi.json', '/api/audit', '/nowhere']) {
      expect((await plane.ask({ path, headers, token })).status).toBe(403);
    }
    expect(administration.calls).toEqual([]);
  });

  it.each(['Host', 'Origin', 'Authorization', 'Content-Type', 'Content-Length'])(
    'or with two %s headers is refused',
    async (name) => {
      const answer = await sendBytes(
        plane.port,
        `POST ${approvePath()} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n${name}: 0\r\n${name}: 0\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(administration.calls).toEqual([]);
    },
  );

  it('is let in from its own pages and its public URL', async () => {
    const published = await startAdminPlane({ administration, clock }, { publicUrl: 'https://admin.example.com' });
    const answer = await published.ask({
      path: '/healthz',
      headers: [
        ['Host', 'admin.example.com'],
        ['Origin', 'https://admin.example.com'],
      ],
    });
    expect(answer.status).toBe(200);
    expect((await plane.ask({ path: '/healthz', headers: [['Origin', plane.url]] })).status).toBe(200);
  });
});

describe('J19 nothing but a POST decides', () => {
  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    '%s on the path of an approval changes nothing',
    async (method) => {
      const answer = await plane.ask({ method, path: approvePath(), token });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('POST');
      expect(administration.calls).toEqual([]);
    },
  );

  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])('%s is not looked at', async (name) => {
    await plane.ask({ method: 'GET', path: approvePath(), headers: [[name, 'POST']], token });
    await plane.ask({ method: 'GET', path: `${approvePath()}?_method=POST`, token });
    await plane.ask({ method: 'GET', path: '/api/kill-switch', headers: [[name, 'POST']], token });
    expect(changed()).toEqual([]);
  });

  it('every GET of the table only reads', async () => {
    for (const { path } of ADMIN_ROUTES.filter(({ method }) => method === 'GET')) {
      await plane.ask({ path: path.replace(/\{\w+\}/, '1'), token });
    }
    expect(administration.calls.length).toBeGreaterThan(5);
    expect(changed()).toEqual([]);
  });

  it.each([
    '/api/approvals/../kill-switch',
    '/api//kill-switch',
    '/API/kill-switch',
    '/api/kill-switch/',
    '/api/approvals/%2e%2e/approve',
    '/api/approvals/%zz/approve',
    `/api/approvals/${'a'.repeat(200)}/approve`,
    '/api/approvals/a%00b/approve',
    '/api/approvals/a;b/approve',
  ])('%s leads nowhere', async (path) => {
    const answer = await plane.ask({ method: 'POST', path, token, json: {} });
    expect([404, 405]).toContain(answer.status);
    expect(administration.calls).toEqual([]);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('a body', () => {
  it.each([
    ['a form', [['Content-Type', 'application/x-www-form-urlencoded']], 'comment=x', 415],
    ['plain text that names JSON', [['Content-Type', 'text/plain; x=application/json']], '{}', 415],
    ['another kind of JSON', [['Content-Type', 'application/json-patch+json']], '{}', 415],
    ['another encoding of text', [['Content-Type', 'application/json; charset=utf-16']], '{}', 415],
    ['no type at all', [], '{}', 415],
    [
      'compression',
      [
        ['Content-Type', 'application/json'],
        ['Content-Encoding', 'gzip'],
      ],
      '{}',
      415,
    ],
    ['more than it may hold', [['Content-Type', 'application/json']], `{"comment":"${'x'.repeat(70_000)}"}`, 413],
    ['no JSON', [['Content-Type', 'application/json']], '{comment}', 400],
    ['one member twice', [['Content-Type', 'application/json']], '{"comment":"a","comment":"b"}', 400],
    ['a list', [['Content-Type', 'application/json']], '[]', 400],
    ['null', [['Content-Type', 'application/json']], 'null', 400],
  ] as const)('with %s is refused', async (_, headers, body, status) => {
    expect((await plane.ask({ method: 'POST', path: approvePath(), headers, body, token })).status).toBe(status);
    expect(administration.calls).toEqual([]);
  });

  it('sent in chunks without end is refused', async () => {
    const head = `POST ${approvePath()} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const answer = await sendBytes(plane.port, `${head}${`4000\r\n${' '.repeat(0x4000)}\r\n`.repeat(5)}`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each(['GET', 'DELETE'])('on a %s is refused', async (method) => {
    expect((await plane.ask({ method, path: '/api/kill-switch/kil_1', json: {}, token })).status).toBe(
      method === 'GET' ? 405 : 400,
    );
  });

  it('of no bytes stands for one without members', async () => {
    expect((await plane.ask({ method: 'POST', path: approvePath(), token })).status).toBe(200);
  });

  it.each([
    ['/api/approvals/a/approve', { approved: true }],
    ['/api/approvals/a/approve', { status: 'approved' }],
    ['/api/approvals/a/reject', { argsDigest: 'a'.repeat(64) }],
    ['/api/approvals/a/approve', JSON.parse('{"__proto__":{"roles":["operator"]}}') as unknown],
    ['/api/tokens', { user: 'bob', ttl: '1d', id: 'tok_1' }],
    ['/api/tokens', { user: 'bob', ttl: '1d', role: 'admin' }],
    ['/api/kill-switch', { scope: { writes: true }, reason: 'x', by: 'somebody else' }],
    ['/api/kill-switch', { scope: { writes: true, upstream: 'crm' }, reason: 'x' }],
  ])('P04 for %s may not hold %j', async (path, json) => {
    expect((await plane.ask({ method: 'POST', path, json, token })).status).toBe(400);
    expect(administration.calls).toEqual([]);
  });

  it('is told everything that is wrong with it at once', async () => {
    const json = { user: 'bob smith', plane: 'mpc', ttl: '30 days', roles: ['root'] };
    const { json: problem, status } = await plane.ask({ method: 'POST', path: '/api/tokens', json, token });
    expect(status).toBe(400);
    expect((problem.problems as { place: string }[]).map(({ place }) => place)).toEqual([
      'body.user',
      'body.plane',
      'body.roles.0',
      'body.ttl',
    ]);
    expect(JSON.stringify(problem)).not.toContain('bob smith');
  });
});

describe('a query', () => {
  it.each([
    '/api/approvals?stauts=pending',
    '/api/approvals?status=open',
    '/api/approvals?limit=0',
    '/api/approvals?limit=1e2',
    '/api/audit?after=-1',
    '/api/audit?limit=501',
    '/api/audit?limit=1&limit=2',
  ])('that is not understood is refused: %s', async (path) => {
    expect((await plane.ask({ path, token })).status).toBe(400);
    expect(administration.calls).toEqual([]);
  });
});

describe('a failure', () => {
  it.each([
    ['not-found', 404],
    ['forbidden', 403],
    ['conflict', 409],
    ['invalid', 400],
    ['unavailable', 503],
  ] as const)('of kind %s is %i with what is wrong and the next step', async (kind, status) => {
    administration.fault = { kind, message: 'what is wrong', help: 'the next step' };
    const answer = await plane.ask({ path: '/api/upstreams', token });
    expect(answer.json).toMatchObject({ status, code: kind, detail: 'what is wrong', help: 'the next step' });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('retry-after')).toBe(kind === 'unavailable' ? '1' : undefined);
  });

  it('that nobody expected is 500 without its words, and is reported', async () => {
    administration.listTokens = () => {
      throw new Error('SELECT secret_hash FROM tokens');
    };
    const answer = await plane.ask({ path: '/api/tokens', token });
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('SELECT');
    expect(plane.reports).toHaveLength(1);
  });
});

describe('health', () => {
  it('P07 says nothing of anybody, and needs no credential', async () => {
    expect((await plane.ask({ path: '/healthz' })).json).toEqual({ status: 'ok' });
    const ready = await plane.ask({ path: '/readyz' });
    expect([ready.status, ready.json]).toEqual([200, { ready: true, checks: { store: 'ok' } }]);
    administration.ready = { ready: false, checks: { store: 'failing' } };
    const red = await plane.ask({ path: '/readyz' });
    expect([red.status, red.json]).toEqual([503, { ready: false, checks: { store: 'failing' } }]);
  });
});

describe('every answer', () => {
  it.each(['/healthz', '/readyz', '/api/openapi.json', '/api/audit', '/api/tokens', '/nowhere', '/%zz'])(
    'of %s is kept by nobody and shown by no browser',
    async (path) => {
      const { headers } = await plane.ask({ path, token });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('access-control-allow-origin')).toBeUndefined();
    },
  );
});
