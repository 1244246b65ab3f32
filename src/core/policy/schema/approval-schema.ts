import { z } from 'zod';
import { parseDuration } from '../../duration.ts';
import type { PolicyApproval } from '../policy-file.ts';
import { names } from './names-schema.ts';

const APPROVAL_EXPIRES_MS_MAX = 30 * 86_400_000;
export const APPROVERS_MAX = 10;

const duration = z.string().transform((text, context) => {
  const parsed = parseDuration(text);
  if (parsed.ok && parsed.value >= 1000 && parsed.value <= APPROVAL_EXPIRES_MS_MAX) return parsed.value;
  context.addIssue({ code: 'custom', message: parsed.ok ? 'must be between 1s and 30d' : parsed.error });
  return z.NEVER;
});

/** On what terms a rule asks for approval. */
export const approval: z.ZodType<PolicyApproval, unknown> = z
  .strictObject({
    by: z
      .strictObject(
        { groups: names.describe('An approver must be in one of these groups') },
        {
          error: ({ input }) =>
            input === 'requester' ? 'confirmation by the requester is not in this version' : undefined,
        },
      )
      .optional()
      .describe('Who may approve. Without it, every administrator with the approver role; never the requester'),
    count: z
      .int()
      .min(1)
      .max(APPROVERS_MAX)
      .default(1)
      .describe('How many different people must approve; never the requester'),
    expires: duration
      .optional()
      .describe('How long the request waits for an answer, such as 30m. Without it, what the environment says'),
  })
  .transform(
    ({ by, count, expires }): PolicyApproval => ({ groups: by?.groups ?? [], count, expiresMs: expires ?? null }),
  );
