import { z } from 'zod';
import { GRANTS_MAX } from '../../core/identity/principal-from-claims.ts';

/** Pieces that several routes accept. Objects are strict everywhere: a member that is not known is refused, never ignored. */

export const NO_FIELDS: z.ZodType<Record<string, never>> = z.strictObject({});
export const NO_BODY: z.ZodType<undefined> = z.undefined();

/** Any id that the gateway gives out. What does not look like one is not found, like one that does not exist. */
export const ID_PARAMS: z.ZodType<{ id: string }> = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/) });

/** An approval, as the place in a list to go on from. */
export const APPROVAL_ID: z.ZodType<string> = z
  .string()
  .regex(/^apr_[A-Za-z0-9_-]{22}$/, 'must be the id of an approval');

/** Numbers arrive as text. `max` caps what one answer can hold. */
export function pageLimit(standard: number, max: number): z.ZodType<number> {
  return z
    .string()
    .regex(/^[0-9]{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(max))
    .default(standard);
}

/** A sentence of a person. */
export const SENTENCE: z.ZodType<string> = z.string().trim().min(1).max(1000);

/** Never holds a `#`, which parts the issuer from the subject in the ids of JWT principals; nor anything that two texts could share. */
export const USER_NAME: z.ZodType<string> = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/,
    'must be 1 to 128 letters, digits or ._@+-, and begin with a letter or digit',
  );

export const GROUP_NAMES: z.ZodType<readonly string[]> = z
  .array(z.string().regex(/^[^\p{C}\p{Z}]{1,255}$/u, 'must be 1 to 255 characters without spaces'))
  .max(GRANTS_MAX)
  .default([]);

/** RFC 6749 §3.3. */
export const SCOPE_TOKENS: z.ZodType<readonly string[]> = z
  .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/, 'must be a scope-token'))
  .max(GRANTS_MAX)
  .default([]);
