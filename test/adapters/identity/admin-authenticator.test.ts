import { beforeEach, describe, expect, it } from 'vitest';
import { createAdminAuthenticator } from '../../../src/adapters/identity/admin-authenticator.ts';
import { StoreError } from '../../../src/ports/store-error.ts';
import { type FakeTokenStore, createFakeTokenStore } from '../../support/fake-token-store.ts';
import { type FixedClock, createFixedClock } from '../../support/fixed-clock.ts';
import { createMemoryStore } from '../../support/memory-store.ts';

const ONE_HOUR_MS = 3_600_000;
let clock: FixedClock;
let tokens: FakeTokenStore;
let authenticator: ReturnType<typeof createAdminAuthenticator>;

beforeEach(() => {
  clock = createFixedClock();
  tokens = createFakeTokenStore();
  authenticator = createAdminAuthenticator({ tokens, clock, accounts: createMemoryStore().accounts });
});

const issueAdmin = () => tokens.issue({ plane: 'admin', user: 'olivia', roles: ['operator'], groups: ['platform'] });
const outcome = async (token: string) => {
  const answer = await authenticator.authenticate(`Bearer ${token}`);
  return answer.ok ? answer.value.user : answer.error.kind;
};
const failing = () => Promise.reject(new StoreError('unavailable', 'no disk'));

describe('an admin token', () => {
  it('is the administrator that its row says', async () => {
    const { text, token } = issueAdmin();
    expect(await authenticator.authenticate(`Bearer ${text}`)).toEqual({
      ok: true,
      value: { user: 'olivia', roles: ['operator'], groups: ['platform'], credentialId: token.id },
    });
  });

  it.each([
    ['expired', { expiresMs: 1 }],
    ['revoked', { revokedMs: 1 }],
  ])('that is %s is refused as that', async (kind, fields) => {
    expect(await outcome(tokens.issue({ plane: 'admin', ...fields }).text)).toBe(kind);
  });

  it('with a wrong secret is refused, also when its row is known', async () => {
    const { text } = issueAdmin();
    expect(await outcome(text)).toBe('olivia');
    expect(await outcome(`${text.slice(0, -1)}X`)).toBe('invalid');
  });
});

describe('P01 a credential of the MCP plane', () => {
  const jwt = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.e30.AAAA`;
  it.each([
    ['a token of a person', () => tokens.issue().text],
    ['a token that was never issued', () => tokens.issue().text.replace('csm_0', 'csm_9')],
    ['an access token of an issuer', () => jwt],
  ])('%s is recognised, and refused without a look-up', async (_, make) => {
    expect(await outcome(make())).toBe('wrong-plane');
    expect(tokens.finds).toBe(0);
  });

  it('with the prefix of this plane is refused', async () => {
    expect(await outcome(tokens.issue().text.replace('csm', 'csa'))).toBe('invalid');
  });
});

describe('while the store fails', () => {
  it.each([
    ['answers with an error', failing],
    ['never answers', () => new Promise<never>(() => undefined)],
  ])(
    'because it %s: a token that was seen within the hour is still good, so that the kill switch can be pulled',
    async (_, instead) => {
      const { text } = issueAdmin();
      expect(await outcome(text)).toBe('olivia');
      tokens.instead = instead;
      clock.advance(ONE_HOUR_MS - 1);
      expect(await outcome(text)).toBe('olivia');
      expect(await outcome(`${text.slice(0, -1)}X`)).toBe('invalid');
      clock.advance(1);
      expect(await outcome(text)).toBe('unavailable');
    },
  );

  it('a token that was read at start is good', async () => {
    const { text } = issueAdmin();
    await authenticator.load();
    tokens.instead = failing;
    clock.advance(60_000);
    expect(await outcome(text)).toBe('olivia');
  });

  it('a token that expired meanwhile is not good', async () => {
    const { text } = tokens.issue({ plane: 'admin', expiresMs: clock.nowMs() + 60_000 });
    await authenticator.load();
    tokens.instead = failing;
    clock.advance(60_000);
    expect(await outcome(text)).toBe('expired');
  });

  it('a token that nobody saw yet is nobody', async () => {
    const { text } = issueAdmin();
    tokens.instead = failing;
    expect(await outcome(text)).toBe('unavailable');
  });

  it.each(['forget', 'forgetAll'] as const)('a token that was revoked here is not good any more: %s', async (how) => {
    const { text, token } = issueAdmin();
    expect(await outcome(text)).toBe('olivia');
    authenticator[how](token.id);
    tokens.instead = failing;
    expect(await outcome(text)).toBe('unavailable');
  });
});

describe('a revocation', () => {
  it('counts at once where it is told', async () => {
    const { text, token } = issueAdmin();
    expect(await outcome(text)).toBe('olivia');
    await tokens.revoke(token.id, 1, []);
    authenticator.forget(token.id);
    expect(await outcome(text)).toBe('revoked');
  });

  it('counts within five seconds where another replica made it', async () => {
    const { text, token } = issueAdmin();
    expect(await outcome(text)).toBe('olivia');
    await tokens.revoke(token.id, 1, []);
    clock.advance(5000);
    expect(await outcome(text)).toBe('revoked');
  });

  it('is not undone by an older answer of the store', async () => {
    const { text, token } = issueAdmin();
    const gate = Promise.withResolvers<void>();
    tokens.instead = () => gate.promise.then(() => token);
    const before = outcome(text);
    await tokens.revoke(token.id, 1, []);
    authenticator.forget(token.id);
    gate.resolve();
    await before;
    tokens.instead = null;
    expect(await outcome(text)).toBe('revoked');
  });
});

it('guessing cannot keep the store busy, nor a known operator out', async () => {
  const { text } = issueAdmin();
  await authenticator.load();
  tokens.instead = () => new Promise(() => undefined);
  const guesses = Array.from({ length: 100 }, () => outcome(tokens.issue({ plane: 'admin' }).text));
  expect(await outcome(text)).toBe('olivia');
  expect(tokens.finds).toBe(16);
  expect(new Set(await Promise.all(guesses))).toEqual(new Set(['unavailable']));
});
