import { z } from 'zod';

/** What the admin API answers instead, as `application/problem+json` (RFC 9457), with `code`, `help` and `problems` as its own members. */
export interface ProblemDocument {
  readonly title: string;
  readonly status: number;
  /** For programs. */
  readonly code: ProblemCode;
  /** What is wrong, for a person. */
  readonly detail: string;
  /** The next step. */
  readonly help: string;
  /** Everything that is wrong with what was sent, with the place of each. */
  readonly problems?: readonly { readonly place: string; readonly message: string }[] | undefined;
}

export const PROBLEM_CODES = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not-found',
  'method-not-allowed',
  'conflict',
  'too-large',
  'unsupported-media-type',
  'too-many-failures',
  'internal',
  'unavailable',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export const problemDocumentSchema: z.ZodType<ProblemDocument> = z
  .object({
    title: z.string(),
    status: z.number(),
    code: z.enum(PROBLEM_CODES),
    detail: z.string(),
    help: z.string(),
    problems: z.array(z.object({ place: z.string(), message: z.string() })).optional(),
  })
  .meta({ title: 'Problem' });
