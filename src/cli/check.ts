import { dirname, join } from 'node:path';
import { DEFAULT_POLICY_OPTIONS } from '../config/build-config.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { findUnknownUpstreams, loadPolicySet } from '../config/load-policies.ts';
import { findMissingDir } from '../config/policy-dir.ts';
import { renderProblems } from '../config/render-problems.ts';
import { visibleJson } from '../core/content/visible-text.ts';
import type { Json } from '../core/json/value.ts';
import { compilePolicy, type PolicySource } from '../core/policy/compile-policy.ts';
import { lintCredentials } from '../core/policy/lint/lint-credentials.ts';
import { lintPeople } from '../core/policy/lint/lint-people.ts';
import { lintRules } from '../core/policy/lint/lint-rules.ts';
import { lintTools } from '../core/policy/lint/lint-tools.ts';
import type { Problem } from '../core/problem.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { lintedTools } from './linted-tools.ts';

export interface CheckOptions {
  /** The configuration file; `null` looks at policies alone. */
  readonly config: string | null;
  /** The directory of the policies; `null` takes the one that the configuration names. */
  readonly dir: string | null;
  /** The tools of upstreams, by the name of the upstream: what the policies are held against. */
  readonly tools: ReadonlyMap<string, readonly Json[]>;
  readonly nowMs: number;
  readonly json: boolean;
  readonly color: boolean;
}

/** Finds every problem of a configuration and its policies. Warnings are shown and do not count. */
export async function checkFiles(options: CheckOptions): Promise<CommandOutcome> {
  const config = options.config === null ? null : await loadConfig(options.config);
  const loaded = config?.ok === true ? config.value : null;
  const shadow = loaded?.shadowPoliciesDir ?? null;
  const missing = options.dir === null ? null : await findMissingDir(options.dir);
  const problems = [
    ...(missing === null ? [] : [missing]),
    ...problemsOf(config),
    ...(await checkPolicies(options, loaded, policiesDirOf(options, loaded))),
    ...(shadow === null ? [] : await checkPolicies(options, loaded, shadow)),
  ];

  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const exitCode = errors === 0 ? 0 : 1;
  if (options.json) return { exitCode, output: `${visibleJson({ ok: errors === 0, problems })}\n` };
  const summary = `${countOf(errors, 'error')}, ${countOf(problems.length - errors, 'warning')}\n`;
  return { exitCode, output: `${renderProblems(problems, options)}${summary}` };
}

async function checkPolicies(options: CheckOptions, config: Config | null, dir: string): Promise<readonly Problem[]> {
  const set = await loadPolicySet(dir);
  if (!set.ok) return set.error;
  const { sources, warnings } = set.value;
  const policyOptions = config?.policyOptions ?? DEFAULT_POLICY_OPTIONS;
  const compiled = compilePolicy(sources, policyOptions);
  if (!compiled.ok) return compiled.error;
  const names = config?.upstreams.map(({ name }) => name) ?? null;
  const environments = config?.environments ?? null;
  return [
    ...warnings,
    ...(names === null ? [] : findUnknownUpstreams(compiled.value, names)),
    ...lintRules(sources, { options: policyOptions, environments, nowMs: options.nowMs }),
    ...lintCredentials(sources, sharedOf(config)),
    ...(hasTwoNames(config) ? lintPeople(sources, policyOptions.approversMin) : []),
    ...lintAgainst(sources, options.tools),
  ];
}

function lintAgainst(sources: readonly PolicySource[], tools: CheckOptions['tools']): readonly Problem[] {
  return [...tools].flatMap(([name, definitions]) =>
    lintTools(
      sources.filter(({ file }) => file.upstream === name),
      lintedTools(definitions),
    ),
  );
}

/** Whether somebody may sign in under two names that nobody said are of one person. */
function hasTwoNames(config: Config | null): boolean {
  return config !== null && config.oidc !== null && config.people.length === 0;
}

/** Upstreams at which everybody acts with one credential. */
function sharedOf(config: Config | null): ReadonlySet<string> {
  const shared = config?.upstreams.filter((each) => each.kind === 'http' && each.credentials.kind === 'header') ?? [];
  return new Set(shared.map(({ name }) => name));
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
