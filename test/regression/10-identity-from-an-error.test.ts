import { afterEach, describe, expect, it } from 'vitest';
import { createDocumentFetcher } from '../../src/adapters/egress/document-fetcher.ts';
import { createAdminAuthenticator } from '../../src/adapters/identity/admin-authenticator.ts';
import { createAuthenticator } from '../../src/adapters/identity/authenticator.ts';
import { formatToken } from '../../src/core/identity/token-format.ts';
import { StoreError } from '../../src/ports/store-error.ts';
import type { TokenStore } from '../../src/ports/token-store.ts';
import { createFakeTokenStore } from '../support/fake-token-store.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { mcpRequest, withHeaders } from '../support/mcp-request.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type RunningPlane, startMcpPlane } from '../support/start-mcp-plane.ts';
import { startTestIssuer, type TestIssuer } from '../support/test-issuer.ts';
import { createMemoryStore } from '../support/memory-store.ts';

// Row 10, CVE-2026-12773 (litellm): an exception of the authentication was swallowed, and what remained was a default identity.

type Fault = (id: string) => ReturnType<TokenStore['find']>;
const FAULTS: readonly (readonly [string, Fault])[] = [
  ['says that it is unavailable', () => Promise.reject(new StoreError('unavailable', 'x'))],
  ['says that it is damaged', () => Promise.reject(new StoreError('corrupt', 'x'))],
  [
    'throws at once',
    () => {
      throw new TypeError('x');
    },
  ],
  ['rejects with something that is no error', () => Promise.reject(undefined as unknown as Error)],
  ['gives undefined', () => Promise.resolve(undefined as unknown as null)],
  ['gives an empty row', () => Promise.resolve({} as never)],
  ['gives a row without a hash', (id) => Promise.resolve({ id, plane: 'mcp', user: 'admin', secretHash: '' } as never)],
  ['never answers', () => new Promise(() => undefined)],
];
const token = (plane: 'mcp' | 'admin'): string =>
  formatToken({ plane, id: `tok_${'A'.repeat(22)}`, secret: 'B'.repeat(44) });

let plane: RunningPlane | null = null;
let issuer: TestIssuer | null = null;
afterEach(async () => {
  await plane?.plane.close();
  await issuer?.close();
  [plane, issuer] = [null, null];
});

const statusWith = async (authorization: string): Promise<number> => {
  const request = withHeaders(mcpRequest('modern', 'tools/call', { name: 'crm__read_x' }), [
    ['Authorization', authorization],
  ]);
  return (await sendRaw(plane?.port ?? 0, request)).status;
};

describe('a token store that', () => {
  it.each(FAULTS)('%s is nobody on the MCP plane', async (_name, find) => {
    const deps = {
      tokens: { ...createFakeTokenStore(), find },
      clock: createFixedClock(),
      documents: createDocumentFetcher(),
    };
    plane = await startMcpPlane({ authenticator: createAuthenticator(deps, { issuers: [] }) });
    expect([401, 503]).toContain(await statusWith(`Bearer ${token('mcp')}`));
    expect(plane.gateway.calls).toEqual([]);
  });

  it.each(FAULTS)('%s is nobody on the admin plane', async (_name, find) => {
    const deps = {
      tokens: { ...createFakeTokenStore(), find },
      clock: createFixedClock(),
      accounts: createMemoryStore().accounts,
    };
    const answer = await createAdminAuthenticator(deps)
      .authenticate(`Bearer ${token('admin')}`)
      .catch(() => ({ ok: false }));
    expect(answer.ok).toBe(false);
  });
});

describe('an issuer that', () => {
  it.each<[string, NonNullable<TestIssuer['instead']>]>([
    ['hangs up', (request) => void request.socket.destroy()],
    ['answers with an error', (_request, response) => void response.writeHead(500).end('{"keys":[]}')],
    ['answers with a page', (_request, response) => void response.writeHead(200).end('<html>')],
    ['answers with no keys', (_request, response) => void response.writeHead(200).end('{"keys":[]}')],
    ['answers with null', (_request, response) => void response.writeHead(200).end('null')],
    [
      'answers with a secret key',
      (_request, response) => void response.writeHead(200).end('{"keys":[{"kty":"oct","k":"AA"}]}'),
    ],
    ['sends the gateway elsewhere', (_request, response) => void response.writeHead(302, { location: '/keys' }).end()],
  ])('%s makes nobody of a token', async (_name, instead) => {
    const clock = createFixedClock();
    issuer = await startTestIssuer(clock);
    const signed = await issuer.sign();
    issuer.instead = instead;
    const deps = { tokens: createFakeTokenStore(), clock, documents: createDocumentFetcher() };
    plane = await startMcpPlane({ authenticator: createAuthenticator(deps, { issuers: [issuer.trusted()] }) });
    expect([401, 503]).toContain(await statusWith(`Bearer ${signed}`));
    expect(plane.gateway.calls).toEqual([]);
  });
});
