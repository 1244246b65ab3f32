import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type ApprovalDetail, type ApprovalView, approvalViewSchema } from '../core/admin-api/approval-view.ts';
import { visibleText } from '../core/content/visible-text.ts';
import { fieldChanges } from '../core/json/field-changes.ts';
import { REQUEST_LIMITS } from '../core/json/limits.ts';
import { readJson } from '../core/json/read-json.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json/value.ts';
import { err, ok, type Result } from '../core/result.ts';
import { type AdminOptions, addAdminCommand, runAdminCommand } from './admin-command.ts';
import type { CliContext } from './cli-context.ts';
import { approvalPath, findApproval } from './find-approval.ts';
import { renderChanges } from './render-approval.ts';

interface EditOptions extends AdminOptions {
  readonly args: string;
  readonly comment?: string;
}

export function registerEdit(approvals: Command, context: CliContext): void {
  addAdminCommand(approvals, 'edit <id>', 'propose other arguments in the place of a request; approves nothing')
    .requiredOption('--args <json>', 'all arguments of the call, as a JSON object, or @FILE that holds it')
    .option('-m, --comment <text>', 'why, for the next approver and the audit log')
    .action(async (id: string, options: EditOptions, command: Command) => {
      const args = await loadArguments(options.args);
      if (!args.ok) return command.error(`error: --args ${visibleText(args.error)}`, { exitCode: 2 });
      return editApproval(context, id, args.value, options);
    });
}

function editApproval(context: CliContext, id: string, args: JsonObject, options: EditOptions): Promise<void> {
  return runAdminCommand(context, options, async (client) => {
    const shown = await findApproval(client, id, 'pending');
    if (!shown.ok) return shown;
    const body = { arguments: args, ...(options.comment === undefined ? {} : { comment: options.comment }) };
    const edited = await client.post(`${approvalPath(shown.value.id)}/edit`, body, approvalViewSchema);
    return edited.ok ? ok({ json: edited.value, text: say(shown.value, edited.value) }) : edited;
  });
}

function say(before: ApprovalDetail, edited: ApprovalView): string {
  const changes = fieldChanges(before.arguments as Json, edited.arguments as Json);
  return (
    `Proposed ${edited.id} in the place of ${before.id}, which is rejected by that.\n${renderChanges(changes)}` +
    'Another approver decides on it; the call runs when its host sends it with these arguments.\n'
  );
}

/** As strictly as the gateway reads what a host sends. The words of the fault go behind the name of the option. */
async function loadArguments(given: string): Promise<Result<JsonObject, string>> {
  const bytes = given.startsWith('@') ? await readFile(given.slice(1)).catch(() => null) : Buffer.from(given);
  if (bytes === null) return err(`names a file that cannot be read: ${given.slice(1)}`);
  const json = readJson(bytes, REQUEST_LIMITS);
  if (!json.ok) return err(`must be a JSON object: ${json.error.detail}`);
  return isJsonObject(json.value) ? ok(json.value) : err('must be a JSON object');
}
