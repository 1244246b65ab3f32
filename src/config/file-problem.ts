import { stat } from 'node:fs/promises';
import type { Problem } from '../core/problem.ts';

/** A problem of a file or directory as a whole. */
export function fileProblem(severity: Problem['severity'], place: string, message: string, help: string): Problem {
  return { severity, place, subject: 'file', message, got: null, help };
}

/** Whoever can write a configuration or a policy decides what the gateway runs and allows. */
export async function checkWritableByOthers(path: string): Promise<Problem | null> {
  const mode = await stat(path).then(
    (stats) => stats.mode,
    () => 0,
  );
  return (mode & 0o002) === 0
    ? null
    : fileProblem('warning', path, 'can be changed by everybody on this machine', 'chmod o-w');
}
