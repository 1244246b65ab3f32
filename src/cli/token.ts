import { type Command, Option } from 'commander';
import { z } from 'zod';
import { createdTokenSchema, tokenListSchema, type TokenView } from '../core/admin-api/token-view.ts';
import { formatDuration } from '../core/duration.ts';
import { ok } from '../core/result.ts';
import { type AdminOptions, addAdminCommand, runAdminCommand } from './admin-command.ts';
import type { CliContext } from './cli-context.ts';
import { formatDistance, formatTime } from './format-time.ts';
import { type Cell, renderFields, renderTable } from './layout.ts';
import { collect, parseDurationOption } from './parse-option.ts';

interface CreateOptions extends AdminOptions {
  readonly plane: string;
  readonly group?: readonly string[];
  readonly scope?: readonly string[];
  readonly role?: readonly string[];
  readonly ttl: number;
}

const DEFAULT_TTL_MS = 30 * 86_400_000;

export function registerToken(program: Command, context: CliContext): void {
  const token = program.command('token').description('issue and revoke tokens of this gateway');

  addAdminCommand(
    token,
    'create <user>',
    'issue a token; it is shown once. Without a terminal, stdout is the token alone',
  )
    .addOption(new Option('--plane <plane>', 'where it is good').choices(['mcp', 'admin']).default('mcp'))
    .option('--group <name>', 'a group of the user; may be repeated', collect)
    .option('--scope <scope>', 'mcp: a scope; may be repeated', collect)
    .addOption(
      new Option('--role <role>', 'admin: approver, operator, auditor or viewer; may be repeated').argParser(collect),
    )
    .addOption(
      new Option('--ttl <duration>', 'for how long it is good')
        .argParser(parseDurationOption)
        .default(DEFAULT_TTL_MS, '30d'),
    )
    .action((user: string, options: CreateOptions) => createToken(context, user, options));

  addAdminCommand(token, 'ls', 'list tokens, without their secrets').action((options: AdminOptions) =>
    runAdminCommand(context, options, async (client) => {
      const list = await client.get('/api/tokens', tokenListSchema);
      if (!list.ok) return list;
      const rows = list.value.tokens.map((each) => row(each, context.nowMs()));
      return ok({ json: list.value, text: rows.length === 0 ? 'No tokens.\n' : renderTable(context, HEAD, rows) });
    }),
  );

  addAdminCommand(token, 'revoke <id>', 'revoke a token, at once').action((id: string, options: AdminOptions) =>
    runAdminCommand(context, options, async (client) => {
      const revoked = await client.delete(`/api/tokens/${encodeURIComponent(id)}`, z.object({ id: z.string() }));
      return revoked.ok ? ok({ json: revoked.value, text: `Revoked ${revoked.value.id}.\n` }) : revoked;
    }),
  );
}

function createToken(context: CliContext, user: string, options: CreateOptions): Promise<void> {
  return runAdminCommand(context, options, async (client) => {
    const { plane, group: groups = [], scope: scopes = [], role: roles = [], ttl } = options;
    const body = { user, plane, groups, scopes, roles, ttl: formatDuration(ttl) };
    const created = await client.post('/api/tokens', body, createdTokenSchema);
    if (!created.ok) return created;
    const { id, token, expiresAt } = created.value;
    if (!context.isTty) return ok({ json: created.value, text: `${token}\n` });
    const fields = renderFields(context, [
      ['Token', { text: token, style: 'bold' }],
      ['Id', id],
      ['Expires', `${formatTime(expiresAt)} (${formatDistance(expiresAt, context.nowMs())})`],
    ]);
    return ok({ json: created.value, text: `${fields}Keep it now: it is not shown again.\n` });
  });
}

const HEAD = ['ID', 'PLANE', 'USER', 'RIGHTS', 'STATE'];

function row(token: TokenView, nowMs: number): readonly Cell[] {
  const { id, plane, user, groups, scopes, roles, expiresAt, revokedAt } = token;
  const rights = [...roles, ...groups.map((name) => `group:${name}`), ...scopes.map((name) => `scope:${name}`)].join(
    ' ',
  );
  const isOver = revokedAt !== null || Date.parse(expiresAt) <= nowMs;
  const state =
    revokedAt === null ? `expires ${formatDistance(expiresAt, nowMs)}` : `revoked ${formatDistance(revokedAt, nowMs)}`;
  return [
    id,
    plane,
    user,
    rights === '' ? '-' : rights,
    { text: isOver ? state.replace('expires', 'expired') : state, style: isOver ? 'dim' : 'none' },
  ];
}
