import { z } from 'zod';
import { accountListSchema, accountViewSchema } from '../../../core/admin-api/account-view.ts';
import { adminRoleSchema } from '../../../core/admin-api/token-view.ts';
import { ok } from '../../../core/result.ts';
import { type AdminRoute, adminRoute } from '../admin-route.ts';
import { GROUP_NAMES, ID_PARAMS, NO_BODY, NO_FIELDS, USER_NAME } from '../fields.ts';
import { accountView } from '../views.ts';

const password = z.string().max(1024);

export const ACCOUNT_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/api/accounts',
    summary: 'People who sign in to the console with a password',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: accountListSchema,
    async handle({ administration }, { by }) {
      const accounts = await administration.listAccounts(by);
      return accounts.ok ? ok({ accounts: accounts.value.map(accountView) }) : accounts;
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/api/accounts',
    summary: 'Create an account',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: z.strictObject({
      user: USER_NAME,
      password,
      groups: GROUP_NAMES,
      roles: z.array(adminRoleSchema).min(1).max(4),
    }),
    answer: accountViewSchema,
    async handle({ administration }, { by, body }) {
      const created = await administration.createAccount(by, body);
      return created.ok ? ok(accountView(created.value)) : created;
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/api/accounts/{id}/password',
    summary: 'Set another password. Ends the sessions of the account',
    params: ID_PARAMS,
    query: NO_FIELDS,
    body: z.strictObject({ password }),
    answer: accountViewSchema,
    async handle({ administration }, { by, params, body }) {
      const changed = await administration.setPassword(by, params.id, body.password);
      return changed.ok ? ok(accountView(changed.value)) : changed;
    },
  }),
  adminRoute({
    method: 'DELETE',
    path: '/api/accounts/{id}',
    summary: 'Disable an account, for good and at once',
    params: ID_PARAMS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: accountViewSchema,
    async handle({ administration }, { by, params }) {
      const disabled = await administration.disableAccount(by, params.id);
      return disabled.ok ? ok(accountView(disabled.value)) : disabled;
    },
  }),
];
