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
    },
  };
  expect(findIdentityArguments(schema)).toEqual([
    { path: ['userId'], source: 'id' },
    { path: ['tenant-id'], source: 'tenant' },
    { path: ['filter', 'on_behalf_of'], source: 'id' },
  ]);
  expect(findIdentityArguments(undefined)).toEqual([]);
});
