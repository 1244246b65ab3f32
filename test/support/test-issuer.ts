import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign, type CryptoKey, type JWK, exportJWK, generateKeyPair } from 'jose';
import type { TrustedIssuer } from '../../src/adapters/identity/jwt-verifier.ts';

export const AUDIENCE = 'https://gw.example.com/mcp';

interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** An authorization server on a real socket, as far as a resource server sees it: metadata, keys and signed tokens. */
export interface TestIssuer {
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  keys: SigningKey[];
  /** Takes the place of every answer while it is set. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  trusted(fields?: Partial<TrustedIssuer>): TrustedIssuer;
  /** Signs with the newest key. Members that are `undefined` are left out. */
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

export async function createSigningKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export async function startTestIssuer(clock: { nowMs(): number }): Promise<TestIssuer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (issuer.instead !== null) issuer.instead(request, response);
    else answer(issuer, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const issuer: TestIssuer = {
    url,
    asked,
    keys: [await createSigningKey('key-1')],
    instead: null,
    trusted: (fields = {}) => ({
      issuer: url,
      audiences: [AUDIENCE],
      areAudiencesResources: true,
      algorithms: ['ES256'],
      jwksUri: `${url}/keys`,
      claims: { groups: 'groups', scopes: 'scope', name: 'email', tenant: 'org_id' },
      ...fields,
    }),
    sign: (claims = {}, header = {}) => signToken(issuer, clock, claims, header),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return issuer;
}

function signToken(
  issuer: TestIssuer,
  clock: { nowMs(): number },
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
): Promise<string> {
  const key = issuer.keys.at(-1);
  if (key === undefined) throw new Error('the issuer has no key');
  const nowSeconds = Math.floor(clock.nowMs() / 1000);
  const all = { iss: issuer.url, aud: AUDIENCE, sub: 'alice', iat: nowSeconds, exp: nowSeconds + 600, ...claims };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(all)))
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
    .sign(key.privateKey);
}

function answer(issuer: TestIssuer, request: IncomingMessage, response: ServerResponse): void {
  const documents: Record<string, unknown> = {
    '/keys': { keys: issuer.keys.map((key) => key.publicJwk) },
    '/.well-known/oauth-authorization-server': { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` },
  };
  const document = documents[request.url ?? ''];
  response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(document ?? {}));
}
