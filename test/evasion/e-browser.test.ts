import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, paceUnknownCaller, refused, type Seen, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS, type Host } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { sendRaw } from '../support/raw-http.ts';

// Class E, the part that a browser can do to a gateway on somebody's machine: media types, origins, rebound names, tokens in URLs.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

type Headers = readonly (readonly [string, string | null])[];
const READ = { name: 'crm__read_x' };

const attackWith = async (host: Host, headers: Headers, path = '/mcp'): Promise<Seen> => {
  await paceUnknownCaller();
  return attack(world, host, world.request(host, { params: READ, headers, path }));
};

const MEDIA_TYPES: readonly (readonly [string, Headers])[] = [
  ['E10 JSON in a parameter', [['Content-Type', 'text/plain; x="application/json"']]],
  ['E10 JSON behind a comma', [['Content-Type', 'text/plain, application/json']]],
  ['E10 JSON before a comma', [['Content-Type', 'application/json, text/plain']]],
  ['E10 a patch', [['Content-Type', 'application/json-patch+json']]],
  ['E10 JSON and more', [['Content-Type', 'application/jsonx']]],
  ['E10 JSON of a vendor', [['Content-Type', 'application/vnd.api+json']]],
  ['E10 JSON of another kind', [['Content-Type', 'text/json']]],
  ['E10 plain text', [['Content-Type', 'text/plain']]],
  ['E10 a form', [['Content-Type', 'application/x-www-form-urlencoded']]],
  ['E10 a form with files', [['Content-Type', 'multipart/form-data; boundary=x']]],
  ['E11 UTF-16', [['Content-Type', 'application/json; charset=utf-16']]],
  ['E11 UTF-7', [['Content-Type', 'application/json; charset=utf-7']]],
  ['E11 two charsets', [['Content-Type', 'application/json; charset=utf-8; charset=utf-16']]],
  ['E11 an unknown parameter', [['Content-Type', 'application/json; profile=x']]],
  ['E11 no type', [['Content-Type', null]]],
  ['E11 an empty type', [['Content-Type', '']]],
  [
    'E11 two types',
    [
      ['Content-Type', 'application/json'],
      ['content-type', 'text/plain'],
    ],
  ],
  ['E08 gzip', [['Content-Encoding', 'gzip']]],
  ['E08 identity, gzip', [['Content-Encoding', 'identity, gzip']]],
];

const FOREIGN: readonly (readonly [string, Headers])[] = [
  ['E15 a foreign Origin', [['Origin', 'https://evil.example']]],
  ['E15 Origin null', [['Origin', 'null']]],
  ['E15 an empty Origin', [['Origin', '']]],
  ['E15 an Origin that begins like ours', [['Origin', 'https://gw.example.com.evil.example']]],
  ['E15 an Origin that ends like ours', [['Origin', 'https://evil-gw.example.com']]],
  ['E15 our Origin over plain HTTP', [['Origin', 'http://gw.example.com']]],
  ['E15 our Origin on another port', [['Origin', 'https://gw.example.com:8443']]],
  ['E15 our Origin in capitals', [['Origin', 'HTTPS://GW.EXAMPLE.COM']]],
  ['E15 our Origin and a path', [['Origin', 'https://gw.example.com/']]],
  ['E15 another program of this machine', [['Origin', 'http://localhost:3000']]],
  ['E15 an extension', [['Origin', 'chrome-extension://abcdefghijklmnop']]],
  ['E15 a file', [['Origin', 'file://']]],
  ['E15 a Host that begins like ours', [['Host', 'localhost.evil.example']]],
  ['E15 a Host that ends like ours', [['Host', 'evil-gw.example.com']]],
  ['E15 a rebound Host', [['Host', 'evil.example']]],
  ['E15 a rebound Host with our port', [['Host', 'evil.example:8420']]],
  ['E15 a Host with a user', [['Host', 'localhost@evil.example']]],
  ['E15 a Host with a dot behind', [['Host', 'localhost.']]],
  ['E15 every address', [['Host', '0.0.0.0']]],
  ['E15 every address of IPv6', [['Host', '[::]']]],
  ['E15 another loopback address', [['Host', '127.0.0.2']]],
  ['E15 loopback as a number', [['Host', '2130706433']]],
  ['E15 loopback in IPv6 clothes', [['Host', '[::ffff:127.0.0.1]']]],
  ['E15 a Host with two ports', [['Host', 'localhost:1:2']]],
  ['E15 a Host with a port that is none', [['Host', 'localhost:x']]],
];

// These are looked at before the body, so before any era.
describe('a body that may not be JSON', () => {
  it.each(MEDIA_TYPES)('%s', async (_name, headers) => {
    expect(await attackWith('2026-07-28', headers)).toEqual(refused(415, -32600, 'malformed'));
  });
});

describe('a request that a page of another site could make', () => {
  const host = '2026-07-28';
  it.each(FOREIGN)('%s, though its credential is good', async (_name, headers) => {
    expect(await attackWith(host, headers)).toEqual(refused(403, -31005, 'malformed'));
  });

  it('E15 comes with a preflight that is not answered', async () => {
    const headers = [
      ['Origin', 'https://evil.example'],
      ['Access-Control-Request-Method', 'POST'],
      ['Access-Control-Request-Headers', 'authorization'],
    ] as const;
    await paceUnknownCaller();
    const answer = await sendRaw(world.gateway.mcpPort, { method: 'OPTIONS', headers });
    expect(answer.status).toBe(403);
    expect(answer.text.toLowerCase()).not.toContain('access-control');
  });

  it.each(['/readyz', '/healthz', '/metrics', '/api/openapi.json', '/api/audit', '/api/kill-switch'])(
    'E15 is refused at %s of the admin plane as well',
    async (path) => {
      for (const header of [
        ['Host', 'evil.example'],
        ['Origin', 'https://evil.example'],
        ['Origin', 'null'],
      ] as const) {
        const answer = await sendRaw(world.gateway.adminPort, { method: 'GET', path, headers: [header] });
        expect([path, ...header, answer.status]).toEqual([path, ...header, 403]);
      }
    },
  );

  it.each(['https://gw.example.com', null])('E15 from the origin %s is an honest one', async (origin) => {
    const answer = await world.send(world.request(host, { params: READ, headers: [['Origin', origin]] }));
    expect(answer.status).toBe(200);
    expect(answer.text.toLowerCase()).not.toContain('access-control');
  });
});

describe.each(HOSTS)('E18 a token in the URL, in a request of %s', (host) => {
  it.each([
    'access_token',
    'ACCESS_TOKEN',
    'x=1&access_token',
    'access_token=&access_token',
    'access%5Ftoken',
    '%61%63%63%65%73%73%5f%74%6f%6b%65%6e',
    'access%255Ftoken',
    'x=%zz&access%5ftoken',
    'access_token[]',
    'x=1;access_token',
  ])('?%s= is refused beside a good header, and written nowhere', async (name) => {
    const path = `/mcp?${name}=${world.tokens.alice}`;
    expect(await attackWith(host, [], path)).toEqual(refused(401, -31004, 'unauthenticated'));
  });

  it.each(['access_token', '%61ccess_token', 'token', 'authorization', 'api_key'])(
    '?%s= alone is none',
    async (name) => {
      const path = `/mcp?${name}=${world.tokens.alice}`;
      const seen = await attackWith(host, [['Authorization', null]], path);
      expect(seen).toEqual(refused(401, -31004, 'unauthenticated'));
    },
  );

  it('nor is one in a cookie, in the body or in another header', async () => {
    const { alice } = world.tokens;
    const places: readonly Headers[] = [
      [['Cookie', `access_token=${alice}; Authorization=Bearer ${alice}`]],
      [['X-Authorization', `Bearer ${alice}`]],
      [['X-Api-Key', alice]],
      [['Proxy-Authorization', `Bearer ${alice}`]],
    ];
    for (const headers of places) {
      const seen = await attackWith(host, [['Authorization', null], ...headers]);
      expect(seen).toEqual(refused(401, -31004, 'unauthenticated'));
    }
    const params = { ...READ, access_token: alice, _meta: { authorization: `Bearer ${alice}` } };
    await paceUnknownCaller();
    const seen = await attack(world, host, world.request(host, { params, headers: [['Authorization', null]] }));
    expect(seen).toEqual(refused(401, -31004, 'unauthenticated'));
  });

  it('the method of a call cannot be another than POST', async () => {
    const request = world.request(host, { params: READ });
    for (const method of ['GET', 'PUT', 'PATCH', 'HEAD']) {
      await paceUnknownCaller();
      const answer = await sendRaw(world.gateway.mcpPort, { ...request, method });
      // In a session, GET asks for its event stream, which this request says that it does not take alone.
      expect([method, [405, 406].includes(answer.status)]).toEqual([method, true]);
    }
    const honest = await world.send(request);
    expect(parseAnswerBody(honest).result).not.toHaveProperty('isError');
  });
});
