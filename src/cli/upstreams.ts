import type { Command } from 'commander';
import { upstreamListSchema, type UpstreamView } from '../core/admin-api/upstream-view.ts';
import { ok } from '../core/result.ts';
import { type AdminOptions, addAdminCommand, runAdminCommand } from './admin-command.ts';
import type { CliContext } from './cli-context.ts';
import { type Cell, renderTable } from './layout.ts';

export function registerUpstreams(program: Command, context: CliContext): void {
  addAdminCommand(program, 'upstreams', 'how the upstreams are doing').action((options: AdminOptions) =>
    runAdminCommand(context, options, async (client) => {
      const list = await client.get('/api/upstreams', upstreamListSchema);
      if (!list.ok) return list;
      const rows = list.value.upstreams.map(row);
      return ok({ json: list.value, text: rows.length === 0 ? 'No upstreams.\n' : renderTable(context, HEAD, rows) });
    }),
  );
}

const HEAD = ['NAME', 'TRANSPORT', 'STATE', 'REVISION', 'TOOLS', 'LAST FAULT'];

function row({ name, transport, state, revision, tools, lastFault }: UpstreamView): readonly Cell[] {
  const style = ({ ready: 'green', failing: 'red', idle: 'dim' } as const)[state];
  return [
    name,
    transport,
    { text: state, style },
    revision ?? '-',
    tools === null ? '-' : String(tools),
    lastFault ?? '-',
  ];
}
