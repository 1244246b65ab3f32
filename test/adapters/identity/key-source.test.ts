import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDocumentFetcher } from '../../../src/adapters/egress/document-fetcher.ts';
import { createAuthenticator } from '../../../src/adapters/identity/authenticator.ts';
import type { JwtOptions, TrustedIssuer } from '../../../src/adapters/identity/jwt-verifier.ts';
import { KEY_SOURCE_LIMITS } from '../../../src/adapters/identity/key-source.ts';
import { createFakeTokenStore } from '../../support/fake-token-store.ts';
import { type FixedClock, createFixedClock } from '../../support/fixed-clock.ts';
import { type TestIssuer, createSigningKey, startTestIssuer } from '../../support/test-issuer.ts';

const documents = createDocumentFetcher();

const { coolDownMs, freshMs, staleMsMax } = KEY_SOURCE_LIMITS;
const ONE_MINUTE_MS = 60_000;
let clock: FixedClock;
let issuer: TestIssuer;

beforeEach(async () => {
  clock = createFixedClock();
  issuer = await startTestIssuer(clock);
});
afterEach(() => issuer.close());

function gateway(fields: Partial<TrustedIssuer> = {}, keys: JwtOptions['keys'] = {}) {
  const options = { issuers: [issuer.trusted(fields)], keys };
  const authenticator = createAuthenticator({ tokens: createFakeTokenStore(), clock, documents }, options);
  return async (token: string) => {
    const answer = await authenticator.authenticate(`Bearer ${token}`);
    return answer.ok ? 'accepted' : answer.error.kind;
  };
}
const fetches = () => issuer.asked.filter((path) => path === '/keys').length;
const longLived = () => issuer.sign({ exp: Math.floor(clock.nowMs() / 1000) + 30 * 86_400 });

describe('made-up tokens while the issuer does not answer', () => {
  it.each([
    ['that name unknown keys', coolDownMs],
    ['when the keys are no longer fresh', freshMs],
  ])('H11 keep nobody else from being authenticated, however many arrive: %s', async (_which, afterMs) => {
    const tokens = createFakeTokenStore();
    const authenticator = createAuthenticator({ tokens, clock, documents }, { issuers: [issuer.trusted()] });
    const authenticate = async (token: string): Promise<boolean> =>
      (await authenticator.authenticate(`Bearer ${token}`)).ok;
    const honest = await issuer.sign();
    expect(await authenticate(honest)).toBe(true);
    clock.advance(afterMs);
    const asked: ServerResponse[] = [];
    issuer.instead = (_request, response) => void asked.push(response);

    const [, payload, signature] = honest.split('.');
    const flood = Array.from({ length: 400 }, (_, number) => {
      const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: `made up ${number}` })).toString('base64url');
      return authenticate(`${header}.${payload}.${signature}`);
    });
    await expect.poll(() => asked.length).toBe(1);
    expect(await authenticate(await issuer.sign({ sub: 'bob' }))).toBe(true);
    expect(await authenticate(tokens.issue().text)).toBe(true);
    for (const response of asked) response.destroy();
    expect(new Set(await Promise.all(flood))).toEqual(new Set([false]));
  });
});

describe('keys', () => {
  it('are fetched once for many tokens', async () => {
    const authenticate = gateway();
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, n) => issuer.sign({ sub: `user-${n}` })));
    expect(new Set(await Promise.all(tokens.map(authenticate)))).toEqual(new Set(['accepted']));
    expect(fetches()).toBe(1);
  });

  it('H10 with a new id are accepted at once after one more fetch', async () => {
    const authenticate = gateway();
    expect(await authenticate(await issuer.sign())).toBe('accepted');
    clock.advance(coolDownMs);
    issuer.keys.push(await createSigningKey('key-2'));
    expect(await authenticate(await issuer.sign())).toBe('accepted');
    expect(fetches()).toBe(2);
  });

  it('H10 with a new id wait for the end of the cool-down, and no refusal is kept that long', async () => {
    const authenticate = gateway();
    expect(await authenticate(await issuer.sign())).toBe('accepted');
    issuer.keys.push(await createSigningKey('key-2'));
    const token = await issuer.sign();
    expect(await authenticate(token)).toBe('invalid');
    clock.advance(coolDownMs);
    expect(await authenticate(token)).toBe('accepted');
  });

  it('H10 that were withdrawn are refused when the keys are no longer fresh', async () => {
    const authenticate = gateway();
    const token = await longLived();
    expect(await authenticate(token)).toBe('accepted');
    issuer.keys = [await createSigningKey('key-2')];
    clock.advance(freshMs);
    expect(await authenticate(token)).toBe('invalid');
  });

  it('H11 are fetched at most once in a cool-down, whatever ids tokens name', async () => {
    const authenticate = gateway();
    const good = await issuer.sign();
    expect(await authenticate(good)).toBe('accepted');
    const head = (kid: string) => Buffer.from(JSON.stringify({ alg: 'ES256', kid })).toString('base64url');
    const rest = good.slice(good.indexOf('.'));
    for (let second = 0; second < 10; second++) {
      clock.advance(1000);
      const bad = Array.from({ length: 100 }, (_, n) => `${head(`${second}-${n}`)}${rest}`);
      expect(new Set(await Promise.all(bad.map(authenticate)))).toEqual(new Set(['invalid']));
    }
    expect(fetches()).toBeLessThanOrEqual(1 + 10_000 / coolDownMs);
    expect(await authenticate(good)).toBe('accepted');
  });

  it('H12 serve on while the issuer is down, but not for ever', async () => {
    const authenticate = gateway();
    const token = await longLived();
    expect(await authenticate(token)).toBe('accepted');
    issuer.instead = (_, response) => response.writeHead(500).end();
    clock.advance(staleMsMax - 1);
    expect(await authenticate(token)).toBe('accepted');
    clock.advance(ONE_MINUTE_MS);
    expect(await authenticate(token)).toBe('unavailable');
    issuer.instead = null;
    clock.advance(coolDownMs);
    expect(await authenticate(token)).toBe('accepted');
  });

  it('that could not be fetched are asked for again only after the cool-down', async () => {
    const authenticate = gateway();
    issuer.instead = (_, response) => response.writeHead(503).end();
    const token = await issuer.sign();
    expect(await authenticate(token)).toBe('unavailable');
    issuer.instead = null;
    expect(await authenticate(token)).toBe('unavailable');
    expect(fetches()).toBe(1);
    clock.advance(coolDownMs);
    expect(await authenticate(token)).toBe('accepted');
  });
});

describe('H12 an answer is refused that', () => {
  const chunk = 'x'.repeat(64 * 1024);
  const endless = (response: ServerResponse) => {
    const more = () => {
      while (response.write(chunk)) if (response.destroyed) return;
    };
    response.on('drain', more);
    more();
  };
  const keys = (count: number) => ({ keys: Array.from({ length: count }, (_, n) => ({ kty: 'EC', kid: `${n}` })) });

  it.each<[string, (response: ServerResponse) => void]>([
    ['never begins', () => undefined],
    ['never ends', (response) => endless(response.writeHead(200))],
    ['has 10,000 keys', (response) => response.end(JSON.stringify(keys(10_000)))],
    ['has 101 keys', (response) => response.end(JSON.stringify(keys(101)))],
    ['is HTML', (response) => response.end('<html>Sign in</html>')],
    ['is no key set', (response) => response.end('{}')],
    ['shows a private key', (response) => response.end(JSON.stringify({ keys: [{ kty: 'EC', d: 'x' }] }))],
    ['has a status of 404', (response) => response.writeHead(404).end(JSON.stringify({ keys: [] }))],
    [
      'breaks off',
      (response) => response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy()),
    ],
    ['says the same member twice', (response) => response.end('{"keys":[],"keys":[]}')],
  ])('%s', async (_, answer) => {
    issuer.instead = (_request, response) => answer(response);
    expect(await gateway({}, { fetchTimeoutMs: 200 })(await issuer.sign())).toBe('unavailable');
  });

  it('redirects, and where it leads is not asked', async () => {
    issuer.instead = (_request, response) => {
      response.writeHead(302, { location: `${issuer.url}/internal` }).end();
    };
    expect(await gateway()(await issuer.sign())).toBe('unavailable');
    expect(issuer.asked).toEqual(['/keys']);
  });

  it('comes from nobody', async () => {
    const token = await issuer.sign();
    expect(await gateway({ jwksUri: 'http://127.0.0.1:1/keys' })(token)).toBe('unavailable');
  });
});

describe('discovery', () => {
  it('finds the keys through the metadata of the issuer', async () => {
    expect(await gateway({ jwksUri: null })(await issuer.sign())).toBe('accepted');
    expect(issuer.asked).toEqual([
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server',
      '/keys',
    ]);
  });

  it.each([
    ['of another issuer', (url: string) => ({ issuer: 'https://evil.example', jwks_uri: `${url}/keys` })],
    ['without keys', (url: string) => ({ issuer: url })],
    ['with keys behind plain http elsewhere', (url: string) => ({ issuer: url, jwks_uri: 'http://10.0.0.1/keys' })],
    ['with keys in a file', (url: string) => ({ issuer: url, jwks_uri: 'file:///etc/keys' })],
  ])('refuses metadata %s', async (_, metadata) => {
    issuer.instead = (_request, response) => response.end(JSON.stringify(metadata(issuer.url)));
    expect(await gateway({ jwksUri: null })(await issuer.sign())).toBe('unavailable');
    expect(fetches()).toBe(0);
  });
});
