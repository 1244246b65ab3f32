import { once } from 'node:events';
import type { Command } from 'commander';
import { renderProblems } from '../config/render-problems.ts';
import { visibleJson } from '../core/content/visible-text.ts';
import type { Problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import { type CliContext, paint } from './cli-context.ts';
import { firstCall, hostSnippets } from './host-snippets.ts';

export interface UpOptions {
  /** `null`: `countersign.yaml` where there is one, and the demo otherwise. */
  readonly config: string | null;
  readonly json: boolean;
  /** For the demo alone; a configuration says these itself. */
  readonly data: string;
  readonly listenMcp: string;
  readonly listenAdmin: string;
}

/** A gateway that is up. Secrets are in it in demo mode only. */
export interface Running {
  readonly mcpUrl: string;
  readonly adminUrl: string;
  /** In demo mode with a sign-in link, good once and soon. */
  readonly consoleUrl: string;
  readonly operatorTokenFile: string;
  readonly demo: {
    readonly requester: { readonly token: string };
    readonly operator: { readonly token: string };
  } | null;
  /** Takes no new calls, lets running ones finish, and closes the store. */
  close(): Promise<void>;
}

export interface UpDeps {
  readonly version: string;
  /** Reads everything and starts, or says everything that is wrong. Throws what only starting shows. */
  readonly serve: (
    options: UpOptions & { readonly version: string },
  ) => Promise<Result<{ readonly running: Running; readonly warnings: readonly Problem[] }, readonly Problem[]>>;
}

export function registerUp(program: Command, context: CliContext, deps: UpDeps): void {
  program
    .command('up')
    .alias('serve')
    .description('run the gateway; the demo where there is no configuration')
    .option('--config <file>', 'the configuration (default: countersign.yaml where there is one)')
    .option('--data <dir>', 'demo: where to keep its data', './data')
    .option('--listen-mcp <address>', 'demo: the MCP plane', '127.0.0.1:8420')
    .option('--listen-admin <address>', 'demo: the admin plane', '127.0.0.1:8421')
    .option('--json', 'print one line of JSON when ready')
    .action((given: Omit<UpOptions, 'config' | 'json'> & { readonly config?: string; readonly json?: true }) =>
      up(context, deps, { ...given, config: given.config ?? null, json: given.json ?? false }),
    );
}

async function up(context: CliContext, { version, serve }: UpDeps, options: UpOptions): Promise<void> {
  const served = await serve({ ...options, version });
  const problems = served.ok ? served.value.warnings : served.error;
  context.stderr.write(sayProblems(context, problems, served.ok, options.json));
  if (!served.ok) return context.exitWith(1);

  const { running } = served.value;
  context.stdout.write(options.json ? `${readyLine(running)}\n` : readyText(running, version, context));
  if (!context.signal.aborted) await once(context.signal, 'abort');
  await running.close();
}

function sayProblems(context: CliContext, problems: readonly Problem[], isServed: boolean, json: boolean): string {
  // They go to stderr, which may be a file where stdout is a terminal.
  if (!json) return renderProblems(problems, { color: context.color && context.isStderrTty });
  return problems.length === 0 ? '' : `${visibleJson({ ok: isServed, problems })}\n`;
}

/** What `up --json` prints, on one line, when both planes listen. */
function readyLine({ mcpUrl, adminUrl, consoleUrl, demo }: Running): string {
  return JSON.stringify({ mcpUrl, adminUrl, pid: process.pid, consoleUrl, ...(demo === null ? {} : { demo }) });
}

/** What `up` prints for a person: where it is, who may use it, and what to do first. */
function readyText(running: Running, version: string, context: CliContext): string {
  const lines = [
    `${paint(context, 'bold', 'Countersign')} ${version}${running.demo === null ? '' : paint(context, 'yellow', '  demo mode, loopback only')}`,
    '',
    `  MCP plane    ${paint(context, 'cyan', running.mcpUrl)}`,
    `  admin plane  ${paint(context, 'cyan', running.adminUrl)}`,
    `  console      ${paint(context, 'cyan', running.consoleUrl)}`,
    `  operator's token in ${running.operatorTokenFile}`,
  ];
  if (running.demo === null) return `${lines.join('\n')}\n`;

  const { requester, operator } = running.demo;
  const tokenUrl = running.mcpUrl.replace(/\/mcp$/, '/token/mcp');
  lines.push(
    '',
    paint(context, 'bold', 'People'),
    `  alice asks       ${requester.token}`,
    `  olivia decides   ${operator.token}`,
    '',
    paint(context, 'bold', 'A first call: a read, so it passes'),
    `  ${firstCall(running.mcpUrl, requester.token)}`,
    '',
    paint(context, 'bold', `Hosts, after  export COUNTERSIGN_TOKEN=${requester.token}`),
  );
  for (const { host, where, text } of hostSnippets(tokenUrl)) {
    lines.push(`  ${host}, ${where}`, ...text.split('\n').map((line) => `    ${line}`));
  }
  lines.push(
    '',
    'Decide on writes in the console: its link above signs you in once. Or with  npm run -s countersign -- approvals ls',
    'Stop with Ctrl-C.',
  );
  return `${lines.join('\n')}\n`;
}
