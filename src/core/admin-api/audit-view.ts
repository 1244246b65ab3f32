import { z } from 'zod';

/**
 * One entry of the audit log: the recorded fields of its kind, which `docs/audit-format.md` explains, with its sequence number.
 * `arguments` is there for auditors, where the entry had any and they were not pruned.
 */
export interface AuditView {
  readonly seq: number;
  readonly kind: string;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly arguments?: unknown;
  readonly [field: string]: unknown;
}

export const auditViewSchema: z.ZodType<AuditView> = z
  .looseObject({
    seq: z.number(),
    kind: z.string(),
    timeMs: z.number().describe('Milliseconds since the epoch.'),
    arguments: z.unknown().optional().describe('For auditors alone. Secrets are replaced by markers.'),
  })
  .meta({ title: 'AuditEntry' });

export interface AuditList {
  /** Newest last. */
  readonly entries: readonly AuditView[];
}

export const auditListSchema: z.ZodType<AuditList> = z.object({ entries: z.array(auditViewSchema) });
