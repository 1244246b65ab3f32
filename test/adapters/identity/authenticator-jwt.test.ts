import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDocumentFetcher } from '../../../src/adapters/egress/document-fetcher.ts';
import { createAuthenticator } from '../../../src/adapters/identity/authenticator.ts';
import type { TrustedIssuer } from '../../../src/adapters/identity/jwt-verifier.ts';
import { createFakeTokenStore } from '../../support/fake-token-store.ts';
import { type FixedClock, createFixedClock } from '../../support/fixed-clock.ts';
import { AUDIENCE, type TestIssuer, createSigningKey, startTestIssuer } from '../../support/test-issuer.ts';

const documents = createDocumentFetcher();

const MEGABYTE = 1_000_000;
let clock: FixedClock;
let issuer: TestIssuer;
let other: TestIssuer;

beforeAll(async () => {
  clock = createFixedClock();
  issuer = await startTestIssuer(clock);
  other = await startTestIssuer(clock);
});
afterAll(() => Promise.all([issuer.close(), other.close()]));
beforeEach(() => {
  issuer.asked.length = 0;
});

const authenticate = (token: string, issuers: readonly TrustedIssuer[] = [issuer.trusted(), other.trusted()]) =>
  createAuthenticator({ tokens: createFakeTokenStore(), clock, documents }, { issuers }).authenticate(
    `Bearer ${token}`,
  );
const nowSeconds = () => Math.floor(clock.nowMs() / 1000);

describe('a good token', () => {
  it('becomes the principal that its issuer speaks of', async () => {
    const token = await issuer.sign({
      email: 'alice@example.com',
      groups: ['sales'],
      scope: 'crm.read',
      client_id: 'cursor',
    });
    const answer = await authenticate(token);
    expect(answer).toMatchObject({
      ok: true,
      value: {
        id: `${issuer.url}#alice`,
        name: 'alice@example.com',
        groups: ['sales'],
        scopes: ['crm.read'],
        client: 'cursor',
        issuer: issuer.url,
      },
    });
    const id = answer.ok ? answer.value.credentialId : '';
    expect(id).toMatch(/^jwt_[A-Za-z0-9_-]{22}$/);
    expect(token).not.toContain(id.slice(4));
  });

  it.each(['RS256', 'PS256', 'ES384', 'ES512', 'EdDSA'])(
    'is accepted under %s where the operator allows it',
    async (alg) => {
      const signer = await startTestIssuer(clock);
      signer.keys = [await createSigningKey('k', alg)];
      expect(await authenticate(await signer.sign(), [signer.trusted({ algorithms: [alg] })])).toMatchObject({
        ok: true,
      });
      expect(await authenticate(await signer.sign(), [signer.trusted({ algorithms: ['ES256'] })])).toMatchObject({
        ok: false,
      });
      await signer.close();
    },
  );

  it('has no rights where the issuer gives none', async () => {
    expect(await authenticate(await issuer.sign({ scope: '', groups: [] }))).toMatchObject({
      ok: true,
      value: { scopes: [], groups: [] },
    });
  });

  it('is accepted for any resource of this gateway, and for no other', async () => {
    const crm = `${AUDIENCE}/crm`;
    const trusted = issuer.trusted({ audiences: [AUDIENCE, crm] });
    expect(await authenticate(await issuer.sign({ aud: crm }), [trusted])).toMatchObject({ ok: true });
    expect(await authenticate(await issuer.sign({ aud: crm }))).toMatchObject({ ok: false });
  });
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (header: object) =>
  `${encode(header)}.${encode({ iss: issuer.url, aud: AUDIENCE, sub: 'alice', exp: nowSeconds() + 600 })}`;
const flip = (text: string) => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`);

interface BadToken {
  readonly what: string;
  readonly make: () => string | Promise<string>;
}

const FORGED: readonly BadToken[] = [
  ...['none', 'None', 'nOnE', ''].map((alg) => ({
    what: `H01 the algorithm ${JSON.stringify(alg)} and no signature`,
    make: () => `${unsigned({ alg })}.`,
  })),
  { what: 'H01 the algorithm none and a signature', make: () => `${unsigned({ alg: 'none' })}.AAAA` },
  {
    what: 'H02 the public key as a secret',
    make: () => {
      const input = unsigned({ alg: 'HS256', kid: 'key-1' });
      const secret = JSON.stringify(issuer.keys[0]?.publicJwk);
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    },
  },
  ...['../../etc/passwd', "' OR 1=1 --", 'https://evil.example/keys'].map((kid) => ({
    what: `H03 the key id ${kid}`,
    make: () => issuer.sign({}, { kid }),
  })),
  ...['jku', 'x5u'].map((name) => ({
    what: `H03 ${name} pointing at the issuer itself`,
    make: () => issuer.sign({}, { [name]: `${issuer.url}/keys` }),
  })),
  { what: 'H03 a key in the token', make: () => issuer.sign({}, { jwk: issuer.keys[0]?.publicJwk }) },
  { what: 'H03 a certificate in the token', make: () => issuer.sign({}, { x5c: ['MIIB'] }) },
  { what: 'H04 the audience of someone else', make: () => issuer.sign({ aud: 'https://other.example.com/mcp' }) },
  { what: 'H04 our audience and another', make: () => issuer.sign({ aud: [AUDIENCE, 'https://other.example.com'] }) },
  { what: 'H04 no audience', make: () => issuer.sign({ aud: undefined }) },
  {
    what: 'H04 an audience on a host that begins like ours',
    make: () => issuer.sign({ aud: 'https://gw.example.com.evil/mcp' }),
  },
  { what: 'H06 an unknown issuer', make: () => issuer.sign({ iss: 'https://evil.example' }) },
  { what: 'H06 the issuer with a slash', make: () => issuer.sign({ iss: `${issuer.url}/` }) },
  { what: 'H06 the issuer in capitals', make: () => issuer.sign({ iss: issuer.url.toUpperCase() }) },
  { what: 'H06 a good key of another trusted issuer', make: () => other.sign({ iss: issuer.url }) },
  { what: 'H06 no issuer', make: () => issuer.sign({ iss: undefined }) },
  { what: 'H08 an end past the skew', make: () => issuer.sign({ exp: nowSeconds() - 31 }) },
  { what: 'H08 a beginning in the future', make: () => issuer.sign({ nbf: nowSeconds() + 61 }) },
  { what: 'H08 issue in an hour', make: () => issuer.sign({ iat: nowSeconds() + 3600 }) },
  ...[String(Date.now()), 1.5e9 + 0.5, -1, 1e300, null, undefined].map((exp) => ({
    what: `H08 an end of ${JSON.stringify(exp)}`,
    make: () => issuer.sign({ exp }),
  })),
  {
    what: 'H14 a signature of zeros',
    make: async () => (await issuer.sign()).replace(/[^.]+$/, Buffer.alloc(64).toString('base64url')),
  },
  { what: 'H14 a signature in DER', make: async () => `${await issuer.sign()}AAAAAAAA` },
  { what: 'H14 half a signature', make: async () => (await issuer.sign()).slice(0, -43) },
  { what: 'H14 padding', make: async () => `${await issuer.sign()}=` },
  { what: 'H14 another alphabet', make: async () => (await issuer.sign()).replace(/.$/, '+') },
  {
    what: 'H14 a changed payload',
    make: async () => {
      const [head, , signature] = (await issuer.sign()).split('.');
      return `${head}.${encode({ iss: issuer.url, aud: AUDIENCE, sub: 'root', exp: nowSeconds() + 600 })}.${signature}`;
    },
  },
  { what: 'H14 a changed signature', make: async () => (await issuer.sign()).replace(/[^.]+$/, flip) },
  { what: 'H15 a megabyte', make: () => issuer.sign({ pad: 'x'.repeat(MEGABYTE) }) },
  {
    what: 'H15 claims nested 200 levels deep',
    make: () => issuer.sign({ deep: JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`) as unknown }),
  },
  ...[{}, 7, null, 'read  write', [['read']]].map((scope) => ({
    what: `H15 the scope ${JSON.stringify(scope)}`,
    make: () => issuer.sign({ scope }),
  })),
  { what: 'the type of a logout token', make: () => issuer.sign({}, { typ: 'logout+jwt' }) },
  { what: 'critical members', make: () => issuer.sign({}, { crit: ['b64'], b64: true }) },
];

describe('a token is refused with', () => {
  it.each(FORGED)('$what', async ({ make }) => {
    const token = await make();
    const answer = await authenticate(token);
    expect(answer.ok).toBe(false);
    const fault = answer.ok ? null : answer.error;
    expect(['malformed', 'invalid', 'expired']).toContain(fault?.kind);
    // Which check failed is for the log, and nothing of the token is.
    expect(fault?.detail.length).toBeLessThan(80);
    expect(issuer.asked.filter((path) => path !== '/keys')).toEqual([]);
  });

  it.each(['jku', 'x5u', 'jwk', 'x5c', 'crit'])('H03 %s, without any fetch', async (name) => {
    const input = unsigned({ alg: 'ES256', kid: 'key-1', [name]: `${issuer.url}/evil` });
    expect(await authenticate(`${input}.AAAA`)).toMatchObject({ ok: false });
    expect(issuer.asked).toEqual([]);
  });
});

describe('options that would weaken the check', () => {
  it.each([
    ['a symmetric algorithm', () => ({ issuers: [issuer.trusted({ algorithms: ['ES256', 'HS256'] })] })],
    ['no algorithm at all', () => ({ issuers: [issuer.trusted({ algorithms: ['none'] })] })],
    ['a skew of more than a minute', () => ({ issuers: [issuer.trusted()], clockSkewMs: 60_001 })],
    ['an issuer with a fragment', () => ({ issuers: [issuer.trusted({ issuer: 'https://login.example.com#a' })] })],
  ])('%s: are refused at start', (_, options) => {
    expect(() => createAuthenticator({ tokens: createFakeTokenStore(), clock, documents }, options())).toThrow(/./);
  });
});
