import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, paceUnknownCaller, refused, secretsIn, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';

// Class H for the tokens that the gateway issues itself: nearly right is wrong, and less is never more.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const MODERN = '2026-07-28';
const READ = { name: 'crm__read_x' };
const unauthenticated = refused(401, -31004, 'unauthenticated');

const attackAs = async (authorization: string | null, host: (typeof HOSTS)[number] = MODERN) => {
  await paceUnknownCaller();
  return attack(world, host, world.request(host, { params: READ, headers: [['Authorization', authorization]] }));
};
const alice = (): string => world.tokens.alice;

describe('H18 a token that is nearly right', () => {
  it.each<[string, () => string]>([
    ['cut by one character', () => alice().slice(0, -1)],
    ['with one character more', () => `${alice()}A`],
    ['its beginning', () => alice().slice(0, 27)],
    ['its id alone', () => world.tokenIds.alice],
    ['its secret alone', () => alice().slice(27)],
    ['in capitals', () => alice().toUpperCase()],
    ['with a prefix in capitals', () => alice().replace('csm', 'CSM')],
    ['with the prefix of the admin plane', () => alice().replace('csm', 'csa')],
    ['with another secret', () => alice().replace(/.{44}$/, 'A'.repeat(44))],
    ['with the secret of somebody else', () => alice().slice(0, 27) + world.tokens.bob.slice(27)],
    ['with one other character in its secret', () => `${alice().slice(0, -1)}${alice().endsWith('A') ? 'B' : 'A'}`],
    ['of an id that nobody has', () => alice().replace(/^csm_.{22}/, `csm_${'A'.repeat(22)}`)],
    ['with digits of another script', () => alice().replace(/\d/, '\u0660')],
    ['with padding', () => `${alice()}==`],
    ['in base64', () => Buffer.from(alice()).toString('base64')],
    ['twice', () => alice() + alice()],
    ['of the admin plane', () => world.gateway.operator],
    ['of an operator, dressed for this plane', () => world.gateway.operator.replace('csa', 'csm')],
    ['that is the hash of itself', () => 'a'.repeat(64)],
    ['named like a member of every object', () => '__proto__'],
    ['of 9 kB', () => 'a'.repeat(9000)],
  ])('%s', async (_name, token) => {
    const seen = await attackAs(`Bearer ${token()}`);
    expect(seen).toEqual(unauthenticated);
  });
});

describe('H20 a header that is nearly right', () => {
  it.each<[string, () => string | null]>([
    ['none', () => null],
    ['empty', () => ''],
    ['the scheme alone', () => 'Bearer'],
    ['the scheme and a blank', () => 'Bearer '],
    ['two blanks', () => `Bearer  ${alice()}`],
    ['a tab', () => `Bearer\t${alice()}`],
    ['no scheme', () => alice()],
    ['no blank', () => `Bearer${alice()}`],
    ['a colon', () => `Bearer: ${alice()}`],
    ['quotes', () => `Bearer "${alice()}"`],
    ['a parameter', () => `Bearer token=${alice()}`],
    ['two tokens', () => `Bearer ${alice()} ${alice()}`],
    ['two credentials, the good one first', () => `Bearer ${alice()}, Bearer x`],
    ['two credentials, the good one last', () => `Basic eDp5, Bearer ${alice()}`],
    ['Basic', () => `Basic ${Buffer.from(`alice:${alice()}`).toString('base64')}`],
    ['Basic with the token as it is', () => `Basic ${alice()}`],
    ['another scheme', () => `Token ${alice()}`],
    ['a bound token without its proof', () => `DPoP ${alice()}`],
    ['Negotiate', () => 'Negotiate YIIB'],
    ['a thousand schemes', () => 'Bearer '.repeat(1000)],
  ])('%s', async (_name, header) => {
    expect(await attackAs(header())).toEqual(unauthenticated);
  });

  it.each(HOSTS)('the scheme may be in any case: %s', async (host) => {
    for (const scheme of ['bearer', 'BEARER', 'BeArEr']) {
      const headers = [['Authorization', `${scheme} ${alice()}`]] as const;
      const answer = await world.send(world.request(host, { params: READ, headers }));
      expect([scheme, answer.status]).toEqual([scheme, 200]);
    }
  });
});

describe('H16, H17 rights that are nearly enough', () => {
  const withScopes = async (scopes: readonly string[], groups: readonly string[] = ['staff']): Promise<string> =>
    (await world.gateway.issue({ user: 'gina', groups, scopes })).token;

  it.each<[string, readonly string[]]>([
    ['none', []],
    ['a longer one', ['crm.exports']],
    ['a shorter one', ['crm.expor']],
    ['one that it begins with', ['crm']],
    ['one in capitals', ['CRM.EXPORT']],
    ['a pattern', ['crm.*']],
    ['everything', ['*']],
    ['a list in one', ['crm.export,crm.read']],
    ['another one', ['crm.read']],
    ['many others', ['a', 'b', 'export', 'crm.', '.export']],
  ])('a credential with the scopes: %s', async (_name, scopes) => {
    const token = await withScopes(scopes);
    const params = { name: 'crm__export_x' };
    const seen = await attack(world, MODERN, world.request(MODERN, { params, token }));
    expect(seen).toEqual(refused(200, 'isError', 'scope_missing'));
  });

  it.each<[string, readonly string[]]>([
    ['none', []],
    ['in capitals', ['Staff']],
    ['longer', ['staffs']],
    ['with the prefix that roles of the console have', ['group:staff']],
    ['everything', ['*']],
    ['the approvers', ['leads']],
  ])('a person in the groups: %s', async (_name, groups) => {
    const token = await withScopes(['crm.export'], groups);
    for (const name of ['crm__read_x', 'crm__export_x']) {
      const seen = await attack(world, MODERN, world.request(MODERN, { params: { name }, token }));
      expect(seen).toEqual(refused(200, -32602, 'no_rule'));
    }
  });

  it('exactly enough is enough', async () => {
    const token = await withScopes(['crm.read', 'crm.export']);
    const answer = await world.send(world.request(MODERN, { params: { name: 'crm__export_x' }, token }));
    expect(parseAnswerBody(answer).result).not.toHaveProperty('isError');
  });

  it.each<[string, object]>([
    ['scopes that are a text', { scopes: 'crm.export' }],
    ['scopes that are an object', { scopes: {} }],
    ['scopes that are null', { scopes: null }],
    ['an empty scope', { scopes: [''] }],
    ['a scope with a blank', { scopes: ['crm.export crm.read'] }],
    ['an empty group', { groups: [''] }],
    ['groups that are an object', { groups: { 0: 'staff' } }],
    ['a user that could be somebody of an issuer', { user: 'https://login.example.com#alice' }],
    ['a user with a blank', { user: 'alice ' }],
    ['a user in another script', { user: 'alic\u0435' }],
    ['no user', { user: '' }],
    ['a life without end', { ttl: '1000d' }],
    ['no life', { ttl: '0s' }],
    ['a life before birth', { ttl: '-1h' }],
    ['roles on the MCP plane', { roles: ['operator'] }],
    ['no role on the admin plane', { plane: 'admin' }],
    ['a role that is none', { plane: 'admin', roles: ['root'] }],
  ])('a token with %s is not issued', async (_name, wish) => {
    const answer = await world.gateway.admin('POST', '/api/tokens', { user: 'gina', ttl: '1h', ...wish });
    expect([answer.status, answer.json['code']]).toEqual([400, 'invalid']);
    expect(answer.body).not.toContain('csm_');
  });
});

describe('H21 a token that was good', () => {
  it.each(HOSTS)('is refused from its revocation on: %s', async (host) => {
    const { id, token } = await world.gateway.issue({ user: 'hugo', groups: ['staff'] });
    const own = host.includes('session') ? '2025-11-25' : host;
    const request = world.request(own, { params: READ, token });
    expect((await world.send(request)).status).toBe(200);
    await world.gateway.admin('DELETE', `/api/tokens/${id}`);
    await paceUnknownCaller();
    expect(await attack(world, own, request)).toEqual(unauthenticated);
  });

  it('ends the call that runs under it when it is revoked', async () => {
    const { id, token } = await world.gateway.issue({ user: 'hugo', groups: ['staff'] });
    const callsBefore = world.crm.calls().length;
    const running = world.send(world.request(MODERN, { params: { name: 'crm__slow_x' }, token }));
    await expect.poll(() => world.crm.calls().length).toBe(callsBefore + 1);
    await world.gateway.admin('DELETE', `/api/tokens/${id}`);
    expect(parseAnswerBody(await running).result).toMatchObject({ isError: true });
  });

  it('is refused once it is expired, though it was good a moment before', async () => {
    const { token } = await world.gateway.issue({ user: 'hugo', groups: ['staff'], ttl: '5s' });
    const request = world.request(MODERN, { params: READ, token });
    expect((await world.send(request)).status).toBe(200);
    await expect.poll(async () => (await world.send(request)).status, { interval: 100 }).toBe(401);
    await paceUnknownCaller();
    expect(await attack(world, MODERN, request)).toEqual(unauthenticated);
  });
});

describe('H25 a refusal', () => {
  it('says the same of every credential that is not accepted, and repeats nothing of it', async () => {
    const wrong = [alice().slice(0, -1), world.gateway.operator, 'a.b.c', 'x', alice().toUpperCase(), '"><script>'];
    const answers = [];
    for (const token of wrong) {
      await paceUnknownCaller();
      const headers = [['Authorization', `Bearer ${token}`]] as const;
      answers.push(await world.send(world.request(MODERN, { params: READ, headers })));
    }
    const texts = answers.map(({ text }) => text.replace(/^Date: .*$/m, ''));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain(
      'WWW-Authenticate: Bearer error="invalid_token", resource_metadata="https://gw.example.com/.well-known/oauth-protected-resource/mcp"',
    );
    expect(secretsIn(world, ...texts)).toEqual([]);
  });
});

it('H24 nothing of any credential ever reached an upstream', () => {
  const received = world.crm.bytes() + world.mail.bytes();
  const { alice: a, bob, carol } = world.tokens;
  expect([a, bob, carol, world.gateway.operator].filter((token) => received.includes(token.slice(27)))).toEqual([]);
  expect(received.toLowerCase()).not.toContain('authorization');
});
