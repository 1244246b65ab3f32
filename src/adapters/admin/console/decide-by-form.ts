import { hasLongValue } from '../../../core/approval/is-long.ts';
import type { Json } from '../../../core/json/value.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import type { ConsoleSession } from '../../../gateway/console-sessions.ts';
import type { RouteDeps } from '../admin-route.ts';
import { parseEditedArguments } from '../edited-arguments.ts';
import { SENTENCE } from '../fields.ts';
import type { Form } from './read-form.ts';

/** Where to go on, or what is wrong in words for the page. */
type Decided = Result<string, string>;

/** The decision of a form without script: the same use cases as the API, and the digest of what was shown is always there. */
export async function decideByForm(
  { administration }: Pick<RouteDeps, 'administration'>,
  { by }: ConsoleSession,
  id: string,
  form: Form,
): Promise<Decided> {
  const said = commentOf(form);
  if (!said.ok) return said;
  const comment = said.value;
  const decision = form.get('decision');
  if (decision === 'reject') return answered(id, await administration.reject(by, id, comment));
  if (decision !== 'approve') return err('Choose one of the two.');
  const found = await administration.showApproval(by, id);
  if (!found.ok) return answered(id, found);
  const args = JSON.parse(found.value.approval.argumentsShown) as Json;
  if (hasLongValue(args) && form.get('seen') !== '1')
    return err('The arguments are long. Read them to their end, and say so below; then it can be approved.');
  if (found.value.highRisks.length > 0 && form.get('deliberate') !== '1')
    return err('The request is of high risk. Say below that you mean to approve it.');
  const confirm = form.get('confirm');
  const more = { ...(confirm === undefined ? {} : { confirm }), ...(form.get('grant') === '1' ? { grant: true } : {}) };
  return answered(id, await administration.approve(by, id, comment, form.get('argsDigest') ?? '', more));
}

/** The same for other arguments in the place of those that were asked for; goes on at the request about them. */
export async function editByForm(
  { administration }: Pick<RouteDeps, 'administration'>,
  { by }: ConsoleSession,
  id: string,
  form: Form,
): Promise<Decided> {
  const comment = commentOf(form);
  if (!comment.ok) return comment;
  const args = parseEditedArguments(form.get('arguments') ?? '');
  if (!args.ok) return args;
  const edited = await administration.edit(by, id, args.value, comment.value);
  return answered(edited.ok ? edited.value.id : id, edited);
}

function commentOf(form: Form): Result<string | null, string> {
  const text = form.get('comment')?.trim() ?? '';
  if (text === '') return ok(null);
  return SENTENCE.safeParse(text).success ? ok(text) : err('The comment is too long.');
}

function answered(id: string, answer: Result<unknown, { readonly message: string; readonly help: string }>): Decided {
  return answer.ok ? ok(`/approvals/${id}`) : err(`${answer.error.message}. ${answer.error.help}`);
}
