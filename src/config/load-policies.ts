import { join } from 'node:path';
import {
  type CompiledPolicy,
  compilePolicy,
  type PolicyOptions,
  type PolicySource,
} from '../core/policy/compile-policy.ts';
import { findPolicyConflicts } from '../core/policy/check-policy.ts';
import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { checkWritableByOthers, fileProblem } from './file-problem.ts';
import { listPolicyDir, type PolicyDir, shownPath } from './policy-dir.ts';
import { POLICY_SCHEMA } from './policy-file-schema.ts';
import { readPlainFile } from './read-plain-file.ts';
import { readYaml } from './read-yaml.ts';
import { checkBySchema } from './schema-problems.ts';
import { refuseVariables } from './variables.ts';

/** What nobody expects to be a policy. Anything else that is left out deserves a warning: it could be a file of rules that deny. */
const NO_POLICY_NAME = /^\.|\.md$/i;

/** Every policy of one directory. */
export interface PolicySet {
  readonly sources: readonly PolicySource[];
  readonly warnings: readonly Problem[];
}

/**
 * Reads every policy in a directory, not those in directories below it. One bad file keeps the whole set from being used: without
 * the rules in it that deny, the others would allow too much.
 */
export async function loadPolicySet(dir: string): Promise<Result<PolicySet, readonly Problem[]>> {
  const listed = await listPolicyDir(dir);
  if (!listed.ok) return listed;
  const files = await Promise.all(listed.value.policies.map((name) => loadPolicyFile(dir, name)));
  const sources = files.flatMap((file) => (file.ok ? [file.value] : []));
  // Conflicts between the files that can be read are worth knowing even when others cannot.
  const problems = [...files.flatMap((file) => (file.ok ? [] : file.error)), ...findPolicyConflicts(sources)];
  if (problems.some(({ severity }) => severity === 'error')) return err(problems);
  return ok({ sources, warnings: [...problems, ...(await findDirWarnings(dir, listed.value))] });
}

/**
 * Reads and prepares the policies that are to be in force. A directory that is empty or missing makes a policy that denies
 * everything, with a warning that says so.
 */
export async function loadPolicies(
  dir: string,
  options: PolicyOptions,
): Promise<Result<CompiledPolicy, readonly Problem[]>> {
  const set = await loadPolicySet(dir);
  if (!set.ok) return set;
  const compiled = compilePolicy(set.value.sources, options);
  return compiled.ok ? ok({ ...compiled.value, warnings: set.value.warnings }) : compiled;
}

async function findDirWarnings(dir: string, { policies, others }: PolicyDir): Promise<Problem[]> {
  const writable = await Promise.all(policies.map((name) => checkWritableByOthers(join(dir, name))));
  const unread = others
    .filter((name) => !NO_POLICY_NAME.test(name))
    .map((name) =>
      fileProblem('warning', shownPath(dir, name), 'is not read', 'names of policies end in .yaml or .yml'),
    );
  const help = 'add a file such as crm.yaml';
  const empty = fileProblem('warning', dir, 'holds no policy, so everything is denied', help);
  return [...(policies.length === 0 ? [empty] : []), ...unread, ...writable.filter((each) => each !== null)];
}

/** Warns of policies about upstreams that are not configured. A slip in a name would leave the upstream without its rules. */
export function findUnknownUpstreams(policy: CompiledPolicy, upstreams: readonly string[]): readonly Problem[] {
  return [...policy.upstreams.values()]
    .filter(({ name }) => !upstreams.includes(name))
    .map(({ name, place }) => ({
      severity: 'warning',
      place,
      subject: 'upstream',
      message: 'is no upstream of the configuration, so the file has no effect',
      got: name,
      help: upstreams.length === 0 ? null : `known are: ${upstreams.join(', ')}`,
    }));
}

async function loadPolicyFile(dir: string, name: string): Promise<Result<PolicySource, readonly Problem[]>> {
  const place = shownPath(dir, name);
  const bytes = await readPlainFile(join(dir, name));
  if (typeof bytes === 'string')
    return err([fileProblem('error', place, `cannot be read (${bytes})`, 'look at its owner and mode')]);
  return parsePolicy(name, place, bytes);
}

/** `name` goes into the policy version, `place` into messages and reasons. */
export function parsePolicy(name: string, place: string, bytes: Uint8Array): Result<PolicySource, readonly Problem[]> {
  const yaml = readYaml(place, bytes);
  if (!yaml.ok) return yaml;
  const variables = refuseVariables(yaml.value);
  const file = checkBySchema(yaml.value, yaml.value.value, POLICY_SCHEMA);
  if (!file.ok) return err([...variables, ...file.error]);
  if (variables.length > 0) return err(variables);
  return ok({ name, file: file.value, placeOf: yaml.value.placeOf });
}
