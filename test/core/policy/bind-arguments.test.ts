import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json/value.ts';
import { bindArguments } from '../../../src/core/policy/bind-arguments.ts';
import type { PolicyBinding } from '../../../src/core/policy/policy-conditions.ts';
import { principalOf } from '../../support/policy.ts';

const ALICE = { ...principalOf({ user: 'alice' }), tenant: 'acme' };
const TENANT: PolicyBinding = { path: ['tenant_id'], from: 'tenant' };
const LEAVE_NESTED_OUT = 'The argument filter.owner.id is filled in from who you are. Leave it out.';
const NESTED: PolicyBinding = { path: ['filter', 'owner', 'id'], from: 'id' };

describe('bindArguments', () => {
  it.each<[string, readonly PolicyBinding[], JsonObject, JsonObject]>([
    ['fills in what is absent', [TENANT], { id: 7 }, { id: 7, tenant_id: 'acme' }],
    ['keeps what is the same', [TENANT], { tenant_id: 'acme' }, { tenant_id: 'acme' }],
    ['fills in inside of objects', [NESTED], { filter: { a: 1 } }, { filter: { a: 1, owner: { id: 'alice' } } }],
    ['makes the objects around', [NESTED], {}, { filter: { owner: { id: 'alice' } } }],
    ['fills in the client', [{ path: ['app'], from: 'client' }], {}, { app: 'test-client' }],
    [
      'keeps what is the same inside',
      [NESTED],
      { filter: { owner: { id: 'alice' } } },
      { filter: { owner: { id: 'alice' } } },
    ],
    ['binds several', [TENANT, NESTED], {}, { tenant_id: 'acme', filter: { owner: { id: 'alice' } } }],
    ['binds the same twice', [TENANT, TENANT], {}, { tenant_id: 'acme' }],
    ['binds nothing without bindings', [], { a: 1 }, { a: 1 }],
  ])('%s', (_, bindings, args, expected) => {
    const bound = bindArguments(args, ALICE, bindings);
    expect(bound.ok && JSON.parse(JSON.stringify(bound.value))).toEqual(expected);
  });

  const LEAVE_OUT = 'The argument tenant_id is filled in from who you are. Leave it out.';
  it.each<[string, readonly PolicyBinding[], JsonObject, string]>([
    ['another value', [TENANT], { tenant_id: 'globex' }, LEAVE_OUT],
    ['another case', [TENANT], { tenant_id: 'Acme' }, LEAVE_OUT],
    ['null', [TENANT], { tenant_id: null }, LEAVE_OUT],
    ['an empty text', [TENANT], { tenant_id: '' }, LEAVE_OUT],
    ['a list of it', [TENANT], { tenant_id: ['acme'] }, LEAVE_OUT],
    ['an object', [TENANT], { tenant_id: { $ne: '' } }, LEAVE_OUT],
    ['a space at its end', [TENANT], { tenant_id: 'acme ' }, LEAVE_OUT],
    ['a second name in another case', [TENANT], { Tenant_ID: 'globex' }, LEAVE_OUT],
    ['a second name beside the right one', [TENANT], { tenant_id: 'acme', tenantId: 'globex' }, LEAVE_OUT],
    ['the way there as one name', [NESTED], { 'filter.owner.id': 'bob' }, LEAVE_NESTED_OUT],
    ['a part of the way as one name', [NESTED], { 'Filter.owner': { id: 'bob' } }, LEAVE_NESTED_OUT],
    ['the rest of the way as one name', [NESTED], { filter: { 'owner.id': 'bob' } }, LEAVE_NESTED_OUT],
    ['a second name that Unicode folds', [TENANT], { 'tenant_\uff49d': 'globex' }, LEAVE_OUT],
    [
      'another value inside',
      [NESTED],
      { filter: { owner: { id: 'bob' } } },
      'The argument filter.owner.id is filled in from who you are. Leave it out.',
    ],
    [
      'a text around',
      [NESTED],
      { filter: 'x' },
      'The argument filter.owner.id is filled in from who you are. Leave it out.',
    ],
    [
      'a list around',
      [NESTED],
      { filter: [] },
      'The argument filter.owner.id is filled in from who you are. Leave it out.',
    ],
    [
      'a second object around',
      [NESTED],
      { Filter: {} },
      'The argument filter.owner.id is filled in from who you are. Leave it out.',
    ],
    ['two sources for one name', [TENANT, { ...TENANT, from: 'id' }], {}, LEAVE_OUT],
  ])('refuses %s', (_, bindings, args, fault) => {
    expect(bindArguments(args, ALICE, bindings)).toEqual({ ok: false, error: fault });
  });

  it('refuses whoever has nothing to bind', () => {
    const nobody = principalOf({ user: 'bob' });
    expect(bindArguments({}, nobody, [TENANT])).toEqual({
      ok: false,
      error: 'It acts for a tenant, and you have none.',
    });
  });

  it('never touches what it was given', () => {
    const args = Object.freeze({ filter: Object.freeze({ a: 1 }) });
    expect(bindArguments(args, ALICE, [TENANT, NESTED]).ok).toBe(true);
    expect(args).toEqual({ filter: { a: 1 } });
  });

  it('keeps names that mean something to the runtime plain data', () => {
    const args = JSON.parse('{"__proto__":{"tenant_id":"globex"}}') as JsonObject;
    const bound = bindArguments(args, ALICE, [TENANT]);
    expect(bound.ok && JSON.stringify(bound.value)).toBe('{"__proto__":{"tenant_id":"globex"},"tenant_id":"acme"}');
  });
});
