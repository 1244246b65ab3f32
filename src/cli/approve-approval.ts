import type { Command } from 'commander';
import { type ApprovalView, approvalViewSchema } from '../core/admin-api/approval-view.ts';
import { visibleText } from '../core/content/visible-text.ts';
import { type Result, err, ok } from '../core/result.ts';
import type { AdminClient } from './admin-client.ts';
import { type AdminOptions, type CommandAnswer, runAdminCommand } from './admin-command.ts';
import type { CliContext } from './cli-context.ts';
import { approvalPath, findApproval } from './find-approval.ts';
import type { CliFault } from './load-admin-target.ts';
import { renderApproval } from './render-approval.ts';

export interface ApproveOptions extends AdminOptions {
  readonly argsHash?: string;
  readonly yes?: true;
  readonly comment?: string;
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
    const agreed = await isAgreed(context, shown.value, options);
    return agreed.ok ? approve(client, shown.value, options) : agreed;
  });
}

async function isAgreed(
  context: CliContext,
  shown: ApprovalView,
  options: ApproveOptions,
): Promise<Result<true, CliFault>> {
  if (options.argsHash !== undefined) {
    if (shown.argsDigest === options.argsHash) return ok(true);
    return refused('the arguments of this approval have another hash', 'Show it again, and look at what it asks for.');
  }
  if (options.yes) return ok(true);
  // With --json, stdout is for the document alone.
  const screen = options.json ? context.stderr : context.stdout;
  screen.write(`${renderApproval(context, shown)}\n`);
  if (shown.status !== 'pending') return refused(`the request is ${shown.status} already`, 'A decision is final.');
  const answer = await context.ask('Approve this call? [y/N] ');
  return /^y(es)?$/i.test(answer.trim())
    ? ok(true)
    : refused('not approved', 'The request still waits. To end it: approvals reject.');
}

async function approve(
  client: AdminClient,
  { id, argsDigest }: ApprovalView,
  { comment }: ApproveOptions,
): Promise<Result<CommandAnswer, CliFault>> {
  const body = { argsDigest, ...(comment === undefined ? {} : { comment }) };
  const approved = await client.post(`${approvalPath(id)}/approve`, body, approvalViewSchema);
  if (!approved.ok) return approved;
  const { requester, upstream, tool } = approved.value;
  const text = visibleText(`Approved ${id}: ${requester} may run ${upstream}/${tool} once, with these arguments.`);
  return ok({ json: approved.value, text: `${text}\n` });
}

function refused(message: string, help: string): Result<never, CliFault> {
  return err({ exitCode: 1, message, help });
}
