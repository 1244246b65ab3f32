import { expect, it } from 'vitest';
import { findIdentityArguments } from '../../../src/core/schema/identity-arguments.ts';

it('finds the arguments that name somebody, in any spelling, and no others', () => {
  const schema = {
    properties: {
      userId: { type: 'string' },
      'tenant-id': { type: 'string' },
      filter: { properties: { on_behalf_of: {}, id: {} } },
      user: { properties: { name: {} } },
      id: {},
      username_hint: {},
      strict_on_behalf: {},
      raiseOnBehalfOf: {},
      owner: {},
    },
  };
  expect(findIdentityArguments(schema)).toEqual([
    { path: ['userId'], source: 'id' },
    { path: ['tenant-id'], source: 'tenant' },
    { path: ['filter', 'on_behalf_of'], source: 'id' },
    { path: ['raiseOnBehalfOf'], source: 'id' },
    { path: ['owner'], source: 'id' },
  ]);
  expect(findIdentityArguments(undefined)).toEqual([]);
});

it('takes an owner beside a repository for a part of its address', () => {
  expect(findIdentityArguments({ properties: { owner: {}, repo: {} } })).toEqual([]);
  expect(findIdentityArguments({ properties: { owner: {}, query: {} } })).toEqual([{ path: ['owner'], source: 'id' }]);
});
