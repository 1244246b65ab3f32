import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { type AccountView, accountListSchema, accountViewSchema } from '../core/admin-api/account-view.ts';
import { err, ok, type Result } from '../core/result.ts';
import { type AdminOptions, addAdminCommand, runAdminCommand } from './admin-command.ts';
import type { CliContext } from './cli-context.ts';
import { formatDistance } from './format-time.ts';
import { type Cell, renderFields, renderTable } from './layout.ts';
import type { CliFault } from './load-admin-target.ts';
import { collect } from './parse-option.ts';

interface PasswordOptions extends AdminOptions {
  readonly passwordFile?: string;
}

interface CreateOptions extends PasswordOptions {
  readonly group?: readonly string[];
  readonly role?: readonly string[];
}

const PASSWORD_FILE = ['--password-file <file>', 'holds the password (default: a random one, shown once)'] as const;

export function registerAccount(program: Command, context: CliContext): void {
  const account = program.command('account').description('people who sign in to the console with a password');

  addAdminCommand(account, 'create <user>', 'create an account')
    .addOption(new Option('--role <role>', 'approver, operator, auditor or viewer; may be repeated').argParser(collect))
    .option('--group <name>', 'a group of the user; may be repeated', collect)
    .option(...PASSWORD_FILE)
    .action((user: string, options: CreateOptions) => createAccount(context, user, options));

  addAdminCommand(account, 'ls', 'list accounts').action((options: AdminOptions) =>
    runAdminCommand(context, options, async (client) => {
      const list = await client.get('/api/accounts', accountListSchema);
      if (!list.ok) return list;
      const rows = list.value.accounts.map((each) => row(each, context.nowMs()));
      return ok({ json: list.value, text: rows.length === 0 ? 'No accounts.\n' : renderTable(context, HEAD, rows) });
    }),
  );

  addAdminCommand(account, 'password <id>', 'set another password; ends the sessions of the account')
    .option(...PASSWORD_FILE)
    .action((id: string, options: PasswordOptions) => setPassword(context, id, options));

  addAdminCommand(account, 'disable <id>', 'disable an account, for good and at once').action(
    (id: string, options: AdminOptions) =>
      runAdminCommand(context, options, async (client) => {
        const disabled = await client.delete(pathOf(id), accountViewSchema);
        return disabled.ok ? ok({ json: disabled.value, text: `Disabled ${disabled.value.user}.\n` }) : disabled;
      }),
  );
}

function createAccount(context: CliContext, user: string, options: CreateOptions): Promise<void> {
  return runAdminCommand(context, options, async (client) => {
    const password = await choosePassword(options);
    if (!password.ok) return password;
    const { role: roles = [], group: groups = [] } = options;
    const body = { user, roles, groups, password: password.value };
    const created = await client.post('/api/accounts', body, accountViewSchema);
    return created.ok ? ok(answerOf(context, created.value, password.value, options)) : created;
  });
}

function setPassword(context: CliContext, id: string, options: PasswordOptions): Promise<void> {
  return runAdminCommand(context, options, async (client) => {
    const password = await choosePassword(options);
    if (!password.ok) return password;
    const changed = await client.post(`${pathOf(id)}/password`, { password: password.value }, accountViewSchema);
    return changed.ok ? ok(answerOf(context, changed.value, password.value, options)) : changed;
  });
}

/** A password that was chosen is known already, and need not stand on the screen. */
function answerOf(context: CliContext, account: AccountView, password: string, { passwordFile }: PasswordOptions) {
  const shown = passwordFile === undefined ? password : null;
  const fields = renderFields(context, [
    ['Account', account.id],
    ['User', account.user],
    ['Roles', account.roles.join(', ')],
    ['Password', shown === null ? null : { text: shown, style: 'bold' }],
  ]);
  const keep = shown === null ? '' : 'Keep the password now: it is not shown again.\n';
  return { json: { ...account, ...(shown === null ? {} : { password: shown }) }, text: `${fields}${keep}` };
}

/** 144 random bits, where nobody chose one. */
async function choosePassword({ passwordFile }: PasswordOptions): Promise<Result<string, CliFault>> {
  if (passwordFile === undefined) return ok(randomBytes(18).toString('base64url'));
  try {
    return ok((await readFile(passwordFile, 'utf8')).replace(/\r?\n$/, ''));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return err({ exitCode: 2, message: `cannot read ${passwordFile} (${String(code)})`, help: null });
  }
}

function pathOf(id: string): string {
  return `/api/accounts/${encodeURIComponent(id)}`;
}

const HEAD = ['ID', 'USER', 'ALSO', 'ROLES', 'STATE'];

function row({ id, user, alsoKnownAs, roles, groups, disabledAt }: AccountView, nowMs: number): readonly Cell[] {
  const rights = [...roles, ...groups.map((name) => `group:${name}`)].join(' ');
  const state = disabledAt === null ? 'good' : `disabled ${formatDistance(disabledAt, nowMs)}`;
  return [id, user, alsoKnownAs.join(' '), rights, { text: state, style: disabledAt === null ? 'none' : 'dim' }];
}
