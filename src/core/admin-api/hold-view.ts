import { z } from 'zod';

/** After how long a host has given up waiting for a person, since the gateway started. */
export interface HoldView {
  /** The name that the host gives itself, or its OAuth client. Untrusted text. */
  readonly host: string;
  /** Of the last hundred. */
  readonly cancels: number;
  readonly medianSeconds: number;
}

export interface HoldList {
  readonly holds: readonly HoldView[];
}

export const holdListSchema: z.ZodType<HoldList> = z.object({
  holds: z.array(z.object({ host: z.string(), cancels: z.int(), medianSeconds: z.number() })),
});
