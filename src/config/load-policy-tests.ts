import { join } from 'node:path';
import type { PolicyCases } from '../core/policy/policy-cases.ts';
import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { fileProblem } from './file-problem.ts';
import { shownPath } from './policy-dir.ts';
import { POLICY_CASES_SCHEMA } from './policy-file-schema.ts';
import { readPlainFile } from './read-plain-file.ts';
import { readYaml } from './read-yaml.ts';
import { checkBySchema } from './schema-problems.ts';

/** A `*.test.yaml`, and where its cases stand. */
export interface PolicyTest extends PolicyCases {
  readonly place: string;
  readonly placeOfCase: (index: number) => string;
}

export async function loadPolicyTest(dir: string, name: string): Promise<Result<PolicyTest, readonly Problem[]>> {
  const place = shownPath(dir, name);
  const bytes = await readPlainFile(join(dir, name));
  if (typeof bytes === 'string') {
    return err([fileProblem('error', place, `cannot be read (${bytes})`, 'look at its owner and mode')]);
  }
  const yaml = readYaml(place, bytes);
  if (!yaml.ok) return yaml;
  const cases = checkBySchema(yaml.value, yaml.value.value, POLICY_CASES_SCHEMA);
  if (!cases.ok) return cases;
  return ok({ ...cases.value, place, placeOfCase: (index) => yaml.value.placeOf(['cases', index]) });
}
