import type { BatchResultView } from '../../core/admin-api/batch-view.ts';
import type { Approval, ApprovalId } from '../../core/approval/approval.ts';
import { differenceInShape } from '../../core/approval/same-shape.ts';
import type { Administrator } from '../../core/identity/principal.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ApprovalStore } from '../../ports/approval-store.ts';
import type { AdminFault, Administration, BatchRequest } from '../administration.ts';
import { checkRole, notFound, withStore } from './admin-fault.ts';

type One = Pick<Administration, 'approve' | 'reject'>;

/**
 * One answer to several requests that are alike. Whether they are is asked for all of them before anything is decided; then each is decided as
 * if it were alone, by the same checks, with a compare-and-set and an entry of its own, so one may fail where others count.
 */
export function createBatchAdministration(
  { approvals }: { readonly approvals: Pick<ApprovalStore, 'find'> },
  one: One,
): Pick<Administration, 'decideBatch'> {
  return {
    decideBatch: (by, request) => {
      const fault = checkRole(by, 'approver');
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(async () => {
        const alike = await checkAlike(approvals, request);
        if (!alike.ok) return alike;
        const results: BatchResultView[] = [];
        for (const { id, argsDigest } of request.approvals)
          results.push(await decide(one, by, request, id, argsDigest));
        return ok(results);
      });
    },
  };
}

async function checkAlike(
  approvals: Pick<ApprovalStore, 'find'>,
  request: BatchRequest,
): Promise<Result<true, AdminFault>> {
  const ids = request.approvals.map(({ id }) => id);
  if (new Set(ids).size < ids.length) return err(conflict('a request is in the batch twice', 'Name each one once.'));
  let first: Approval | null = null;
  for (const { id, argsDigest } of request.approvals) {
    const found = await approvals.find(id as ApprovalId);
    if (found === null) return err(notFound('approval'));
    if (found.binding.argsDigest !== argsDigest) {
      const help = 'Show it again and compare its arguments with what you meant to decide on.';
      return err(conflict(`the digest is not the one of ${id}`, help));
    }
    // One text cannot be typed for all of them, and nobody should type nothing.
    if (request.decision === 'approve' && found.particulars.confirm !== null) {
      const help = 'Approve each of them by itself. They can be rejected together.';
      return err(conflict(`the rule of ${id} wants a value typed, so it is not approved together with others`, help));
    }
    first ??= found;
    const difference = differenceInShape(first, found);
    if (difference === null) continue;
    const help =
      'Only requests for the same tool, by the same rule, with arguments of the same names and types go together.';
    return err(conflict(`${id} is not like ${first.id}: the ${difference} of both differ`, help));
  }
  return ok(true);
}

async function decide(
  { approve, reject }: One,
  by: Administrator,
  { decision, comment }: BatchRequest,
  id: string,
  argsDigest: string,
): Promise<BatchResultView> {
  const decided = await (decision === 'approve' ? approve(by, id, comment, argsDigest) : reject(by, id, comment));
  return decided.ok
    ? { id, decided: true, status: decided.value.status, problem: null }
    : { id, decided: false, status: null, problem: decided.error.message };
}

function conflict(message: string, help: string): AdminFault {
  return { kind: 'conflict', message, help };
}
