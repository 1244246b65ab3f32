import { z } from 'zod';
import type { PolicyFile } from '../core/policy/policy-file.ts';
import { POLICY_KEYS_NOT_YET, policyFileSchema } from '../core/policy/policy-schema.ts';
import type { JsonSchema } from './schema-lookup.ts';
import type { FileSchema } from './schema-problems.ts';

export const POLICY_SCHEMA: FileSchema<PolicyFile> = {
  schema: policyFileSchema,
  jsonSchema: z.toJSONSchema(policyFileSchema, { io: 'input' }) as JsonSchema,
  notYet: POLICY_KEYS_NOT_YET,
};
