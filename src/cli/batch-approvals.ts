import type { Command } from 'commander';
import type { ApprovalDetail } from '../core/admin-api/approval-view.ts';
import { batchViewSchema } from '../core/admin-api/batch-view.ts';
import { visibleJson, visibleText } from '../core/content/visible-text.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { AdminClient } from './admin-client.ts';
import { type AdminOptions, type CommandAnswer, runAdminCommand } from './admin-command.ts';
import type { CliContext } from './cli-context.ts';
import { checkYes, typesName } from './deliberate.ts';
import { findApproval } from './find-approval.ts';
import type { CliFault } from './load-admin-target.ts';
import { renderApproval } from './render-approval.ts';

export interface BatchOptions extends AdminOptions {
  readonly argsHash?: readonly string[];
  readonly yes?: true;
  readonly comment?: string;
  readonly confirm?: string;
  readonly grant?: true;
}

/** One decision on several requests that are alike; the gateway refuses if they are not, and then decides none. */
export function decideBatch(
  context: CliContext,
  command: Command,
  decision: 'approve' | 'reject',
  ids: readonly string[],
  options: BatchOptions,
): Promise<void> {
  const { argsHash = [], yes, confirm, grant } = options;
  if (confirm !== undefined || grant !== undefined) {
    command.error('error: --confirm and --grant are for one request: approve it by itself', { exitCode: 2 });
  }
  if (argsHash.length > 0 && argsHash.length !== ids.length) {
    command.error('error: with several ids, give --args-hash once for each of them, in the same order', {
      exitCode: 2,
    });
  }
  if (decision === 'approve' && argsHash.length === 0 && yes === undefined && !context.isTty) {
    command.error('error: without a terminal, say which arguments you mean with --args-hash, or --yes', {
      exitCode: 2,
    });
  }
  return runAdminCommand(context, options, async (client) => {
    const shown = await findAll(client, ids, argsHash);
    if (!shown.ok) return shown;
    if (decision === 'approve' && argsHash.length === 0 && yes) {
      const enough = checkYes(shown.value);
      if (!enough.ok) return enough;
    }
    const asks = decision === 'approve' && argsHash.length === 0 && yes === undefined;
    if (asks && !(await isAgreed(context, shown.value, options))) {
      return refused('not approved', 'The requests still wait. To end them: approvals reject.');
    }
    return send(context, client, decision, shown.value, options);
  });
}

async function findAll(
  client: AdminClient,
  ids: readonly string[],
  hashes: readonly string[],
): Promise<Result<readonly ApprovalDetail[], CliFault>> {
  const all: ApprovalDetail[] = [];
  for (const [index, id] of ids.entries()) {
    const found = await findApproval(client, id, 'pending');
    if (!found.ok) return found;
    const hash = hashes[index];
    if (hash !== undefined && hash !== found.value.argsDigest) {
      return refused(
        `the arguments of ${found.value.id} have another hash`,
        'Show it again, and look at what it asks for.',
      );
    }
    all.push(found.value);
  }
  return ok(all);
}

async function isAgreed(context: CliContext, all: readonly ApprovalDetail[], options: AdminOptions): Promise<boolean> {
  const screen = options.json ? context.stderr : context.stdout;
  for (const each of all) screen.write(`${renderApproval(context, each)}\n`);
  return typesName(context, `these ${all.length} calls`, all);
}

async function send(
  context: CliContext,
  client: AdminClient,
  decision: 'approve' | 'reject',
  all: readonly ApprovalDetail[],
  { comment, json }: BatchOptions,
): Promise<Result<CommandAnswer | null, CliFault>> {
  const approvals = all.map(({ id, argsDigest }) => ({ id, argsDigest }));
  const body = { decision, approvals, ...(comment === undefined ? {} : { comment }) };
  const answer = await client.post('/api/approvals/batch', body, batchViewSchema);
  if (!answer.ok) return answer;
  const { results } = answer.value;
  const lines = results.map(({ id, status, problem }) => visibleText(`${id}: ${problem ?? status ?? ''}`));
  const said = { json: answer.value, text: `${lines.join('\n')}\n` };
  const failed = results.filter(({ decided }) => !decided).length;
  if (failed === 0) return ok(said);
  context.stdout.write(json ? `${visibleJson(said.json)}\n` : said.text);
  return refused(`${failed} of ${results.length} were not decided`, 'The others count.');
}

function refused(message: string, help: string): Result<never, CliFault> {
  return err({ exitCode: 1, message, help });
}
