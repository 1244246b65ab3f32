import type { Command } from 'commander';
import { type ApprovalDetail, approvalViewSchema } from '../core/admin-api/approval-view.ts';
import { visibleText } from '../core/content/visible-text.ts';
import { type Result, err, ok } from '../core/result.ts';
import type { AdminClient } from './admin-client.ts';
import { type AdminOptions, type CommandAnswer, runAdminCommand } from './admin-command.ts';
import type { CliContext } from './cli-context.ts';
import { checkYes, typesName } from './deliberate.ts';
import { approvalPath, findApproval } from './find-approval.ts';
import type { CliFault } from './load-admin-target.ts';
import { renderApproval } from './render-approval.ts';

export interface ApproveOptions extends AdminOptions {
  readonly argsHash?: string;
  readonly yes?: true;
  readonly comment?: string;
  readonly confirm?: string;
  readonly grant?: true;
}

const HASH = /^[0-9a-f]{64}$/;

/**
 * Approves exactly what was shown: the digest of the arguments goes along, so that the gateway refuses if they are not these any more.
 * A person at a terminal is asked; a program must say which arguments it means.
 */
export function approveApproval(
  context: CliContext,
  command: Command,
  id: string,
  options: ApproveOptions,
): Promise<void> {
  const { argsHash } = options;
  if (argsHash !== undefined && !HASH.test(argsHash)) {
    command.error('error: --args-hash must be the whole hash that "approvals show" prints, 64 characters', {
      exitCode: 2,
    });
  }
  if (argsHash === undefined && options.yes === undefined && !context.isTty) {
    command.error('error: without a terminal, say which arguments you mean with --args-hash, or --yes', {
      exitCode: 2,
    });
  }
  return runAdminCommand(context, options, async (client) => {
    const shown = await findApproval(client, id, 'pending');
    if (!shown.ok) return shown;
    const agreed = await agree(context, shown.value, options);
    return agreed.ok ? approve(client, shown.value, { ...options, ...agreed.value }) : agreed;
  });
}

/** What the person typed comes back where the rule asks for it. */
async function agree(
  context: CliContext,
  shown: ApprovalDetail,
  options: ApproveOptions,
): Promise<Result<Pick<ApproveOptions, 'confirm'>, CliFault>> {
  if (options.argsHash !== undefined) {
    if (shown.argsDigest === options.argsHash) return ok({});
    return refused('the arguments of this approval have another hash', 'Show it again, and look at what it asks for.');
  }
  // Whoever sends what the rule wants typed says which call they mean.
  if (options.yes) {
    const enough = options.confirm === undefined ? checkYes([shown]) : ok(true);
    return enough.ok ? ok({}) : enough;
  }
  // With --json, stdout is for the document alone.
  const screen = options.json ? context.stderr : context.stdout;
  screen.write(`${renderApproval(context, shown)}\n`);
  if (shown.status !== 'pending') return refused(`the request is ${shown.status} already`, 'A decision is final.');
  if (shown.confirm !== null && options.confirm === undefined) {
    const typed = await context.ask(`To approve this call, type ${visibleText(shown.confirm)} `);
    return typed.trim() === shown.confirm ? ok({ confirm: shown.confirm }) : refused('not approved', STILL_WAITS);
  }
  return (await isMeant(context, shown, options)) ? ok({}) : refused('not approved', STILL_WAITS);
}

async function isMeant(context: CliContext, shown: ApprovalDetail, { confirm }: ApproveOptions): Promise<boolean> {
  if (shown.highRisks.length > 0 && confirm === undefined) return typesName(context, 'this call', [shown]);
  const answer = await context.ask('Approve this call? [y/N] ');
  return /^y(es)?$/i.test(answer.trim());
}

const STILL_WAITS = 'The request still waits. To end it: approvals reject.';

async function approve(
  client: AdminClient,
  { id, argsDigest }: ApprovalDetail,
  { comment, confirm, grant }: ApproveOptions,
): Promise<Result<CommandAnswer, CliFault>> {
  const given = { comment, confirm, grant };
  const body = { argsDigest, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
  const approved = await client.post(`${approvalPath(id)}/approve`, body, approvalViewSchema);
  if (!approved.ok) return approved;
  const { requester, upstream, tool } = approved.value;
  const text = visibleText(`Approved ${id}: ${requester} may run ${upstream}/${tool} once, with these arguments.`);
  return ok({ json: approved.value, text: `${text}\n` });
}

function refused(message: string, help: string): Result<never, CliFault> {
  return err({ exitCode: 1, message, help });
}
