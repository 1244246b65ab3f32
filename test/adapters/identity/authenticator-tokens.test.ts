import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDocumentFetcher } from '../../../src/adapters/egress/document-fetcher.ts';
import { createAuthenticator } from '../../../src/adapters/identity/authenticator.ts';
import { StoreError } from '../../../src/ports/store-error.ts';
import { type FakeTokenStore, createFakeTokenStore } from '../../support/fake-token-store.ts';
import { type FixedClock, createFixedClock } from '../../support/fixed-clock.ts';
import { type TestIssuer, startTestIssuer } from '../../support/test-issuer.ts';

const documents = createDocumentFetcher();

let clock: FixedClock;
let tokens: FakeTokenStore;
let authenticator: ReturnType<typeof createAuthenticator>;

beforeEach(() => {
  clock = createFixedClock();
  tokens = createFakeTokenStore();
  authenticator = createAuthenticator({ tokens, clock, documents }, { issuers: [] });
});

const outcome = async (authorization: string | undefined) => {
  const answer = await authenticator.authenticate(authorization);
  return answer.ok ? answer.value.id : answer.error.kind;
};

describe('a gateway-issued token', () => {
  it('is the principal that its row says', async () => {
    const { text, token } = tokens.issue();
    expect(await authenticator.authenticate(`Bearer ${text}`)).toEqual({
      ok: true,
      value: {
        id: 'alice',
        name: 'alice',
        groups: ['sales'],
        scopes: ['crm.read'],
        tenant: null,
        client: token.id,
        credentialId: token.id,
        issuer: 'countersign',
        resources: null,
        expiresMs: token.expiresMs,
      },
    });
  });

  it('H17 without scopes and groups has none', async () => {
    const { text } = tokens.issue({ scopes: [], groups: [] });
    expect(await authenticator.authenticate(`bearer ${text}`)).toMatchObject({
      ok: true,
      value: { scopes: [], groups: [] },
    });
  });

  it.each<[string, (text: string) => string, string]>([
    ['the right id and a wrong secret', (text) => `${text.slice(0, -1)}X`, 'invalid'],
    ['the right secret and another id', (text) => text.replace('0001_', '0002_'), 'invalid'],
    ['only the start of it', (text) => text.slice(0, 40), 'malformed'],
    ['another case', (text) => text.toUpperCase(), 'malformed'],
    ['the prefix of the admin plane', (text) => text.replace('csm', 'csa'), 'invalid'],
    ['a digit of another script', (text) => text.replace('0001', '000١'), 'malformed'],
  ])('H18 is refused with %s', async (_, change, kind) => {
    expect(await outcome(`Bearer ${change(tokens.issue().text)}`)).toBe(kind);
  });

  it.each([
    ['no header', undefined, 'missing'],
    ['an empty header', '', 'malformed'],
    ['the scheme alone', 'Bearer', 'malformed'],
    ['an empty token', 'Bearer ', 'malformed'],
    ['another scheme', 'Basic YWxpY2U6cHc=', 'malformed'],
    ['a list', 'Bearer x, Bearer y', 'malformed'],
    ['a line break at the end', 'Bearer x\n', 'malformed'],
    ['a token of no known form', 'Bearer x', 'malformed'],
    ['a header of a megabyte', `Bearer ${'x'.repeat(1_000_000)}`, 'malformed'],
  ])('H20 %s is refused without a look-up', async (_, header, kind) => {
    expect(await outcome(header)).toBe(kind);
    expect(tokens.finds).toBe(0);
  });

  it.each([
    ['expired', { expiresMs: Date.UTC(2026, 10, 20) }],
    ['revoked', { revokedMs: 1 }],
  ])('that is %s is refused as that', async (kind, fields) => {
    expect(await outcome(`Bearer ${tokens.issue(fields).text}`)).toBe(kind);
  });

  it('whose row is of the admin plane is refused, whatever its prefix', async () => {
    const { text, token } = tokens.issue();
    await tokens.create({ ...token, plane: 'admin' }, []);
    expect(await outcome(`Bearer ${text}`)).toBe('invalid');
  });
});

describe('the cache', () => {
  it('answers at once, without a promise and without the store', async () => {
    const { text } = tokens.issue();
    expect(authenticator.authenticate(`Bearer ${text}`)).toBeInstanceOf(Promise);
    expect(await outcome(`Bearer ${text}`)).toBe('alice');
    expect(authenticator.authenticate(`Bearer ${text}`)).toMatchObject({ ok: true, value: { id: 'alice' } });
    expect(tokens.finds).toBe(1);
  });

  it('costs one check for many requests with one new token', async () => {
    const { text } = tokens.issue();
    const answers = await Promise.all(Array.from({ length: 50 }, () => outcome(`Bearer ${text}`)));
    expect(new Set(answers)).toEqual(new Set(['alice']));
    expect(tokens.finds).toBe(1);
  });

  it('ends with the token', async () => {
    const { text } = tokens.issue({ expiresMs: clock.nowMs() + 1000 });
    expect(await outcome(`Bearer ${text}`)).toBe('alice');
    clock.advance(999);
    expect(await outcome(`Bearer ${text}`)).toBe('alice');
    clock.advance(1);
    expect(await outcome(`Bearer ${text}`)).toBe('expired');
  });

  it('asks the store again within five seconds, for a token that another replica revoked', async () => {
    const { text, token } = tokens.issue();
    expect(await outcome(`Bearer ${text}`)).toBe('alice');
    await tokens.revoke(token.id, clock.nowMs(), []);
    clock.advance(5000);
    expect(await outcome(`Bearer ${text}`)).toBe('revoked');
  });

  it('forgets a revoked token at once, and no other', async () => {
    const [first, second] = [tokens.issue(), tokens.issue({ user: 'bob' })];
    await outcome(`Bearer ${first.text}`);
    await outcome(`Bearer ${second.text}`);
    await tokens.revoke(first.token.id, clock.nowMs(), []);
    authenticator.forget(first.token.id);
    expect(await outcome(`Bearer ${first.text}`)).toBe('revoked');
    expect(authenticator.authenticate(`Bearer ${second.text}`)).toMatchObject({ ok: true });
  });

  it.each(['forget', 'forgetAll'] as const)(
    '%s: keeps no verdict that was on its way while the token was revoked',
    async (how) => {
      const { text, token } = tokens.issue();
      const gate = Promise.withResolvers<void>();
      tokens.instead = () => gate.promise.then(() => token);
      const before = outcome(`Bearer ${text}`);
      tokens.instead = null;
      await tokens.revoke(token.id, clock.nowMs(), []);
      authenticator[how](token.id);
      expect(await outcome(`Bearer ${text}`)).toBe('revoked');
      gate.resolve();
      expect(await before).toBe('alice');
      expect(await outcome(`Bearer ${text}`)).toBe('revoked');
    },
  );

  it('believes a refusal for five seconds, so that a flood of one bad token costs one look-up', async () => {
    const bad = `Bearer ${tokens.issue().text.slice(0, -1)}X`;
    expect(await outcome(bad)).toBe('invalid');
    for (let n = 0; n < 100; n++) expect(authenticator.authenticate(bad)).toMatchObject({ ok: false });
    expect(tokens.finds).toBe(1);
    clock.advance(5000);
    expect(await outcome(bad)).toBe('invalid');
    expect(tokens.finds).toBe(2);
  });

  it('does not grow with a flood of bad tokens, and keeps the good one', async () => {
    const { text } = tokens.issue();
    expect(await outcome(`Bearer ${text}`)).toBe('alice');
    for (let n = 0; n < 10_100; n++) await authenticator.authenticate(`Bearer a.${n}.c`);
    expect(tokens.finds).toBe(1);
    expect(authenticator.authenticate(`Bearer ${text}`)).toMatchObject({ ok: true });
  });

  it('lets no more than 256 unknown credentials be checked at once', async () => {
    const gate = Promise.withResolvers<null>();
    tokens.instead = () => gate.promise;
    const started = Array.from({ length: 256 }, () => outcome(`Bearer ${tokens.issue().text}`));
    expect(await outcome(`Bearer ${tokens.issue().text}`)).toBe('unavailable');
    gate.resolve(null);
    expect(new Set(await Promise.all(started))).toEqual(new Set(['invalid']));
    tokens.instead = null;
    expect(await outcome(`Bearer ${tokens.issue().text}`)).toBe('alice');
  });
});

describe('H19 where something inside fails', () => {
  const failures: readonly [string, () => Promise<never>][] = [
    ['the store rejects', () => Promise.reject(new StoreError('unavailable', 'disk full of secrets'))],
    ['the store rejects with something else', () => Promise.reject(new TypeError('x is not a function'))],
    [
      'the store throws',
      () => {
        throw new Error('not even a promise');
      },
    ],
  ];

  it.each(failures)('%s: nobody is anybody', async (_, fail) => {
    const { text } = tokens.issue();
    tokens.instead = fail;
    const answer = await authenticator.authenticate(`Bearer ${text}`);
    expect(answer).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
    expect(JSON.stringify(answer)).not.toContain('secret');
    tokens.instead = null;
    expect(await outcome(`Bearer ${text}`)).toBe('alice');
  });

  it('the store never answers: nobody is anybody', async () => {
    tokens.instead = () => new Promise(() => undefined);
    expect(await outcome(`Bearer ${tokens.issue().text}`)).toBe('unavailable');
  });

  it('a row without sense: nobody is anybody', async () => {
    const { text, token } = tokens.issue();
    tokens.instead = () => Promise.resolve({ ...token, secretHash: undefined as unknown as string });
    expect(await outcome(`Bearer ${text}`)).toBe('unavailable');
  });

  describe('while a JWT is checked', () => {
    let issuer: TestIssuer;
    beforeEach(async () => {
      issuer = await startTestIssuer(clock);
    });
    afterEach(() => issuer.close());

    it.each(['nowMs', 'monotonicMs'] as const)('the clock throws in %s, at any of its calls', async (name) => {
      const token = await issuer.sign();
      for (let failing = 0; failing < 12; failing++) {
        let calls = 0;
        const faulty = {
          ...clock,
          [name]: () => {
            if (calls++ === failing) throw new Error('no clock');
            return clock[name]();
          },
        };
        const broken = createAuthenticator({ tokens, clock: faulty, documents }, { issuers: [issuer.trusted()] });
        const answer = await broken.authenticate(`Bearer ${token}`);
        expect(answer.ok ? 'ok' : answer.error.kind).toBe(failing < calls ? 'unavailable' : 'ok');
      }
    });
  });
});
