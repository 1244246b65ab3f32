import type { Command } from 'commander';
import { visibleJson } from '../core/content/visible-text.ts';
import type { Result } from '../core/result.ts';
import { type AdminClient, createAdminClient } from './admin-client.ts';
import type { CliContext } from './cli-context.ts';
import {
  type AdminTarget,
  type CliFault,
  DEFAULT_ADMIN_URL,
  OPERATOR_TOKEN_FILE,
  type TargetOptions,
  loadAdminTarget,
} from './load-admin-target.ts';
import { sayFault } from './say-fault.ts';

export interface AdminOptions extends TargetOptions {
  readonly json?: true;
}

/** What a command has to say, in both forms. */
export interface CommandAnswer {
  readonly json: unknown;
  /** Whole lines, made visible already. */
  readonly text: string;
}

/** A subcommand that talks to the admin API, with the options that all of them have. */
export function addAdminCommand(parent: Command, nameAndArguments: string, description: string): Command {
  return withAdminOptions(parent.command(nameAndArguments).description(description));
}

export function withAdminOptions(command: Command): Command {
  return withTargetOptions(command).option('--json', 'one JSON document');
}

/** Which gateway, and with whose credential. */
export function withTargetOptions(command: Command): Command {
  return command
    .option('--admin-url <url>', `the admin plane (or COUNTERSIGN_ADMIN_URL; default: ${DEFAULT_ADMIN_URL})`)
    .option(
      '--admin-token-file <file>',
      `holds the token (or COUNTERSIGN_ADMIN_TOKEN; default: ${OPERATOR_TOKEN_FILE})`,
    );
}

/** Does the work and says what came of it: on stdout what was asked for, on stderr what went wrong. `null`: it is said already. */
export async function runAdminCommand(
  context: CliContext,
  options: AdminOptions,
  work: (client: AdminClient, target: AdminTarget) => Promise<Result<CommandAnswer | null, CliFault>>,
): Promise<void> {
  const target = await loadAdminTarget(context, options);
  const answer = target.ok ? await work(createAdminClient(context, target.value), target.value) : target;
  if (!answer.ok) return sayFault(context, answer.error, options.json);
  context.exitWith(0);
  if (answer.value === null) return;
  const { json, text } = answer.value;
  context.stdout.write(options.json ? `${visibleJson(json)}\n` : text);
}
