import type { z } from 'zod';
import { type ProblemDocument, problemDocumentSchema } from '../core/admin-api/problem-document.ts';
import { type Result, err, ok } from '../core/result.ts';
import type { CliContext, ExitCode } from './cli-context.ts';
import type { AdminFetch } from './fetch-admin.ts';
import type { AdminTarget, CliFault } from './load-admin-target.ts';

/** The admin API of one gateway. Answers are parsed by the very schemas that describe them. Never throws. */
export interface AdminClient {
  get<T>(path: string, answer: z.ZodType<T>): Promise<Result<T, CliFault>>;
  post<T>(path: string, json: unknown, answer: z.ZodType<T>): Promise<Result<T, CliFault>>;
  delete<T>(path: string, answer: z.ZodType<T>): Promise<Result<T, CliFault>>;
}

export function createAdminClient(
  context: Pick<CliContext, 'fetchAdmin' | 'signal'>,
  target: AdminTarget,
): AdminClient {
  async function send<T>(
    method: AdminFetch['method'],
    path: string,
    json: unknown,
    answer: z.ZodType<T>,
  ): Promise<Result<T, CliFault>> {
    const url = new URL(path, target.url);
    try {
      const { status, text } = await context.fetchAdmin({
        method,
        url,
        token: target.token,
        json,
        signal: context.signal,
      });
      return status === 200 ? parseAnswer(text, answer) : err(faultOfAnswer(status, text));
    } catch (error) {
      return err(unreachable(target, error));
    }
  }

  return {
    get: (path, answer) => send('GET', path, null, answer),
    post: (path, json, answer) => send('POST', path, json, answer),
    delete: (path, answer) => send('DELETE', path, null, answer),
  };
}

function parseAnswer<T>(text: string, answer: z.ZodType<T>): Result<T, CliFault> {
  const parsed = answer.safeParse(parseJson(text));
  return parsed.success ? ok(parsed.data) : err(NOT_OURS);
}

export function unreachable({ url }: AdminTarget, error: unknown): CliFault {
  const { code, name } = error as { code?: unknown; name?: unknown };
  const message = `cannot reach the admin plane at ${url.origin} (${String(code ?? name)})`;
  return { exitCode: 3, message, help: 'Is the gateway up? Name another one with --admin-url.' };
}

export function faultOfAnswer(status: number, text: string): CliFault {
  const problem = problemDocumentSchema.safeParse(parseJson(text));
  if (!problem.success) return { ...NOT_OURS, message: `${NOT_OURS.message} (status ${status})` };
  return { exitCode: exitCodeOf(problem.data.code), message: problem.data.detail, help: problem.data.help };
}

function exitCodeOf(code: ProblemDocument['code']): ExitCode {
  return code === 'not-found' || code === 'conflict' || code === 'invalid' ? 1 : 3;
}

const NOT_OURS: CliFault = {
  exitCode: 3,
  message: 'the answer is not of an admin plane that this version understands',
  help: 'Look at --admin-url, and at the versions of both sides.',
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
