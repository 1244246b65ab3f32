import type { Problem } from '../core/problem.ts';

/** A problem of a file or directory as a whole. */
export function fileProblem(severity: Problem['severity'], place: string, message: string, help: string): Problem {
  return { severity, place, subject: 'file', message, got: null, help };
}
