import type { Command } from 'commander';
import {
  killSwitchListSchema,
  killSwitchViewSchema,
  pulledKillSwitchSchema,
} from '../core/admin-api/kill-switch-view.ts';
import { visibleText } from '../core/content/visible-text.ts';
import type { KillScope } from '../core/kill-switch/kill-switch.ts';
import { sayUnknownName } from '../core/kill-switch/name-lookup.ts';
import { ok } from '../core/result.ts';
import { type AdminOptions, addAdminCommand, runAdminCommand, withAdminOptions } from './admin-command.ts';
import { type CliContext, paint } from './cli-context.ts';
import { formatDistance, formatTime } from './format-time.ts';
import { renderTable } from './layout.ts';
import { parseDurationOption } from './parse-option.ts';

interface KillOptions extends AdminOptions {
  readonly upstream?: string;
  readonly tool?: string;
  readonly principal?: string;
  readonly client?: string;
  readonly writes?: true;
  readonly reason?: string;
  readonly for?: number;
}

export function registerKill(program: Command, context: CliContext): void {
  const kill = withAdminOptions(program.command('kill').description('stop calls at once: all of them, or one scope'))
    .option('--upstream <name>', 'only calls to this upstream')
    .option('--tool <upstream/tool>', 'only calls of this tool')
    .option('--principal <id>', 'only calls of this person')
    .option('--client <id>', 'only calls through this client')
    .option('--writes', 'only what is not known to be a read (safe mode)')
    .option('--reason <text>', 'why, for the audit log and for those who are stopped')
    .option('--for <duration>', 'for how long: 90s, 30m, 1h; otherwise until it is released', parseDurationOption)
    .action((options: KillOptions, command: Command) => pullKillSwitch(context, command, options));

  // The options of `kill` itself are its parent's here; commander merges the two.
  addAdminCommand(kill, 'ls', 'list the kill switches in force').action((_options: AdminOptions, command: Command) =>
    listKillSwitches(context, command.optsWithGlobals()),
  );

  addAdminCommand(program, 'release <id>', 'release one kill switch').action((id: string, options: AdminOptions) =>
    runAdminCommand(context, options, async (client) => {
      const released = await client.delete(`/api/kill-switch/${encodeURIComponent(id)}`, killSwitchViewSchema);
      if (!released.ok) return released;
      const text = `Released ${released.value.id}: ${describeScope(released.value.scope)} may run again, unless another switch says no.`;
      return ok({ json: released.value, text: `${visibleText(text)}\n` });
    }),
  );
}

function pullKillSwitch(context: CliContext, command: Command, options: KillOptions): Promise<void> {
  const scopes = scopesOf(options);
  const [scope = { all: true }] = scopes;
  const { reason } = options;
  if (scopes.length > 1) command.error('error: one switch has one scope; pull several for several', { exitCode: 2 });
  if (reason === undefined) return command.error('error: say why with --reason', { exitCode: 2 });
  return runAdminCommand(context, options, async (client) => {
    const expiresAt =
      options.for === undefined ? {} : { expiresAt: new Date(context.nowMs() + options.for).toISOString() };
    const pulled = await client.post('/api/kill-switch', { scope, reason, ...expiresAt }, pulledKillSwitchSchema);
    if (!pulled.ok) return pulled;
    const { id, recorded, expiresAt: end } = pulled.value;
    const until = end === null ? 'until it is released' : `until ${formatTime(end)}`;
    const text = visibleText(
      `Stopped: ${describeScope(pulled.value.scope)}, ${until}. To release: countersign release ${id}`,
    );
    const late = 'It is in force. The audit log cannot be written now and gets the entry later.\n';
    const unknown = sayUnknownName(pulled.value.scope, pulled.value);
    const warning = unknown === null ? '' : `${paint(context, 'yellow', visibleText(unknown))}\n`;
    return ok({ json: pulled.value, text: `${text}\n${recorded ? '' : late}${warning}` });
  });
}

function listKillSwitches(context: CliContext, options: AdminOptions): Promise<void> {
  return runAdminCommand(context, options, async (client) => {
    const list = await client.get('/api/kill-switch', killSwitchListSchema);
    if (!list.ok) return list;
    const rows = list.value.killSwitches.map(({ id, scope, by, reason, createdAt, expiresAt }) => [
      id,
      { text: describeScope(scope), style: 'red' as const },
      by,
      formatDistance(createdAt, context.nowMs()),
      expiresAt === null ? 'never' : formatDistance(expiresAt, context.nowMs()),
      reason,
    ]);
    const head = ['ID', 'STOPS', 'BY', 'PULLED', 'EXPIRES', 'REASON'];
    return ok({
      json: list.value,
      text: rows.length === 0 ? 'No kill switch is in force.\n' : renderTable(context, head, rows),
    });
  });
}

function scopesOf(options: KillOptions): readonly KillScope[] {
  const { upstream, tool, principal, client, writes } = options;
  return [
    ...(upstream === undefined ? [] : [{ upstream }]),
    ...(tool === undefined ? [] : [{ tool }]),
    ...(principal === undefined ? [] : [{ principal }]),
    ...(client === undefined ? [] : [{ client }]),
    ...(writes === undefined ? [] : [{ writes }]),
  ];
}

function describeScope(scope: KillScope): string {
  if ('all' in scope) return 'all calls';
  if ('writes' in scope) return 'all writes';
  const [[kind, name] = ['', '']] = Object.entries(scope);
  return `${kind} ${name}`;
}
