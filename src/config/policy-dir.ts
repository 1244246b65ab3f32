import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { fileProblem } from './file-problem.ts';

const POLICY_FILES_MAX = 500;

const POLICY_NAME = /^[^.].*\.ya?ml$/;
/** Tests stand beside the policies and are none. */
const POLICY_TEST_NAME = /^[^.].*\.test\.ya?ml$/;

/** What a directory of policies holds, by name, in order. */
export interface PolicyDir {
  readonly policies: readonly string[];
  readonly tests: readonly string[];
  readonly others: readonly string[];
}

export async function listPolicyDir(dir: string): Promise<Result<PolicyDir, readonly Problem[]>> {
  try {
    const names = (await readdir(dir)).sort();
    const tests = names.filter((name) => POLICY_TEST_NAME.test(name));
    const policies = names.filter((name) => POLICY_NAME.test(name) && !tests.includes(name));
    if (policies.length > POLICY_FILES_MAX) {
      const help = 'put the rules of one upstream together';
      return err([fileProblem('error', dir, `holds more than ${POLICY_FILES_MAX} policies`, help)]);
    }
    return ok({ policies, tests, others: names.filter((name) => !POLICY_NAME.test(name)) });
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return ok({ policies: [], tests: [], others: [] });
    return err([
      fileProblem('error', dir, `cannot be read (${code})`, 'give the directory of the policies under `policies`'),
    ]);
  }
}

/** For a directory that somebody named: one that is not there is a slip, and not an empty one. `null`: it is there. */
export async function findMissingDir(dir: string): Promise<Problem | null> {
  const found = await stat(dir).catch(() => null);
  if (found?.isDirectory() === true) return null;
  return fileProblem('error', dir, 'there is no such directory', 'name the directory of the policies');
}

/** Short, because it is part of every decision, and without the machine's own directories, because it may be shown to others. */
export function shownPath(dir: string, name: string): string {
  const fromHere = relative('', resolve(dir, name));
  return fromHere.startsWith('..') ? join(basename(resolve(dir)), name) : fromHere;
}
