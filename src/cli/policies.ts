import { type Command, InvalidArgumentError } from 'commander';
import { CONFIG_FILE, findConfigFile } from '../config/find-config-file.ts';
import type { Principal, PrincipalId } from '../core/identity/principal.ts';
import { REQUEST_LIMITS } from '../core/json/limits.ts';
import { readJson } from '../core/json/read-json.ts';
import { isJsonObject, type JsonObject } from '../core/json/value.ts';
import type { CliContext } from './cli-context.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { diffPolicies } from './diff.ts';
import { explainDecision } from './explain.ts';
import { collect } from './parse-option.ts';

/** The commands that answer questions about policies. They read files, and no gateway need run. */
export function registerPolicies(program: Command, context: CliContext): void {
  const { color } = context;
  function finish({ exitCode, output }: CommandOutcome): void {
    context.stdout.write(output);
    context.exitWith(exitCode);
  }

  program
    .command('explain')
    .description('the decision on one call, rule by rule')
    .requiredOption('--as <user>', 'who calls: the user of a token, or <issuer>#<sub>')
    .requiredOption('--tool <upstream/tool>', 'what is called', parseTool)
    .option('--args <json>', 'the arguments; `any` asks what a listing asks', parseArgs)
    .option('--group <group>', 'a group of the caller; may be given several times', collect)
    .option('--scope <scope>', 'a scope of the credential; may be given several times', collect)
    .option('--tenant <tenant>', 'the tenant of the caller')
    .option('--client <client>', 'the client through which the caller calls')
    .option('--now <time>', 'when the call comes, such as 2026-12-01T09:00:00Z', parseMoment)
    .option('--config <file>', CONFIG_HELP)
    .option('--policies <dir>', 'the policies (default: where the configuration says)')
    .option('--json', 'one JSON document')
    .action(async (flags: ExplainFlags) => {
      const { config = null, policies = null, json = false, args = NO_ARGS, now = context.nowMs() } = flags;
      const request = {
        principal: principalOf(flags),
        target: flags.tool,
        args: args === 'any' ? null : args,
        nowMs: now,
      };
      finish(await explainDecision({ request, config: findConfigFile(config), dir: policies, json, color }));
    });

  program
    .command('diff')
    .description('who gains or loses which tools between two policy directories')
    .argument('<old>', 'the directory of the policies that are in force')
    .argument('<new>', 'the directory of the policies that are proposed')
    .option('--config <file>', CONFIG_HELP)
    .option('--json', 'one JSON document')
    .action(async (before: string, after: string, { config = null, json = false }: DiffFlags) =>
      finish(
        await diffPolicies({ before, after, config: findConfigFile(config), nowMs: context.nowMs(), json, color }),
      ),
    );
}

const CONFIG_HELP = `the configuration (default: ${CONFIG_FILE} where there is one)`;
const NO_ARGS: JsonObject = {};

interface DiffFlags {
  readonly config?: string | null;
  readonly json?: boolean;
}

interface ExplainFlags extends DiffFlags {
  readonly as: string;
  readonly tool: { readonly kind: 'tool'; readonly upstream: string; readonly name: string };
  readonly args?: JsonObject | 'any';
  readonly group?: readonly string[];
  readonly scope?: readonly string[];
  readonly tenant?: string;
  readonly client?: string;
  readonly now?: number;
  readonly policies?: string | null;
}

function principalOf({ as, group = [], scope = [], tenant, client = 'explain' }: ExplainFlags): Principal {
  return {
    id: as as PrincipalId,
    name: as,
    groups: group,
    scopes: scope,
    tenant: tenant ?? null,
    client,
    credentialId: 'explain',
    issuer: 'explain',
    resources: null,
  };
}

function parseTool(text: string): ExplainFlags['tool'] {
  const slash = text.indexOf('/');
  if (slash <= 0 || slash === text.length - 1) throw new InvalidArgumentError('must be like crm/update_deal.');
  return { kind: 'tool', upstream: text.slice(0, slash), name: text.slice(slash + 1) };
}

function parseArgs(text: string): JsonObject | 'any' {
  if (text === 'any') return text;
  const read = readJson(Buffer.from(text), REQUEST_LIMITS);
  if (!read.ok) throw new InvalidArgumentError(`must be a JSON object: ${read.error.detail}.`);
  if (!isJsonObject(read.value)) throw new InvalidArgumentError('must be a JSON object.');
  return read.value;
}

function parseMoment(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('must be a date and a time, such as 2026-12-01T09:00:00Z.');
  return ms;
}
