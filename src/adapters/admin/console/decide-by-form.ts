import { err, ok, type Result } from '../../../core/result.ts';
import type { ConsoleSession } from '../../../gateway/console-sessions.ts';
import type { RouteDeps } from '../admin-route.ts';
import { SENTENCE } from '../fields.ts';
import type { Form } from './read-form.ts';

/** The decision of a form without script: the same use cases as the API, and the digest of what was shown is always there. */
export async function decideByForm(
  { administration }: Pick<RouteDeps, 'administration'>,
  { by }: ConsoleSession,
  id: string,
  form: Form,
): Promise<Result<true, string>> {
  const text = form.get('comment')?.trim() ?? '';
  const comment = text === '' ? null : text;
  if (comment !== null && !SENTENCE.safeParse(comment).success) return err('The comment is too long.');
  const argsDigest = form.get('argsDigest') ?? '';
  const decision = form.get('decision');
  if (decision === 'approve') return said(await administration.approve(by, id, comment, argsDigest));
  if (decision === 'reject') return said(await administration.reject(by, id, comment));
  return err('Choose one of the two.');
}

function said(answer: Result<unknown, { readonly message: string; readonly help: string }>): Result<true, string> {
  return answer.ok ? ok(true) : err(`${answer.error.message}. ${answer.error.help}`);
}
