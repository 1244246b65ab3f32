import type { PolicyFile } from '../core/policy/policy-file.ts';
import { policyFileSchema } from '../core/policy/policy-schema.ts';
import { type PolicyCases, policyCasesSchema } from '../core/policy/policy-cases.ts';
import { createFileSchema, type FileSchema } from './file-schema.ts';

export const POLICY_SCHEMA: FileSchema<PolicyFile> = createFileSchema(policyFileSchema);
export const POLICY_CASES_SCHEMA: FileSchema<PolicyCases> = createFileSchema(policyCasesSchema);
