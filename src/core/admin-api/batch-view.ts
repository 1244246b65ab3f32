import { z } from 'zod';
import { APPROVAL_STATUSES, type ApprovalStatus } from '../approval/approval.ts';

/** As many as a person can look through. */
export const BATCH_MAX = 50;

/** What a batch did, in the order in which it was asked for. */
export interface BatchView {
  readonly results: readonly BatchResultView[];
}

export interface BatchResultView {
  readonly id: string;
  /** Whether this decision counts. */
  readonly decided: boolean;
  /** After the decision; `null` where it did not count. */
  readonly status: ApprovalStatus | null;
  /** Why it did not; `null` where it did. */
  readonly problem: string | null;
}

export const batchViewSchema: z.ZodType<BatchView> = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      decided: z.boolean(),
      status: z.enum(APPROVAL_STATUSES).nullable(),
      problem: z.string().nullable(),
    }),
  ),
});
