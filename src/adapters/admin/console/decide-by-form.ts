import { hasLongValue } from '../../../core/approval/is-long.ts';
import type { Json } from '../../../core/json/value.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import type { ConsoleSession } from '../../../gateway/console-sessions.ts';
import type { RouteDeps } from '../admin-route.ts';
import { SENTENCE } from '../fields.ts';
import type { Form } from './read-form.ts';

type Decided = Result<true, string>;

/** The decision of a form without script: the same use cases as the API, and the digest of what was shown is always there. */
export async function decideByForm(
  { administration }: Pick<RouteDeps, 'administration'>,
  { by }: ConsoleSession,
  id: string,
  form: Form,
): Promise<Decided> {
  const text = form.get('comment')?.trim() ?? '';
  const comment = text === '' ? null : text;
  if (comment !== null && !SENTENCE.safeParse(comment).success) return err('The comment is too long.');
  const decision = form.get('decision');
  if (decision === 'reject') return said(await administration.reject(by, id, comment));
  if (decision !== 'approve') return err('Choose one of the two.');
  const found = await administration.showApproval(by, id);
  if (!found.ok) return said(found);
  const args = JSON.parse(found.value.approval.argumentsShown) as Json;
  if (hasLongValue(args) && form.get('seen') !== '1')
    return err('The arguments are long. Read them to their end, and say so below; then it can be approved.');
  const confirm = form.get('confirm');
  const more = { ...(confirm === undefined ? {} : { confirm }), ...(form.get('grant') === '1' ? { grant: true } : {}) };
  return said(await administration.approve(by, id, comment, form.get('argsDigest') ?? '', more));
}

function said(answer: Result<unknown, { readonly message: string; readonly help: string }>): Decided {
  return answer.ok ? ok(true) : err(`${answer.error.message}. ${answer.error.help}`);
}
