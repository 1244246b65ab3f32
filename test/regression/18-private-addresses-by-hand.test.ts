import { afterEach, beforeEach, expect, it } from 'vitest';
import { isForbidden } from '../../src/adapters/egress/address-ranges.ts';
import { createDocumentFetcher } from '../../src/adapters/egress/document-fetcher.ts';
import { createAuthenticator } from '../../src/adapters/identity/authenticator.ts';
import { createFakeTokenStore } from '../support/fake-token-store.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { startTestIssuer, type TestIssuer } from '../support/test-issuer.ts';

// Lists of private addresses were written by hand and knew no NAT64; a client that nobody guarded followed redirects and URLs of peers.
const clock = createFixedClock();
let issuer: TestIssuer;
let internal: TestIssuer;

beforeEach(async () => {
  [issuer, internal] = [await startTestIssuer(clock), await startTestIssuer(clock)];
  internal.keys = issuer.keys;
});

afterEach(async () => {
  await issuer.close();
  await internal.close();
});

async function isAccepted(): Promise<boolean> {
  const deps = { tokens: createFakeTokenStore(), clock, documents: createDocumentFetcher() };
  const authenticator = createAuthenticator(deps, { issuers: [issuer.trusted({ jwksUri: null })] });
  return (await authenticator.authenticate(`Bearer ${await issuer.sign()}`)).ok;
}

it('takes keys from where the issuer itself is, wherever the operator put it', async () => {
  expect(await isAccepted()).toBe(true);
});

it('does not follow the metadata of an issuer to another machine of the own network', async () => {
  issuer.instead = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${internal.url}/keys` }));
  };
  expect([await isAccepted(), internal.asked]).toEqual([false, []]);
});

it('follows no redirect to one', async () => {
  issuer.instead = (_request, response) => {
    response.writeHead(302, { location: `${internal.url}/.well-known/oauth-authorization-server` });
    response.end();
  };
  expect([await isAccepted(), internal.asked]).toEqual([false, []]);
});

it.each([
  '64:ff9b::a00:1',
  '64:ff9b:1::a00:1',
  '2002:a00:1::',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '::ffff:10.0.0.1',
  '::10.0.0.1',
])('knows %s for an address that no peer may send us to', (address) => {
  expect(isForbidden(address, 'peer')).toBe(true);
});
