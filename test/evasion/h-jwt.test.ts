import { createHmac, createPublicKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, decide } from '../support/approvals-desk.ts';
import { attack, paceUnknownCaller, refused, type Seen, startWorld, type World } from '../support/evasion-world.ts';
import { initialize } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { AUDIENCE, createSigningKey, startTestIssuer, type TestIssuer } from '../support/test-issuer.ts';

// Class H for access tokens of issuers that the operator trusts: two issuers with the same people, and one that nobody can reach.

const clock = { nowMs: () => Date.now() };
const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const MODERN = '2026-07-28';
const READ = { name: 'crm__read_x' };
const STAFF = { groups: ['staff'] };
const unauthenticated = refused(401, -31004, 'unauthenticated');

let login: TestIssuer;
let other: TestIssuer;
let world: World;
/** Requests that a token talked the gateway into. */
let lured = 0;
const lure = createServer((_request, response) => {
  lured += 1;
  response.end('{"keys":[]}');
});

beforeAll(async () => {
  login = await startTestIssuer(clock);
  other = await startTestIssuer(clock);
  await new Promise<void>((resolve) => lure.listen(0, '127.0.0.1', resolve));
  const issuers = [login.url, other.url, 'http://127.0.0.1:1'].map(
    (issuer) => `{ issuer: "${issuer}", algorithms: [ES256], jwksUri: "${issuer}/keys", claims: { groups: groups } }`,
  );
  world = await startWorld({ config: `identity: { issuers: [${issuers.join(', ')}] }\n` });
});
afterAll(async () => {
  await world.close();
  await login.close();
  await other.close();
  lure.close();
});

const attackWith = async (token: string, name = READ.name): Promise<Seen> => {
  await paceUnknownCaller();
  return attack(world, MODERN, world.request(MODERN, { params: { name }, token }));
};
const isAccepted = async (token: string): Promise<boolean> => {
  const answer = await world.send(world.request(MODERN, { params: READ, token }));
  return answer.status === 200 && parseAnswerBody(answer).result?.['isError'] !== true;
};
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (claims: object = {}): object => ({
  iss: login.url,
  aud: AUDIENCE,
  sub: 'alice',
  iat: nowSeconds(),
  exp: nowSeconds() + 600,
  ...STAFF,
  ...claims,
});
/** Signs what a library would refuse to sign. */
const signAnything = async (claims: string, header: Record<string, unknown> = {}): Promise<string> => {
  const [key] = login.keys;
  if (key === undefined) throw new Error('the issuer has no key');
  const head = part({ alg: 'ES256', kid: key.kid, typ: 'at+jwt', ...header });
  const text = `${head}.${Buffer.from(claims).toString('base64url')}`;
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await crypto.subtle.sign(algorithm, key.privateKey, Buffer.from(text));
  return `${text}.${Buffer.from(signature).toString('base64url')}`;
};
const lureUrl = (): string => `http://127.0.0.1:${(lure.address() as AddressInfo).port}/keys`;

it('an honest token is accepted, with whatever rights it has', async () => {
  expect(await isAccepted(await login.sign(STAFF))).toBe(true);
  expect(await attackWith(await login.sign())).toEqual(refused(200, -32602, 'no_rule'));
});

describe('H01, H02 a token that nobody signed', () => {
  it.each(['none', 'None', 'nOnE', '', 'HS256', 'RS256', 'ES384', 'es256'])('alg %j', async (alg) => {
    const head = part({ alg, kid: 'key-1', typ: 'at+jwt' });
    const signature = alg === 'none' ? '' : 'A'.repeat(86);
    expect(await attackWith(`${head}.${part(claimsOf())}.${signature}`)).toEqual(unauthenticated);
  });

  it('H02 but with the public key as the secret of an HMAC', async () => {
    const publicJwk = login.keys[0]?.publicJwk ?? {};
    const pem = createPublicKey({ key: { ...publicJwk }, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    for (const secret of [String(pem), String(pem).trim(), JSON.stringify(publicJwk), publicJwk.x ?? '']) {
      const text = `${part({ alg: 'HS256', kid: 'key-1' })}.${part(claimsOf())}`;
      const signature = createHmac('sha256', secret).update(text).digest('base64url');
      expect(await attackWith(`${text}.${signature}`)).toEqual(unauthenticated);
    }
  });

  it('but with claims of another token behind a good signature', async () => {
    const [head = '', , signature = ''] = (await login.sign()).split('.');
    expect(await attackWith(`${head}.${part(claimsOf())}.${signature}`)).toEqual(unauthenticated);
  });
});

describe('H03 a header that says where its key is', () => {
  it.each<[string, () => Record<string, unknown>]>([
    ['jku', () => ({ jku: lureUrl() })],
    ['x5u', () => ({ x5u: lureUrl() })],
    ['jwk', () => ({ jwk: login.keys[0]?.publicJwk })],
    ['x5c', () => ({ x5c: ['MIIB'] })],
    ['a key id that is a path', () => ({ kid: '../../../../dev/null' })],
    ['a key id that is a URL', () => ({ kid: lureUrl() })],
    ['a key id that is SQL', () => ({ kid: "x' UNION SELECT 'secret' --" })],
    ['a key id that is a list', () => ({ kid: ['key-1'] })],
    ['a key id of every object', () => ({ kid: '__proto__' })],
    ['rules that nobody knows', () => ({ crit: ['exp'], exp: 1 })],
    ['a detached payload', () => ({ b64: false, crit: ['b64'] })],
    ['a compressed payload', () => ({ zip: 'DEF' })],
    ['the type of a proof', () => ({ typ: 'dpop+jwt' })],
    ['the type of an id token of logout', () => ({ typ: 'logout+jwt' })],
  ])('%s', async (_name, header) => {
    expect(await attackWith(await signAnything(JSON.stringify(claimsOf()), header()))).toEqual(unauthenticated);
    expect(lured).toBe(0);
  });
});

describe('H04, H06 a token for somebody else, or of somebody else', () => {
  it.each<[string, () => Record<string, unknown>]>([
    ['no audience', () => ({ aud: undefined })],
    ['another audience', () => ({ aud: 'https://other.example.com/mcp' })],
    ['our origin', () => ({ aud: 'https://gw.example.com' })],
    ['our audience and a slash', () => ({ aud: `${AUDIENCE}/` })],
    ['our audience in capitals', () => ({ aud: AUDIENCE.toUpperCase() })],
    ['our audience on its standard port', () => ({ aud: 'https://gw.example.com:443/mcp' })],
    ['our audience over plain HTTP', () => ({ aud: 'http://gw.example.com/mcp' })],
    ['an audience that begins like ours', () => ({ aud: 'https://gw.example.com/mcp.evil.example' })],
    ['a host that begins like ours', () => ({ aud: 'https://gw.example.com.evil.example/mcp' })],
    ['a path below ours', () => ({ aud: `${AUDIENCE}/nobody` })],
    ['our audience and another', () => ({ aud: [AUDIENCE, 'https://other.example.com'] })],
    ['an empty list', () => ({ aud: [] })],
    ['a list in a list', () => ({ aud: [[AUDIENCE]] })],
    ['an object', () => ({ aud: { 0: AUDIENCE } })],
    ['no issuer', () => ({ iss: undefined })],
    ['the issuer and a slash', () => ({ iss: `${login.url}/` })],
    ['the issuer in capitals', () => ({ iss: login.url.toUpperCase() })],
    ['an issuer that nobody trusts', () => ({ iss: 'https://evil.example' })],
    ['a list of issuers', () => ({ iss: [login.url] })],
    ['the other issuer, which we trust as well', () => ({ iss: other.url })],
  ])('%s', async (_name, claims) => {
    expect(await attackWith(await login.sign({ ...STAFF, ...claims() }))).toEqual(unauthenticated);
  });

  it('H04 an audience that is one endpoint is good there and nowhere else', async () => {
    const token = await login.sign({ ...STAFF, aud: `${AUDIENCE}/crm` });
    const at = (path: string, name: string) => world.request(MODERN, { path, params: { name }, token });
    for (const path of ['/mcp/crm', '/token/mcp/crm']) {
      expect(parseAnswerBody(await world.send(at(path, 'read_x'))).result).not.toHaveProperty('isError');
    }
    expect(await attackWith(token)).toEqual(unauthenticated);
    for (const path of ['/mcp/mail', '/token/mcp', '/token/mcp/mail']) {
      await paceUnknownCaller();
      expect(await attack(world, MODERN, at(path, 'read_x'))).toEqual(unauthenticated);
    }
  });
});

describe('H08 a token of another time', () => {
  it.each<[string, () => Record<string, unknown>]>([
    ['expired, skew and a second ago', () => ({ exp: nowSeconds() - 31 })],
    ['never expiring', () => ({ exp: undefined })],
    ['expiring as a text', () => ({ exp: String(nowSeconds() + 600) })],
    ['expiring in a fraction', () => ({ exp: nowSeconds() + 600.5 })],
    ['expiring before the epoch', () => ({ exp: -1 })],
    ['expiring after all days', () => ({ exp: 1e300 })],
    ['expiring in milliseconds', () => ({ exp: Date.now() + 600_000 })],
    ['expiring as null', () => ({ exp: null })],
    ['not yet good', () => ({ nbf: nowSeconds() + 120 })],
    ['not yet good, as a text', () => ({ nbf: '0' })],
    ['issued in an hour', () => ({ iat: nowSeconds() + 3600 })],
    ['issued as true', () => ({ iat: true })],
  ])('%s', async (_name, claims) => {
    expect(await attackWith(await login.sign({ ...STAFF, ...claims() }))).toEqual(unauthenticated);
  });

  it('is not believed a moment longer than it says', async () => {
    const token = await login.sign({ ...STAFF, exp: nowSeconds() - 28 });
    const request = world.request(MODERN, { params: READ, token });
    await expect.poll(async () => (await world.send(request)).status, { interval: 200 }).toBe(401);
  });
});

describe('H14 a signature in another spelling', () => {
  it.each<[string, (token: string) => string]>([
    ['padding', (token) => `${token}==`],
    ['the other alphabet', (token) => token.replaceAll('-', '+').replaceAll('_', '/')],
    ['bits that say nothing', (token) => token.slice(0, -1) + nextCharacter(token)],
    ['cut by a byte', (token) => token.slice(0, -2)],
    ['a byte more', (token) => `${token}AA`],
    ['zeros', (token) => token.replace(/[^.]+$/, 'A'.repeat(86))],
    ['the last part twice', (token) => `${token}.${token.split('.')[2]}`],
    ['no payload', (token) => token.replace(/\.[^.]+\./, '..')],
    ['a part less', (token) => token.slice(0, token.lastIndexOf('.'))],
    ['five parts', (token) => `${token}.AA.AA`],
    ['as JSON', (token) => Buffer.from(JSON.stringify({ payload: token.split('.')[1] })).toString('base64url')],
  ])('%s', async (_name, change) => {
    // One signature in fifteen has neither of the letters in which the alphabets differ.
    let token = await login.sign(STAFF);
    while (change(token) === token) token = await login.sign(STAFF);
    expect(await attackWith(change(token))).toEqual(unauthenticated);
  });

  it('that is as good as the first (s and n − s) makes the same person and the same credential of it', async () => {
    const token = await login.sign(STAFF);
    const [head = '', claims = '', signature = ''] = token.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
    const flipped = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
    await world.newEntries();
    expect(await isAccepted(token)).toBe(true);
    expect(await isAccepted(`${head}.${claims}.${flipped.toString('base64url')}`)).toBe(true);
    const decided = (await world.newEntries()).filter(({ kind }) => kind === 'decision');
    expect(decided).toHaveLength(2);
    expect(decided[1]?.['credentialId']).toBe(decided[0]?.['credentialId']);
  });
});

describe('H15, H16, H17 claims that are more or other than they should be', () => {
  it.each<[string, () => Record<string, unknown>]>([
    ['no subject', () => ({ sub: undefined })],
    ['an empty subject', () => ({ sub: '' })],
    ['a subject that is a list', () => ({ sub: ['alice'] })],
    ['a subject of 256 characters', () => ({ sub: 'a'.repeat(256) })],
    ['a subject with a line feed', () => ({ sub: 'alice\nbob' })],
    ['groups that are a text', () => ({ groups: 'staff' })],
    ['groups that are an object', () => ({ groups: { staff: true } })],
    ['groups in a list in a list', () => ({ groups: [['staff']] })],
    ['groups that are null', () => ({ groups: null })],
    ['a group that is a number', () => ({ groups: ['staff', 1] })],
    ['257 groups', () => ({ groups: Array.from({ length: 257 }, (_, index) => `g${index}`) })],
    ['scopes that are an object', () => ({ scope: {} })],
    ['scopes that are a number', () => ({ scope: 1 })],
    ['scopes with two blanks', () => ({ scope: 'crm.read  crm.export' })],
    ['scopes with a tab', () => ({ scope: 'crm.read\tcrm.export' })],
    ['scopes with a blank behind', () => ({ scope: 'crm.export ' })],
    ['1,000 scopes', () => ({ scope: Array.from({ length: 1000 }, (_, index) => `s${index}`).join(' ') })],
    ['a client that is a list', () => ({ client_id: ['host'] })],
    ['a name that is an object', () => ({ name: {} })],
    ['200 levels', () => ({ deep: JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`) as unknown })],
  ])('%s', async (_name, claims) => {
    expect(await attackWith(await login.sign({ ...STAFF, ...claims() }))).toEqual(unauthenticated);
  });

  it('a claim twice', async () => {
    const text = JSON.stringify(claimsOf()).replace('"sub":"alice"', '"sub":"bob","sub":"alice"');
    expect(await attackWith(await signAnything(text))).toEqual(unauthenticated);
    expect(await isAccepted(await signAnything(JSON.stringify(claimsOf())))).toBe(true);
  });

  it.each<[string, unknown]>([
    ['none', undefined],
    ['an empty text', ''],
    ['an empty list', []],
    ['another', 'crm.read'],
    ['a longer one', 'crm.exports'],
    ['one in capitals', 'CRM.EXPORT'],
    ['everything', '*'],
  ])('H17 scopes that are not the one that is asked for: %s', async (_name, scope) => {
    const token = await login.sign({ ...STAFF, scope });
    expect(await attackWith(token, 'crm__export_x')).toEqual(refused(200, 'isError', 'scope_missing'));
  });

  it('H15 a token of 1 MB costs nothing', async () => {
    const headers = [['Authorization', `Bearer ${'a'.repeat(1_000_000)}`]] as const;
    const seen = await attack(world, MODERN, world.request(MODERN, { params: READ, headers }));
    expect(seen).toEqual(refused(431, null));
  });
});

describe('who a token is about', () => {
  const SESSION = '2025-11-25 in a session';

  it('G04 stays the same person through the same client with a new token, and nobody else does', async () => {
    const first = await login.sign({ ...STAFF, sub: 'ivan', client_id: 'host-1', jti: '1' });
    const session = await initialize(world.gateway.mcpPort, first);
    const headers = [['Mcp-Session-Id', session]] as const;
    const as = (token: string) => world.request(SESSION, { params: READ, token, headers });
    const renewed = await login.sign({ ...STAFF, sub: 'ivan', client_id: 'host-1', jti: '2' });
    expect((await world.send(as(renewed))).status).toBe(200);
    // The rights are those of the token that comes, not of the one that opened the session.
    const narrowed = await login.sign({ sub: 'ivan', client_id: 'host-1', groups: [] });
    expect(await attack(world, SESSION, as(narrowed))).toEqual(refused(200, -32602, 'no_rule'));
    const unknown = refused(404, -31006, 'malformed');
    const others = [
      { sub: 'igor', client_id: 'host-1' },
      { sub: 'ivan', client_id: 'host-2' },
      { sub: 'ivan', azp: 'host-1', client_id: 'x' },
    ];
    for (const claims of others) {
      expect(await attack(world, SESSION, as(await login.sign({ ...STAFF, ...claims })))).toEqual(unknown);
    }
    const elsewhere = await other.sign({ ...STAFF, sub: 'ivan', client_id: 'host-1' });
    expect(await attack(world, SESSION, as(elsewhere))).toEqual(unknown);
  });

  it('is said by the issuer and the subject together: alice of one is not alice of another, nor of the gateway', async () => {
    await world.newEntries();
    for (const issuer of [login, other]) await isAccepted(await issuer.sign({ ...STAFF, name: 'alice' }));
    await isAccepted(world.tokens.alice);
    const decided = (await world.newEntries()).filter(({ kind }) => kind === 'decision');
    expect(decided.map((entry) => entry['principal'])).toEqual([`${login.url}#alice`, `${other.url}#alice`, 'alice']);
  });
});

describe('J05 a requester of an issuer', () => {
  it.each([
    ['by the subject', { sub: 'judith', name: 'Judith Smith' }, 'judith'],
    ['by the name', { sub: '7f3a-91', name: 'judith@example.com' }, 'judith@example.com'],
    ['by the name in another case', { sub: '7f3a-91', name: 'Judith' }, 'judith'],
  ])('does not approve their own call as an administrator who is known %s', async (_known, claims, user) => {
    const token = await login.sign({ ...STAFF, ...claims });
    const { approvalId } = await ask(world, { user }, { token });
    const wish = { user, plane: 'admin', roles: ['approver'], groups: ['leads'] } as const;
    const own = await world.gateway.issue(wish);
    expect((await decide(world, approvalId, 'approve', own.token)).status).toBe(403);
    const other = await world.gateway.issue({ ...wish, user: 'olivia' });
    expect((await decide(world, approvalId, 'approve', other.token)).status).toBe(200);
  });
});

describe('H10, H11, H12 keys', () => {
  it('of an issuer that cannot be reached let nobody in, and no one else is hurt', async () => {
    const token = await login.sign({ ...STAFF, iss: 'http://127.0.0.1:1' });
    expect(await attackWith(token)).toEqual(refused(503, -31001, 'store_unavailable'));
  });

  it('that nobody knows cost the issuer one fetch, however many tokens name them', async () => {
    const before = login.asked.length;
    const stranger = await createSigningKey('stranger');
    const keys = login.keys;
    login.keys = [stranger];
    const tokens = await Promise.all(
      Array.from({ length: 100 }, (_, index) => login.sign({ ...STAFF, n: index }, { kid: `kid-${index}` })),
    );
    login.keys = keys;
    const answers = await Promise.all(
      tokens.map((token) => world.send(world.request(MODERN, { params: READ, token }))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(login.asked.length - before).toBeLessThanOrEqual(1);
    expect(await isAccepted(await login.sign(STAFF))).toBe(true);
  });
});

/** The last of 86 characters holds two bits that decoders leave out. */
function nextCharacter(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(token.at(-1) ?? 'A') + 1] ?? 'B';
}
