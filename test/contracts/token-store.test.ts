import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredToken } from '../../src/ports/token-store.ts';
import { sampleToken, sampleTokenEntry } from '../support/store-samples.ts';
import { STORES, type StoreUnderTest } from './store-under-test.ts';

describe.each(Object.entries(STORES))('the token store in %s', (_name, open) => {
  let store: StoreUnderTest;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const create = (token: StoredToken): Promise<void> => store.tokens.create(token, [sampleTokenEntry(token)]);
  const revoke = (token: StoredToken, nowMs: number): Promise<boolean> =>
    store.tokens.revoke(token.id, nowMs, [sampleTokenEntry(token, 'revoked')]);
  const entryCount = async (): Promise<number> => (await store.audit.read({ limit: 1000, afterSequence: 0 })).length;

  it('gives back a token as it was created, with every field', async () => {
    const requester = sampleToken('tok_1');
    const operator = sampleToken('tok_2', {
      plane: 'admin',
      user: 'olivia',
      scopes: [],
      roles: ['approver', 'auditor'],
    });
    await create(requester);
    await create(operator);
    expect(await store.tokens.find('tok_1')).toEqual(requester);
    expect(await store.tokens.find('tok_2')).toEqual(operator);
    expect(await store.tokens.find('tok_3')).toBeNull();
    expect(await entryCount()).toBe(2);
  });

  it('creates no second token with the same id', async () => {
    await create(sampleToken('tok_1'));
    await expect(create(sampleToken('tok_1', { user: 'mallory' }))).rejects.toThrow(TypeError);
    expect(await store.tokens.find('tok_1')).toMatchObject({ user: 'alice' });
    expect(await entryCount()).toBe(1);
  });

  it('revokes a token once, and records that once', async () => {
    const token = sampleToken('tok_1');
    await create(token);
    const results = await Promise.all([revoke(token, 7), revoke(token, 8), revoke(token, 9)]);
    expect(results).toEqual([true, false, false]);
    expect(await store.tokens.find('tok_1')).toEqual({ ...token, revokedMs: 7 });
    expect(await entryCount()).toBe(2);
  });

  it('does not revoke, or record, what is unknown', async () => {
    expect(await revoke(sampleToken('tok_1'), 7)).toBe(false);
    expect(await entryCount()).toBe(0);
  });

  it('lists all tokens, newest first, revoked ones too', async () => {
    expect(await store.tokens.list()).toEqual([]);
    await create(sampleToken('tok_1'));
    await create(sampleToken('tok_2'));
    await revoke(sampleToken('tok_1'), 7);
    expect((await store.tokens.list()).map(({ id, revokedMs }) => [id, revokedMs])).toEqual([
      ['tok_2', null],
      ['tok_1', 7],
    ]);
  });
});
