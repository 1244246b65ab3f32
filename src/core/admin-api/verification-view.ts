import { z } from 'zod';
import { LOG_CHECKS } from '../audit/verify/log-fault.ts';
import type { LogVerdict } from '../audit/verify/check-log.ts';

/** What is known of the log: `docs/audit-format.md` says what is checked, and what that does not prove. */
export interface VerificationView {
  /** Of the last check that came to its end; `null` where none has. */
  readonly verdict: LogVerdict | null;
  readonly checkedAt: string | null;
  /** How far the check is that is under way, by sequence number. */
  readonly checkingAt: number | null;
  /** Why the last check came to no end. */
  readonly problem: string | null;
  readonly notProved: string;
}

const verdictSchema: z.ZodType<LogVerdict> = z.object({
  entries: z.number(),
  first: z.number().nullable().describe('Sequence number of the first entry.'),
  last: z.number().nullable(),
  lastMs: z.number().nullable().describe('Time of the last entry, in milliseconds since the epoch.'),
  faultCount: z.number(),
  faults: z
    .array(z.object({ sequence: z.number(), check: z.enum(LOG_CHECKS), expected: z.string(), got: z.string() }))
    .describe('The first ones, in the order of the log.'),
  inFlightCount: z.number().describe('Calls that have no outcome yet.'),
  inFlight: z.array(z.object({ sequence: z.number(), callId: z.string() })),
});

export const verificationSchema: z.ZodType<VerificationView> = z.object({
  verdict: verdictSchema.nullable(),
  checkedAt: z.string().nullable(),
  checkingAt: z.number().nullable(),
  problem: z.string().nullable(),
  notProved: z.string().describe('What no check can tell. Show it with the verdict.'),
});
