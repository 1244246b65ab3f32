import { resolve } from 'node:path';
import type { UpOptions } from './cli/up.ts';
import { createUpstream } from './compose/upstreams.ts';
import { clock, type RunningGateway, startGateway } from './compose.ts';
import type { Config } from './config/config.ts';
import { CONFIG_FILE, findConfigFile } from './config/find-config-file.ts';
import { loadConfig, parseConfig } from './config/load-config.ts';
import { findUnknownUpstreams, loadPolicies } from './config/load-policies.ts';
import { renderProblems } from './config/render-problems.ts';
import { isLoopback } from './core/http/host-check.ts';
import type { JsonObject } from './core/json/value.ts';
import type { CompiledPolicy } from './core/policy/compile-policy.ts';
import type { Problem } from './core/problem.ts';
import { err, ok, type Result } from './core/result.ts';
import { DEMO_PEOPLE, demoConfigText } from './demo/demo-config.ts';

export interface Served {
  readonly running: RunningGateway;
  readonly warnings: readonly Problem[];
}

export interface ServeOptions extends UpOptions {
  readonly version: string;
}

/**
 * What `countersign up` does: reads everything, and starts only when all of it is right; the demo where there is no configuration. Every problem comes at once. Throws what only
 * starting shows: a port in use, a store that another process holds.
 */
export async function serve(options: ServeOptions): Promise<Result<Served, readonly Problem[]>> {
  const file = findConfigFile(options.config);
  const config = file === null ? loadDemoConfig(options) : await loadConfig(file);
  if (!config.ok) return config;
  const policy = await loadPolicies(config.value.policiesDir, config.value.policyOptions);
  if (!policy.ok) return policy;

  const demo = file === null ? DEMO_PEOPLE : null;
  const { version } = options;
  const loadPolicy = (dir: string) => loadAgain(dir, config.value);
  const running = await startGateway({ config: config.value, policy: policy.value, loadPolicy, version, demo });
  const warnings = file === null ? [] : warningsOf(config.value, policy.value);
  return ok({ running, warnings });
}

async function loadAgain(dir: string, { policyOptions }: Config): Promise<CompiledPolicy | string> {
  const policy = await loadPolicies(dir, policyOptions);
  return policy.ok ? policy.value : renderProblems(policy.error, { color: false });
}

const LIST_TIMEOUT_MS = 15_000;

/**
 * The definitions that an upstream of a configuration lists, asked with the credentials of the configuration. Tools whose names cannot
 * be governed are not among them. What is wrong comes in words for the person at the terminal.
 */
export async function listUpstreamTools(
  name: string,
  configFile: string | null,
  version: string,
): Promise<Result<readonly JsonObject[], string>> {
  const file = findConfigFile(configFile);
  if (file === null) return err('there is no configuration here; name one with --config, or a saved list with --tools');
  const config = await loadConfig(file);
  if (!config.ok) return err(`${file} has problems; \`countersign check\` names them`);
  const upstream = config.value.upstreams.find((known) => known.name === name);
  if (upstream === undefined) return err(`${file} has no upstream ${name}`);
  const client = createUpstream(upstream, { name: 'countersign', version }, { clock, report: () => undefined });
  try {
    const listed = await client.listTools({ principal: 'countersign-cli' }, AbortSignal.timeout(LIST_TIMEOUT_MS));
    if (!listed.ok) return err(`${name}: ${listed.error.kind}: ${listed.error.detail}`);
    return ok(listed.value.map(({ definition }) => definition));
  } finally {
    await client.close();
  }
}

function loadDemoConfig({ data, listenMcp, listenAdmin }: UpOptions): Result<Config, readonly Problem[]> {
  const text = demoConfigText({ dataDir: resolve(data), mcp: listenMcp, admin: listenAdmin });
  const config = parseConfig('demo', Buffer.from(text), process.cwd(), {});
  if (!config.ok) return config;
  const problems = [config.value.mcp, config.value.admin].flatMap(({ listen }) =>
    isLoopback(listen.host) ? [] : [notOnLoopback(listen.host)],
  );
  return problems.length === 0 ? config : err(problems);
}

/** The demo gives out tokens on the terminal and runs a policy that nobody reviewed. */
function notOnLoopback(host: string): Problem {
  return {
    severity: 'error',
    place: 'demo',
    subject: 'listen',
    message: 'demo mode listens on loopback only',
    got: host,
    help: `write a ${CONFIG_FILE} to serve others; docs/configuration.md says how`,
  };
}

function warningsOf(config: Config, policy: CompiledPolicy): readonly Problem[] {
  const names = config.upstreams.map(({ name }) => name);
  return [...config.warnings, ...policy.warnings, ...findUnknownUpstreams(policy, names)];
}
