import { matchesGlob } from 'node:path';
import { DEFAULT_POLICY_OPTIONS } from '../config/build-config.ts';
import { loadConfig } from '../config/load-config.ts';
import { loadPolicySet, type PolicySet } from '../config/load-policies.ts';
import { loadPolicyTest, type PolicyTest } from '../config/load-policy-tests.ts';
import { listPolicyDir } from '../config/policy-dir.ts';
import { renderProblems } from '../config/render-problems.ts';
import { visibleJson } from '../core/content/visible-text.ts';
import { type CompiledPolicy, compilePolicy, type PolicyOptions } from '../core/policy/compile-policy.ts';
import { findUntestedRules, runCases } from '../core/policy/run-cases.ts';
import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { CommandOutcome } from './command-outcome.ts';

export interface TestOptions {
  /** The directory of the policies and their tests. */
  readonly dir: string;
  /** A configuration whose environment the policies are decided under; `null` takes the strict defaults. */
  readonly config: string | null;
  /** Which test files to run, by name: `crm*`; `null` runs all, and then misses those that are not there. */
  readonly filter: string | null;
  readonly json: boolean;
  readonly color: boolean;
}

/** One case, as it came out. */
export interface CaseLine {
  readonly place: string;
  readonly name: string;
  readonly differences: readonly string[];
}

/** How many rules of the tested policies decided in some case. */
export interface RuleCoverage {
  readonly rules: number;
  readonly reached: number;
  /** `crm/large-updates` */
  readonly unreached: readonly string[];
}

interface Report {
  readonly cases: readonly CaseLine[];
  readonly coverage: RuleCoverage;
  readonly problems: readonly Problem[];
}

/** Runs `*.test.yaml` against the policies beside them. A policy without a test and a rule that no case reaches are failures too. */
export async function testPolicies(options: TestOptions): Promise<CommandOutcome> {
  const report = await runTests(options);
  const failed = report.cases.filter(({ differences }) => differences.length > 0);
  const isOk = failed.length === 0 && report.problems.length === 0;
  const passed = report.cases.length - failed.length;
  const exitCode = isOk ? 0 : 1;
  if (options.json)
    return { exitCode, output: `${visibleJson({ ok: isOk, passed, failed: failed.length, ...report })}\n` };

  const lines = failed.map(
    ({ place, name, differences }) => `${place}: ${name}\n${differences.map((line) => `  ${line}\n`).join('')}`,
  );
  const { rules, reached } = report.coverage;
  const coverage = rules === 0 ? '' : `${reached} of ${rules} rules reached\n`;
  const summary = `${coverage}${passed} passed, ${failed.length} failed\n`;
  const output = `${lines.join('')}${renderProblems(report.problems, options)}${summary}`;
  return { exitCode, output };
}

async function runTests(options: TestOptions): Promise<Report> {
  const policyOptions = await loadOptions(options.config);
  if (!policyOptions.ok) return { cases: [], coverage: NO_RULES, problems: policyOptions.error };
  const [set, listed] = await Promise.all([loadPolicySet(options.dir), listPolicyDir(options.dir)]);
  if (!set.ok) return { cases: [], coverage: NO_RULES, problems: set.error };
  if (!listed.ok) return { cases: [], coverage: NO_RULES, problems: listed.error };
  const policy = compilePolicy(set.value.sources, policyOptions.value);
  if (!policy.ok) return { cases: [], coverage: NO_RULES, problems: policy.error };

  const names = listed.value.tests.filter((name) => options.filter === null || matchesGlob(name, options.filter));
  const tests = await Promise.all(names.map((name) => loadPolicyTest(options.dir, name)));
  const readable = tests.flatMap((test) => (test.ok ? [test.value] : []));
  const reports = readable.map((test) => runTest(test, set.value, policy.value));
  return {
    cases: reports.flatMap(({ cases }) => cases),
    coverage: reports.map(({ coverage }) => coverage).reduce(addCoverage, NO_RULES),
    problems: [
      ...tests.flatMap((test) => (test.ok ? [] : test.error)),
      ...reports.flatMap(({ problems }) => problems),
      ...(options.filter === null ? findUntestedPolicies(set.value, readable) : []),
      ...(tests.length === 0 ? [noTests(options)] : []),
    ],
  };
}

function runTest(test: PolicyTest, { sources }: PolicySet, policy: CompiledPolicy): Report {
  const source = sources.find(({ name }) => name === test.policy);
  if (source === undefined) {
    const help = `known here: ${sources.map(({ name }) => name).join(', ')}`;
    return {
      cases: [],
      coverage: NO_RULES,
      problems: [failure(test.place, 'policy', 'is no policy of this directory', test.policy, help)],
    };
  }
  const results = runCases(policy, source.file.upstream, test.cases);
  const cases = results.map(({ case: { name }, differences }, index) => ({
    place: test.placeOfCase(index),
    name,
    differences,
  }));
  const { rules, upstream } = source.file;
  const untested = findUntestedRules(source.file, results);
  const problems = untested.map((id) => {
    const place = source.placeOf(['rules', source.file.rules.findIndex((rule) => rule.id === id)]);
    return failure(
      place,
      'rules',
      'holds a rule that no case reaches',
      id,
      `add a case to ${test.place} in which it speaks`,
    );
  });
  const unreached = untested.map((id) => `${upstream}/${id}`);
  return { cases, coverage: { rules: rules.length, reached: rules.length - untested.length, unreached }, problems };
}

const NO_RULES: RuleCoverage = { rules: 0, reached: 0, unreached: [] };

function addCoverage(a: RuleCoverage, b: RuleCoverage): RuleCoverage {
  return {
    rules: a.rules + b.rules,
    reached: a.reached + b.reached,
    unreached: [...a.unreached, ...b.unreached],
  };
}

function findUntestedPolicies({ sources }: PolicySet, tests: readonly PolicyTest[]): Problem[] {
  return sources
    .filter(({ name }) => !tests.some(({ policy }) => policy === name))
    .map(({ name, placeOf }) =>
      failure(placeOf([]), 'file', 'has no test', null, `add ${name.replace(/\.ya?ml$/, '.test.yaml')}`),
    );
}

async function loadOptions(config: string | null): Promise<Result<PolicyOptions, readonly Problem[]>> {
  if (config === null) return ok(DEFAULT_POLICY_OPTIONS);
  const loaded = await loadConfig(config);
  return loaded.ok ? ok(loaded.value.policyOptions) : err(loaded.error);
}

function noTests({ dir, filter }: TestOptions): Problem {
  return failure(
    dir,
    'tests',
    'there is no such test',
    filter,
    'tests are files such as crm.test.yaml beside the policies',
  );
}

function failure(place: string, subject: string, message: string, got: string | null, help: string): Problem {
  return { severity: 'error', place, subject, message, got, help };
}
