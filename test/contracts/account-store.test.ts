import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountEntry } from '../../src/core/audit/entry.ts';
import type { StoredAccount } from '../../src/ports/account-store.ts';
import { STORES, type StoreUnderTest } from './store-under-test.ts';

describe.each(Object.entries(STORES))('the account store in %s', (_name, open) => {
  let store: StoreUnderTest;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const create = (account: StoredAccount): Promise<boolean> => store.accounts.create(account, [entryOf(account)]);
  const entryCount = async (): Promise<number> => (await store.audit.read({ limit: 1000, afterSequence: 0 })).length;

  it('gives back an account as it was created, with every field, by its id and by its name in any case', async () => {
    const olivia = sampleAccount('acct_1', { roles: ['approver', 'auditor'], groups: ['leads'] });
    expect(await create(olivia)).toBe(true);
    expect(await store.accounts.find('acct_1')).toEqual(olivia);
    expect(await store.accounts.findByName('OLIVIA')).toEqual(olivia);
    expect(await store.accounts.find('acct_2')).toBeNull();
    expect(await store.accounts.findByName('bob')).toBeNull();
    expect(await entryCount()).toBe(1);
  });

  it('creates no second account with the same id, or with a name that differs in case alone, and records none', async () => {
    await create(sampleAccount('acct_1'));
    expect(await create(sampleAccount('acct_1', { user: 'mallory' }))).toBe(false);
    expect(await create(sampleAccount('acct_2', { user: 'Olivia' }))).toBe(false);
    expect(await store.accounts.list()).toEqual([sampleAccount('acct_1')]);
    expect(await entryCount()).toBe(1);
  });

  it('changes what it is told to change, with the entry, and nothing of an account that is not there', async () => {
    const account = sampleAccount('acct_1');
    await create(account);
    const entry = [entryOf(account, 'disabled')];
    expect(await store.accounts.change('acct_1', { disabledMs: 7 }, entry)).toBe(true);
    expect(await store.accounts.change('acct_1', { passwordHash: 'other' }, entry)).toBe(true);
    expect(await store.accounts.change('acct_2', { disabledMs: 7 }, entry)).toBe(false);
    expect(await store.accounts.find('acct_1')).toEqual({ ...account, passwordHash: 'other', disabledMs: 7 });
    expect(await entryCount()).toBe(3);
  });

  it('lists all, newest first', async () => {
    expect(await store.accounts.list()).toEqual([]);
    await create(sampleAccount('acct_1'));
    await create(sampleAccount('acct_2', { user: 'bob' }));
    expect((await store.accounts.list()).map(({ id }) => id)).toEqual(['acct_2', 'acct_1']);
  });
});

function sampleAccount(id: string, fields: Partial<StoredAccount> = {}): StoredAccount {
  return {
    id,
    user: 'olivia',
    subject: null,
    passwordHash: 'scrypt$1',
    roles: ['approver'],
    groups: [],
    createdMs: 1_793_000_000_000,
    disabledMs: null,
    ...fields,
  };
}

function entryOf(
  { id, user, roles, createdMs }: StoredAccount,
  change: AccountEntry['change'] = 'created',
): AccountEntry {
  return { kind: 'account', timeMs: createdMs, change, accountId: id, user, roles, by: 'operator' };
}
