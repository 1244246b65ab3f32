import { dirname, join } from 'node:path';
import { DEFAULT_POLICY_OPTIONS } from '../config/build-config.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { findUnknownUpstreams, loadPolicies } from '../config/load-policies.ts';
import { renderProblems } from '../config/render-problems.ts';
import type { Problem } from '../core/problem.ts';
import type { CommandOutcome } from './command-outcome.ts';

export interface CheckOptions {
  /** The configuration file; `null` looks at policies alone. */
  readonly config: string | null;
  /** The directory of the policies; `null` takes the one that the configuration names. */
  readonly dir: string | null;
  readonly json: boolean;
  readonly color: boolean;
}

/** Finds every problem of a configuration and its policies. Warnings are shown and do not count. */
export async function checkFiles(options: CheckOptions): Promise<CommandOutcome> {
  const config = options.config === null ? null : await loadConfig(options.config);
  const loaded = config?.ok === true ? config.value : null;
  const problems = [...problemsOf(config), ...(await checkPolicies(loaded, policiesDirOf(options, loaded)))];

  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const exitCode = errors === 0 ? 0 : 1;
  if (options.json) return { exitCode, output: `${JSON.stringify({ ok: errors === 0, problems })}\n` };
  const summary = `${countOf(errors, 'error')}, ${countOf(problems.length - errors, 'warning')}\n`;
  return { exitCode, output: `${renderProblems(problems, options)}${summary}` };
}

async function checkPolicies(config: Config | null, dir: string): Promise<readonly Problem[]> {
  const policies = await loadPolicies(dir, config?.policyOptions ?? DEFAULT_POLICY_OPTIONS);
  if (!policies.ok) return policies.error;
  if (config === null) return policies.value.warnings;
  const names = config.upstreams.map(({ name }) => name);
  return [...policies.value.warnings, ...findUnknownUpstreams(policies.value, names)];
}

/** A configuration that cannot be read does not say where its policies are; they are looked for where most of them stand. */
function policiesDirOf({ config, dir }: CheckOptions, loaded: Config | null): string {
  return dir ?? loaded?.policiesDir ?? join(config === null ? '.' : dirname(config), 'policies');
}

function problemsOf(config: Awaited<ReturnType<typeof loadConfig>> | null): readonly Problem[] {
  if (config === null) return [];
  return config.ok ? config.value.warnings : config.error;
}

function countOf(count: number, word: string): string {
  return `${count === 0 ? 'no' : count} ${word}${count === 1 ? '' : 's'}`;
}
