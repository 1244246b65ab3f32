import { z } from 'zod';
import type { JsonSchema } from './schema-lookup.ts';

/** A schema of one kind of file, with what its messages need beside it. */
export interface FileSchema<T> {
  readonly schema: z.ZodType<T, unknown>;
  /** The same for editors, and where the words for `help` come from. */
  readonly jsonSchema: JsonSchema;
  /** Keys that the contract has and this version has not, `*` standing for any name or index. */
  readonly notYet: ReadonlySet<string>;
}

export function createFileSchema<T>(
  schema: z.ZodType<T, unknown>,
  notYet: ReadonlySet<string> = new Set(),
): FileSchema<T> {
  // Draft 7 is what the editors' YAML plugins know best.
  return { schema, jsonSchema: z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }) as JsonSchema, notYet };
}
