import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '../../src/adapters/admin/admin-routes.ts';
import { ask, decide, type Deciders, issueDeciders, statusOf } from '../support/approvals-desk.ts';
import { callHonestly, secretsIn, startWorld, type World } from '../support/evasion-world.ts';
import { sendBytes, sendRaw } from '../support/raw-http.ts';
import { startIn } from '../support/run-gateway.ts';

// Class P: the plane on which people decide. Nothing of the other plane opens it, and nothing in a request is more than it says.

let world: World;
let deciders: Deciders;
beforeAll(async () => {
  world = await startWorld();
  deciders = await issueDeciders(world);
});
afterAll(() => world.close());

const ROUTES = ADMIN_ROUTES.map(({ method, path }) => [method, path] as const);
const fill = (path: string): string =>
  path.replace('{id}', 'apr_AAAAAAAAAAAAAAAAAAAAAA').replace('{seq}', '1').replace('{name}', 'crm');
const HONEST_BODIES: readonly (readonly [end: string, body: object])[] = [
  ['/api/tokens', { user: 'x', ttl: '1h' }],
  ['/api/accounts', { user: 'x', password: 'y'.repeat(12), roles: ['viewer'] }],
  ['/password', { password: 'y'.repeat(12) }],
  ['/edit', { arguments: {} }],
  ['kill-switch', { scope: { all: true }, reason: 'x' }],
  ['/policy/explain', { as: 'x', tool: 'crm/get' }],
  ['/policy/simulate', { as: 'x' }],
  [
    '/approvals/batch',
    {
      decision: 'reject',
      approvals: [{ id: 'apr_0000000000000000000000', argsDigest: 'a'.repeat(64) }],
    },
  ],
];
const honestBody = (path: string): object => HONEST_BODIES.find(([end]) => path.endsWith(end))?.[1] ?? {};
/** What could have been changed. */
const picture = async (): Promise<string> => {
  const texts = [];
  for (const path of ['/api/tokens', '/api/kill-switch', '/api/approvals'])
    texts.push((await world.gateway.admin('GET', path)).body);
  return texts.join('\n');
};

describe('P01 a credential that is no administrator’s', () => {
  it.each<[string, () => string | null, number]>([
    ['none', () => null, 401],
    ['empty', () => '', 401],
    ['a requester’s token', () => world.tokens.alice, 403],
    ['a requester’s token, dressed for this plane', () => world.tokens.alice.replace('csm', 'csa'), 401],
    ['an operator’s token, cut', () => world.gateway.operator.slice(0, -1), 401],
    ['an operator’s token in capitals', () => world.gateway.operator.toUpperCase(), 401],
    ['an access token of some issuer', () => 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA', 403],
    ['two tokens', () => `${world.tokens.alice}, Bearer ${world.gateway.operator}`, 401],
  ])('opens no route and changes nothing: %s', async (_name, token, status) => {
    const before = await picture();
    for (const [method, path] of ROUTES) {
      const body = method === 'POST' ? honestBody(path) : undefined;
      const answer = await world.gateway.admin(method, fill(path), body, token());
      expect([method, path, [status, 429].includes(answer.status)]).toEqual([method, path, true]);
      expect(secretsIn(world, answer.text)).toEqual([]);
    }
    expect(await picture()).toBe(before);
  });

  it('does not keep out an administrator, however often it was tried', async () => {
    for (let round = 0; round < 30; round++) await world.gateway.admin('GET', '/api/tokens', undefined, 'x');
    expect((await world.gateway.admin('GET', '/api/tokens', undefined, 'x')).status).toBe(429);
    expect((await world.gateway.admin('GET', '/api/tokens')).status).toBe(200);
  });
});

describe('P01 a role that is not enough', () => {
  const ROLES = ['viewer', 'auditor', 'approver', 'operator'] as const;
  const MAY: Readonly<Record<string, readonly (typeof ROLES)[number][]>> = {
    'GET /api/approvals': ROLES,
    'GET /api/approvals/{id}': ROLES,
    'GET /api/approvals/figures': ['operator', 'approver', 'auditor'],
    'POST /api/approvals/batch': ['approver'],
    'POST /api/approvals/{id}/approve': ['approver'],
    'POST /api/approvals/{id}/reject': ['approver'],
    'GET /api/holds': ['auditor', 'operator', 'viewer'],
    'POST /api/approvals/{id}/edit': ['approver'],
    'GET /api/kill-switch': ROLES,
    'POST /api/kill-switch': ['operator'],
    'DELETE /api/kill-switch/{id}': ['operator'],
    'GET /api/audit': ROLES,
    'GET /api/audit/{seq}': ROLES,
    'GET /api/audit/export': ['auditor'],
    'GET /api/audit/verify': ROLES,
    'GET /api/tokens': ['auditor', 'operator'],
    'POST /api/tokens': ['operator'],
    'DELETE /api/tokens/{id}': ['operator'],
    'GET /api/accounts': ['auditor', 'operator'],
    'POST /api/accounts': ['operator'],
    'POST /api/accounts/{id}/password': ['operator'],
    'DELETE /api/accounts/{id}': ['operator'],
    'GET /api/upstreams': ROLES,
    'GET /api/upstreams/{name}/tools': ['auditor', 'approver', 'operator'],
    'GET /api/policy': ROLES,
    'GET /api/policy/shadow': ROLES,
    'POST /api/policy/explain': ['auditor', 'approver', 'operator'],
    'POST /api/policy/simulate': ['auditor', 'approver', 'operator'],
    'GET /api/pins': ['auditor', 'approver', 'operator'],
    'GET /api/pins/{id}': ['auditor', 'approver', 'operator'],
    'POST /api/pins/{id}/approve': ['operator'],
    'POST /api/pins/{id}/reject': ['operator'],
  };

  it('is said of every route', () => {
    expect(ROUTES.map((route) => route.join(' ')).toSorted()).toEqual(Object.keys(MAY).toSorted());
  });

  it.each(ROLES)('%s', async (role) => {
    const { token } = await world.gateway.issue({
      user: `only-${role}`,
      plane: 'admin',
      roles: [role],
      groups: ['leads'],
    });
    world.canaries.push(token);
    for (const [method, path] of ROUTES) {
      if (MAY[`${method} ${path}`]?.includes(role) === true) continue;
      const body = method === 'POST' ? honestBody(path) : undefined;
      const answer = await world.gateway.admin(method, fill(path), body, token);
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
    const { json } = await world.gateway.admin('GET', '/api/audit?limit=500', undefined, token);
    const entries = json['entries'] as readonly object[];
    expect(entries.some((entry) => 'arguments' in entry)).toBe(role === 'auditor');
  });
});

describe('P02, P04 a request that says more than its route knows', () => {
  /** Of the arguments that an approver may propose; other routes take less. */
  const LONGEST_BODY = 512 * 1024;
  const MORE = [
    ['command', ['sh', '-c', 'id']],
    ['args', ['x']],
    ['env', { PATH: '.' }],
    ['url', 'http://127.0.0.1:9'],
    ['role', 'admin'],
    ['approved', true],
    ['id', 'apr_AAAAAAAAAAAAAAAAAAAAAA'],
    ['constructor', {}],
  ] as const;

  it.each(ROUTES.filter(([method]) => method === 'POST'))(
    '%s %s refuses every member that it has not',
    async (_method, path) => {
      const { approvalId } = await ask(world, { for: path });
      const before = await picture();
      const target = path.replace('{id}', approvalId);
      const token = path.includes('approvals') ? deciders.olivia.token : world.gateway.operator;
      for (const [name, value] of MORE) {
        const body = { ...honestBody(path), [name]: value };
        expect([name, (await world.gateway.admin('POST', target, body, token)).status]).toEqual([name, 400]);
      }
      const texts = [
        '{"__proto__":{"roles":["operator"]}}',
        '[]',
        '"x"',
        '1',
        '{',
        '{"reason":"a","reason":"b"}',
        `{"a":${'['.repeat(100)}`,
      ];
      for (const text of texts) {
        expect([text, (await world.gateway.admin('POST', target, text, token)).status]).toEqual([text, 400]);
      }
      const large = JSON.stringify({ ...honestBody(path), comment: 'x'.repeat(LONGEST_BODY + 1) });
      expect((await world.gateway.admin('POST', target, large, token)).status).toBe(413);
      expect(await picture()).toBe(before);
    },
  );

  it('P02 no route takes a program, and none is offered that makes an upstream', async () => {
    const { json } = await world.gateway.admin('GET', '/api/openapi.json', undefined, null);
    expect(Object.keys(json['paths'] as object).length).toBeGreaterThan(5);
    const operations = Object.values(json['paths'] as Record<string, object>).flatMap((path) => Object.values(path));
    const taken = JSON.stringify(operations.map(({ requestBody, parameters }: Operation) => [requestBody, parameters]));
    expect(taken).not.toMatch(/"(?:command|args|env|cwd)"/);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const body = { name: 'evil', command: ['sh', '-c', 'id'] };
      const answer = await world.gateway.admin(method, '/api/upstreams', method === 'POST' ? body : undefined);
      expect([method, answer.status]).toEqual([method, 405]);
    }
    for (const path of ['/api/upstreams/test', '/api/test', '/api/upstreams/crm', '/api/config', '/api/shutdown']) {
      expect([path, (await world.gateway.admin('POST', path, { command: ['id'] })).status]).toEqual([path, 404]);
    }
  });

  const PATHS = `
    /api/tokens/ //api/tokens /API/tokens /api/../api/tokens /api/%74okens /api/tokens;x /api/approvals/../tokens
    /api/tokens#x http://127.0.0.1/api/tokens http://evil.example/api/tokens * /api/tokens%00 /mcp /mcp/crm /token/mcp /api /api/ /admin /api/approvals/%2e%2e/tokens /api/tokens/%2e%2e/kill-switch
  `;
  it.each(PATHS.trim().split(/\s+/))('%s is nothing', async (path) => {
    const answer = await world.gateway.admin('GET', path);
    expect([path, [404, 405].includes(answer.status)]).toEqual([path, true]);
    expect(answer.body).not.toContain('tok_');
  });

  it.each(['', ' HTTP/2.0', ' HTTP/0.9', ' HTTP/3'])(
    'a request line that ends in %j is no request',
    async (version) => {
      const head = `Host: localhost\r\nAuthorization: Bearer ${world.gateway.operator}\r\n\r\n`;
      const text = await sendBytes(world.gateway.adminPort, `GET /api/tokens${version}\r\n${head}`);
      expect(text).toMatch(/^HTTP\/1\.1 400/);
      expect(text).not.toContain('tok_');
    },
  );

  it('a switch in chunks of HTTP/1.0, which has none, is not pulled', async () => {
    const body = JSON.stringify({ scope: { all: true }, reason: 'smuggled' });
    const head = `POST /api/kill-switch HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer ${world.gateway.operator}\r\n`;
    const framing = 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    const bytes = `${head}${framing}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    expect(await sendBytes(world.gateway.adminPort, bytes)).toMatch(/^HTTP\/1\.1 400/);
    expect((await world.gateway.admin('GET', '/api/kill-switch')).json).toEqual({ killSwitches: [] });
  });

  it.each([
    '?limit=0',
    '?limit=1000000',
    '?limit=-1',
    '?limit=1e2',
    '?limit=1&limit=500',
    '?limit[]=5',
    '?status=__proto__',
    '?status=pending&status=approved',
    '?unknown=1',
    '?__proto__=1',
    '?status=pending%00',
  ])('/api/approvals%s is refused', async (query) => {
    expect((await world.gateway.admin('GET', `/api/approvals${query}`)).status).toBe(400);
  });
});

describe('P03 the first credential', () => {
  it('is random, and readable by its owner alone', () => {
    const file = join(world.gateway.home.dir, 'data', 'operator-token');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(world.gateway.operator).toMatch(/^csa_[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{44}$/);
  });

  it.each(['', 'admin', 'secret-api-key', 'changeme', 'countersign', 'operator', 'demo', 'null', 'undefined'])(
    'is never %j',
    async (token) => {
      const answer = await world.gateway.admin('GET', '/api/tokens', undefined, token);
      expect([401, 429]).toContain(answer.status);
    },
  );

  it('is not made again once there are administrators', async () => {
    const own = await startWorld();
    try {
      const { operator, home } = own.gateway;
      await own.gateway.stop();
      own.gateway = await startIn(home);
      expect(own.gateway.operator).toBe(operator);
      expect((await own.gateway.admin('GET', '/api/tokens')).status).toBe(200);
      const { json } = await own.gateway.admin('GET', '/api/tokens');
      const operators = (json['tokens'] as readonly { user: string }[]).filter(({ user }) => user === 'operator');
      expect(operators).toHaveLength(1);
    } finally {
      await own.close();
    }
  });
});

describe('P07 what needs no credential', () => {
  it.each(['/healthz', '/readyz', '/api/openapi.json', '/metrics', '/', '/favicon.ico'])(
    '%s tells nothing of anybody',
    async (path) => {
      for (const port of [world.gateway.adminPort, world.gateway.mcpPort]) {
        const answer = await sendRaw(port, { method: 'GET', path });
        expect(secretsIn(world, answer.text)).toEqual([]);
        // Their names would be told first.
        expect(answer.text).not.toMatch(/alice|olivia|read_x|tok_|crm|127\.0\.0\.1:/);
      }
    },
  );
});

describe('P09 what an administrator does', () => {
  it('is in the log, each thing once, with who did it', async () => {
    await world.newEntries();
    const { approvalId } = await ask(world, { for: 'the log' });
    await decide(world, approvalId, 'approve', deciders.olivia.token, { comment: 'fine by me' });
    const issued = await world.gateway.issue({ user: 'lisa', groups: ['staff'] });
    await world.gateway.admin('DELETE', `/api/tokens/${issued.id}`);
    const killed = await world.gateway.admin('POST', '/api/kill-switch', {
      scope: { tool: 'crm/none' },
      reason: 'drill',
    });
    await world.gateway.admin('DELETE', `/api/kill-switch/${String(killed.json['id'])}`);
    await world.gateway.admin('GET', '/api/audit?limit=20');
    const entries = (await world.newEntries()).filter(({ kind }) => kind !== 'decision');
    expect(entries).toMatchObject([
      { kind: 'approval', change: 'requested', approvalId, by: null },
      { kind: 'approval', change: 'approved', approvalId, by: 'olivia', comment: 'fine by me' },
      { kind: 'token', change: 'created', user: 'lisa', plane: 'mcp', by: 'operator' },
      { kind: 'token', change: 'revoked', user: 'lisa', by: 'operator' },
      { kind: 'kill-switch', change: 'on', scope: { tool: 'crm/none' }, by: 'operator' },
      { kind: 'kill-switch', change: 'off', by: 'operator' },
      { kind: 'gateway', change: 'payload-read', by: 'operator' },
    ]);
    expect(await statusOf(world, approvalId)).toBe('approved');
    expect(secretsIn(world, JSON.stringify(entries))).toEqual([]);
  });

  it('leaves the other plane as it was', async () => {
    await expect(callHonestly(world, '2026-07-28')).resolves.toBeUndefined();
  });
});

/** As much of the description of an operation as says what it takes. */
interface Operation {
  readonly requestBody?: object;
  readonly parameters?: readonly object[];
}
