import { z } from 'zod';
import { UPSTREAM_NAME } from '../catalog/exposed-name.ts';
import type { PolicyFile } from './policy-file.ts';
import { classes } from './schema/classes-schema.ts';
import { labels } from './schema/labels-schema.ts';
import { limit } from './schema/limit-schema.ts';
import { ENTRIES_MAX } from './schema/names-schema.ts';
import { rule } from './schema/rule-schema.ts';
import { watch } from './schema/watch-schema.ts';

/** Every limit is looked at for every call. */
const LIMITS_MAX = 100;
const WATCH_MAX = 20;

/** One file in `policies/`. */
export const policyFileSchema: z.ZodType<PolicyFile, unknown> = z
  .strictObject({
    version: z.literal(1).describe('The version of the policy language'),
    upstream: z
      .string()
      .regex(UPSTREAM_NAME, { error: 'must be 1 to 20 small letters, digits or `-`' })
      .describe('The upstream that the file is about, by its name in countersign.yaml'),
    classes: classes.prefault({}),
    rules: z.array(rule).max(ENTRIES_MAX).default([]).describe('Who may do what. The order of rules has no meaning'),
    limits: z
      .array(limit)
      .max(LIMITS_MAX)
      .default([])
      .describe('How much may be done. Every limit that is about a call counts'),
    labels: labels.prefault({}),
    undeclaredArguments: z
      .enum(['allow', 'deny'])
      .default('allow')
      .describe('Whether what is no read may have arguments that the schema of its tool does not name'),
    watch: z.array(watch).max(WATCH_MAX).default([]).describe('What is looked out for, and what is done then'),
  })
  .transform(
    (file): PolicyFile => ({
      version: file.version,
      upstream: file.upstream,
      classes: file.classes,
      rules: file.rules,
      limits: file.limits,
      watch: file.watch,
      labels: file.labels,
      undeclaredArguments: file.undeclaredArguments,
    }),
  );
