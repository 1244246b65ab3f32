import type { ApprovalList, ApprovalView } from '../../src/core/admin-api/approval-view.ts';
import { useEffect } from 'preact/hooks';
import type { ApiProblem } from './api.ts';
import { useNotifications } from './notify.ts';
import { countInTitle } from './title.ts';
import { useData } from './use-data.ts';

export interface Pending {
  /** Newest first; `null` before the first answer. */
  readonly value: readonly ApprovalView[] | null;
  readonly problem: ApiProblem | null;
}

/** What waits, on whatever page somebody is: counted in the title and in the navigation, and told by the browser where they want that. */
export function usePending(): Pending {
  const { value, problem } = useData<ApprovalList>(
    '/api/approvals?status=pending&limit=200',
    ({ kind }) => kind === 'approval',
  );
  const pending = value?.approvals ?? null;
  useEffect(() => countInTitle(pending?.length ?? 0), [pending]);
  useNotifications(pending);
  return { value: pending, problem };
}
