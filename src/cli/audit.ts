import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { auditListSchema, auditViewSchema } from '../core/admin-api/audit-view.ts';
import { visibleJson } from '../core/content/visible-text.ts';
import { type Result, ok } from '../core/result.ts';
import type { AdminClient } from './admin-client.ts';
import { type AdminOptions, addAdminCommand, runAdminCommand } from './admin-command.ts';
import { auditLine } from './audit-line.ts';
import { registerAuditExport } from './audit-export.ts';
import { type OpenStoredLog, registerAuditVerify } from './audit-verify.ts';
import type { CliContext } from './cli-context.ts';
import type { CliFault } from './load-admin-target.ts';
import { parseCount, parseSequence } from './parse-option.ts';

interface TailOptions extends AdminOptions {
  readonly limit: number;
  readonly after?: number;
  readonly follow?: true;
}

const FOLLOW_EVERY_MS = 1000;

export function registerAudit(program: Command, context: CliContext, openStoredLog: OpenStoredLog): void {
  const audit = program.command('audit').description('read the audit log, and check it');

  addAdminCommand(audit, 'tail', 'the newest entries, one a line, newest last; with --json one document a line')
    .option('-n, --limit <count>', 'how many', parseCount, 20)
    .option('--after <seq>', 'the first ones after this sequence number instead', parseSequence)
    .option('-f, --follow', 'go on with what is recorded from now on')
    .action((options: TailOptions) => runAdminCommand(context, options, (client) => tail(context, client, options)));

  addAdminCommand(audit, 'show <seq>', 'one entry, whole').action((seq: string, options: AdminOptions) =>
    runAdminCommand(context, options, async (client) => {
      const entry = await client.get(`/api/audit/${encodeURIComponent(seq)}`, auditViewSchema);
      return entry.ok ? ok({ json: entry.value, text: `${visibleJson(entry.value, 2)}\n` }) : entry;
    }),
  );

  registerAuditExport(audit, context);
  registerAuditVerify(audit, context, openStoredLog);
}

/** Writes lines as they come, so that nothing is left to say at the end. */
async function tail(context: CliContext, client: AdminClient, options: TailOptions): Promise<Result<null, CliFault>> {
  let { after } = options;
  for (;;) {
    const query = new URLSearchParams({
      limit: String(options.limit),
      ...(after !== undefined && { after: String(after) }),
    });
    const list = await client.get(`/api/audit?${query.toString()}`, auditListSchema);
    if (!list.ok) return context.signal.aborted ? ok(null) : list;
    for (const entry of list.value.entries) {
      context.stdout.write(options.json ? `${visibleJson(entry)}\n` : auditLine(context, entry));
      after = entry.seq;
    }
    if (!options.follow || !(await isGoingOn(context.signal))) return ok(null);
    after ??= 0;
  }
}

async function isGoingOn(signal: AbortSignal): Promise<boolean> {
  try {
    await delay(FOLLOW_EVERY_MS, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
