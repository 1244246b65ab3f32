import type { Command } from 'commander';
import { Option } from 'commander';
import { type ApprovalView, approvalListSchema, approvalViewSchema } from '../core/admin-api/approval-view.ts';
import { APPROVAL_STATUSES } from '../core/approval/approval.ts';
import { ok } from '../core/result.ts';
import { type AdminOptions, addAdminCommand, runAdminCommand } from './admin-command.ts';
import { approveApproval } from './approve-approval.ts';
import { type BatchOptions, decideBatch } from './batch-approvals.ts';
import type { CliContext } from './cli-context.ts';
import { approvalPath, findApproval } from './find-approval.ts';
import { registerEdit } from './edit-approval.ts';
import { registerFigures } from './figures.ts';
import { formatDistance } from './format-time.ts';
import { type Cell, renderTable } from './layout.ts';
import { collect, parseCount } from './parse-option.ts';
import { renderApproval } from './render-approval.ts';
import { watchApprovals } from './watch-approvals.ts';

interface ListOptions extends AdminOptions {
  readonly status?: string;
  readonly limit: number;
}

export function registerApprovals(program: Command, context: CliContext): void {
  const approvals = program.command('approvals').description('see and decide what waits for a person');

  addAdminCommand(approvals, 'ls', 'list approvals, newest first')
    .addOption(new Option('--status <status>', 'only those').choices(APPROVAL_STATUSES))
    .option('--limit <count>', 'how many', parseCount, 50)
    .action((options: ListOptions) => listApprovals(context, options));

  addAdminCommand(approvals, 'show <id>', 'show everything about one').action((id: string, options: AdminOptions) =>
    runAdminCommand(context, options, async (client) => {
      const approval = await findApproval(client, id, 'all');
      return approval.ok ? ok({ json: approval.value, text: renderApproval(context, approval.value) }) : approval;
    }),
  );

  registerDeciding(approvals, context);
  registerEdit(approvals, context);
  registerFigures(approvals, context);

  addAdminCommand(
    approvals,
    'watch',
    'what waits, and every change from then on; with --json one document a line',
  ).action((options: AdminOptions) =>
    runAdminCommand(context, options, (client, target) => watchApprovals(context, client, target, options)),
  );
}

function registerDeciding(approvals: Command, context: CliContext): void {
  addAdminCommand(approvals, 'approve <id...>', 'approve one call, or several that are alike')
    .option('--args-hash <hash>', 'only if this is the hash of its arguments, as "approvals show" prints it', collect)
    .option('--confirm <text>', 'what the request wants typed')
    .option('--grant', 'agree to the further calls that the request offers, too')
    .option('--yes', 'do not ask')
    .option('-m, --comment <text>', 'why, for the audit log')
    .action((ids: readonly string[], options: BatchOptions, command: Command) => {
      const [id = '', ...others] = ids;
      if (others.length > 0 || (options.argsHash ?? []).length > 1)
        return decideBatch(context, command, 'approve', ids, options);
      const { argsHash: [argsHash] = [], ...rest } = options;
      return approveApproval(context, command, id, argsHash === undefined ? rest : { ...rest, argsHash });
    });

  addAdminCommand(approvals, 'reject <id...>', 'reject one call, or several that are alike')
    .option('-m, --comment <text>', 'why, for the audit log')
    .action((ids: readonly string[], options: BatchOptions, command: Command) => {
      const [id = '', ...others] = ids;
      if (others.length > 0) return decideBatch(context, command, 'reject', ids, options);
      return runAdminCommand(context, options, async (client) => {
        const shown = await findApproval(client, id, 'pending');
        if (!shown.ok) return shown;
        const body = options.comment === undefined ? {} : { comment: options.comment };
        const rejected = await client.post(`${approvalPath(shown.value.id)}/reject`, body, approvalViewSchema);
        return rejected.ok
          ? ok({ json: rejected.value, text: `Rejected ${rejected.value.id}. The call will not run.\n` })
          : rejected;
      });
    });
}

function listApprovals(context: CliContext, options: ListOptions): Promise<void> {
  return runAdminCommand(context, options, async (client) => {
    const query = new URLSearchParams({
      limit: String(options.limit),
      ...(options.status && { status: options.status }),
    });
    const list = await client.get(`/api/approvals?${query.toString()}`, approvalListSchema);
    if (!list.ok) return list;
    const { approvals } = list.value;
    const rows = approvals.map((approval) => row(approval, context.nowMs()));
    const text = rows.length === 0 ? 'No approvals.\n' : renderTable(context, HEAD, rows);
    return ok({ json: list.value, text });
  });
}

const HEAD = ['ID', 'STATUS', 'REQUESTER', 'TOOL', 'ASKED', 'EXPIRES'];

function row(approval: ApprovalView, nowMs: number): readonly Cell[] {
  const { id, status, requester, upstream, tool, createdAt, expiresAt } = approval;
  const isPending = status === 'pending';
  return [
    id,
    { text: status, style: isPending ? 'yellow' : 'none' },
    requester,
    `${upstream}/${tool}`,
    formatDistance(createdAt, nowMs),
    isPending ? formatDistance(expiresAt, nowMs) : '-',
  ];
}
