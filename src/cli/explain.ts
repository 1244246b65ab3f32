import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { CONFIG_FILE, findConfigFile } from '../config/find-config-file.ts';
import { renderProblems } from '../config/render-problems.ts';
import {
  type ExplainedPerson,
  type ExplanationView,
  explanationViewSchema,
} from '../core/admin-api/explanation-view.ts';
import { visibleJson } from '../core/content/visible-text.ts';
import type { PrincipalId } from '../core/identity/principal.ts';
import { REQUEST_LIMITS } from '../core/json/limits.ts';
import { readJson } from '../core/json/read-json.ts';
import { isJsonObject, type JsonObject } from '../core/json/value.ts';
import type { DecisionRequest, DecisionTarget } from '../core/policy/decision.ts';
import { explain } from '../core/policy/explain.ts';
import { viewDecision } from '../core/policy/view-decision.ts';
import { ok } from '../core/result.ts';
import { formatTimestamp } from '../core/timestamp.ts';
import { type AdminOptions, runAdminCommand, withAdminOptions } from './admin-command.ts';
import type { CliContext } from './cli-context.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { loadPolicyAt, type PolicyPlace } from './load-policy.ts';
import { collect } from './parse-option.ts';
import { renderExplanation } from './render-explanation.ts';

export interface ExplainOptions extends PolicyPlace {
  readonly request: DecisionRequest;
  readonly json: boolean;
  readonly color: boolean;
}

export function registerExplain(program: Command, context: CliContext): void {
  const command = program
    .command('explain')
    .description('the decision on one call, rule by rule; from files, or of the gateway with --admin-url')
    .requiredOption('--as <user>', 'who calls: the user of a token, or <issuer>#<sub>')
    .option('--tool <upstream/tool>', 'what is called', parseNamed)
    .option('--resource <upstream/uri>', 'in place of --tool: what is read', parseNamed)
    .option('--template <upstream/template>', 'in place of --tool: the template that is listed', parseNamed)
    .option('--prompt <upstream/prompt>', 'in place of --tool: what is taken', parseNamed)
    .option('--completion', 'asks for completion of an argument of --prompt or --template')
    .option('--args <json>', 'the arguments; `any` asks what a listing asks', parseArgs)
    .option('--group <group>', 'a group of the caller; may be given several times', collect)
    .option('--scope <scope>', 'a scope of the credential; may be given several times', collect)
    .option('--tenant <tenant>', 'the tenant of the caller')
    .option('--client <client>', 'the client through which the caller calls')
    .option('--now <time>', 'when the call comes, such as 2026-12-01T09:00:00Z', parseMoment)
    .option('--config <file>', `the configuration (default: ${CONFIG_FILE} where there is one)`)
    .option('--policies <dir>', 'the policies (default: where the configuration says)');
  withAdminOptions(command).action(async (flags: ExplainFlags) => {
    const target = targetOf(flags);
    if (target === null) return command.error(`error: ${ONE_TARGET}`, { exitCode: 2 });
    if (isForGateway(flags)) return askGateway(context, flags, target);
    const { config = null, policies = null, json = false } = flags;
    const request = requestOf(flags, target, context.nowMs());
    const options = { request, config: findConfigFile(config), dir: policies, json, color: context.color };
    const { exitCode, output } = await explainDecision(options);
    context.stdout.write(output);
    context.exitWith(exitCode);
  });
}

/** What a gateway with these files would decide, and how every rule stands to it. */
export async function explainDecision({ request, json, color, ...place }: ExplainOptions): Promise<CommandOutcome> {
  const policy = await loadPolicyAt(place);
  if (!policy.ok) {
    const output = json
      ? `${visibleJson({ ok: false, problems: policy.error })}\n`
      : renderProblems(policy.error, { color });
    return { exitCode: 1, output };
  }
  const { decision, rules } = explain(policy.value, request);
  const { id: user, groups, scopes, tenant, client } = request.principal;
  const as: ExplainedPerson = { user, groups, scopes, tenant, client, from: 'request' };
  const explanation = { as, target: request.target, decision: viewDecision(decision), rules };
  const output = json
    ? `${visibleJson({ ok: true, ...explanation })}\n`
    : renderExplanation(explanation, request.args, { color });
  return { exitCode: 0, output };
}

const ONE_TARGET = 'name one of --tool, --resource, --template and --prompt; --completion goes with the last two';
const NO_ARGS: JsonObject = {};

interface ExplainFlags extends AdminOptions {
  readonly as: string;
  readonly tool?: NamedFlag;
  readonly resource?: NamedFlag;
  readonly template?: NamedFlag;
  readonly prompt?: NamedFlag;
  readonly completion?: boolean;
  readonly args?: JsonObject | 'any';
  readonly group?: readonly string[];
  readonly scope?: readonly string[];
  readonly tenant?: string;
  readonly client?: string;
  readonly now?: number;
  readonly config?: string | null;
  readonly policies?: string | null;
}

type NamedFlag = Pick<DecisionTarget, 'upstream' | 'name'>;

/** Files that are named, or that are there, come before a gateway that might be running with others. */
function isForGateway({ adminUrl, adminTokenFile, config, policies }: ExplainFlags): boolean {
  if (adminUrl !== undefined || adminTokenFile !== undefined) return true;
  const isNamed = (config ?? null) !== null || (policies ?? null) !== null;
  return !isNamed && findConfigFile(null) === null && !existsSync('policies');
}

function askGateway(context: CliContext, flags: ExplainFlags, { kind, upstream, name }: DecisionTarget): Promise<void> {
  const { as, group, scope, tenant = null, client = null, now, args = NO_ARGS, completion = false } = flags;
  const what = kind.replace('-argument', '');
  const question = {
    as,
    tenant,
    client,
    completion,
    [what]: `${upstream}/${name}`,
    arguments: args,
    ...((group ?? scope) !== undefined && { groups: group ?? [], scopes: scope ?? [] }),
    ...(now !== undefined && { now: formatTimestamp(now).replace(/\.\d+Z$/, 'Z') }),
  };
  return runAdminCommand(context, flags, async (admin) => {
    const answer = await admin.post<ExplanationView>('/api/policy/explain', question, explanationViewSchema);
    if (!answer.ok) return answer;
    const text = renderExplanation(answer.value, args === 'any' ? null : args, context);
    return ok({ json: { ok: true, ...answer.value }, text });
  });
}

function targetOf({ tool, resource, template, prompt, completion = false }: ExplainFlags): DecisionTarget | null {
  const named: (DecisionTarget | null)[] = [
    tool === undefined || completion ? null : { kind: 'tool', ...tool },
    resource === undefined || completion ? null : { kind: 'resource', ...resource },
    template === undefined ? null : { kind: completion ? 'template-argument' : 'template', ...template },
    prompt === undefined ? null : { kind: completion ? 'prompt-argument' : 'prompt', ...prompt },
  ];
  const [only = null, ...others] = named.filter((each) => each !== null);
  const given = [tool, resource, template, prompt].filter((each) => each !== undefined);
  return others.length > 0 || given.length > 1 ? null : only;
}

function requestOf(flags: ExplainFlags, target: DecisionTarget, nowMs: number): DecisionRequest {
  const { as, group = [], scope = [], tenant = null, client = 'explain', args = NO_ARGS, now } = flags;
  const principal = {
    id: as as PrincipalId,
    name: as,
    groups: group,
    scopes: scope,
    tenant,
    client,
    credentialId: 'explain',
    issuer: 'explain',
    resources: null,
  };
  return { principal, target, args: args === 'any' ? null : args, nowMs: now ?? nowMs };
}

function parseNamed(text: string): NamedFlag {
  const slash = text.indexOf('/');
  if (slash <= 0 || slash === text.length - 1) throw new InvalidArgumentError('must be like crm/update_deal.');
  return { upstream: text.slice(0, slash), name: text.slice(slash + 1) };
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
