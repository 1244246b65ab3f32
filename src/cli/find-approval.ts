import { type ApprovalDetail, approvalDetailSchema, approvalListSchema } from '../core/admin-api/approval-view.ts';
import { err, type Result } from '../core/result.ts';
import type { AdminClient } from './admin-client.ts';
import type { CliFault } from './load-admin-target.ts';

const WHOLE_ID = /^apr_[A-Za-z0-9_-]{22}$/;
/** Shorter beginnings are taken for slips. Without `apr_`, which every id begins with. */
const BEGINNING = /^(?:apr_)?([A-Za-z0-9_-]{4,22})$/;
/** As many as one list of the admin API has: a beginning is looked for among the newest requests alone. */
const LOOKED_AT_MAX = 200;
const NAMED_MAX = 5;
const NONE = { all: `none of the newest ${LOOKED_AT_MAX} requests`, pending: 'no request that waits' };

export function approvalPath(id: string): string {
  return `/api/approvals/${encodeURIComponent(id)}`;
}

/**
 * The approval with this id, or the only one whose id begins so. `pending` looks among the ones that wait, because only those can be
 * decided; two that begin alike are never chosen between.
 */
export async function findApproval(
  client: AdminClient,
  given: string,
  among: 'all' | 'pending',
): Promise<Result<ApprovalDetail, CliFault>> {
  const show = (id: string) => client.get(approvalPath(id), approvalDetailSchema);
  const beginning = BEGINNING.exec(given)?.[1];
  if (WHOLE_ID.test(given) || beginning === undefined) return show(given);
  const status = among === 'pending' ? 'status=pending&' : '';
  const list = await client.get(`/api/approvals?${status}limit=${LOOKED_AT_MAX}`, approvalListSchema);
  if (!list.ok) return list;
  const { approvals } = list.value;
  const found = approvals.filter(({ id }) => id.startsWith(`apr_${beginning}`));
  const [first] = found;
  if (first === undefined) return refused(`${NONE[among]} begins with ${given}`, 'approvals ls lists them.');
  if (found.length > 1) {
    const ids = found.slice(0, NAMED_MAX).map(({ id }) => id);
    return refused(`${found.length} ids begin with ${given}`, `Write more of it: ${ids.join(', ')}`);
  }
  if (approvals.length < LOOKED_AT_MAX || among === 'all') return show(first.id);
  return refused('more wait than can be looked at for one that begins so', `Write the whole id, such as ${first.id}.`);
}

function refused(message: string, help: string): Result<never, CliFault> {
  return err({ exitCode: 1, message, help });
}
