import type { ApprovalEntry } from '../core/audit/entry.ts';
import { redactName } from '../core/content/redact-name.ts';
import type { ApprovalHead } from '../ports/approval-store.ts';

interface ApprovalActor {
  readonly by: string | null;
  readonly credentialId: string | null;
  readonly comment: string | null;
  readonly callId: string | null;
}

const NOBODY: ApprovalActor = { by: null, credentialId: null, comment: null, callId: null };

/** The audit entry that goes with a change of an approval, in the same transaction. */
export function approvalEntry(
  approval: ApprovalHead,
  change: ApprovalEntry['change'],
  timeMs: number,
  actor: Partial<ApprovalActor>,
): ApprovalEntry {
  const { principal, upstream, tool, argsDigest } = approval.binding;
  return {
    kind: 'approval',
    timeMs,
    approvalId: approval.id,
    change,
    principal,
    upstream,
    // Of a resource, it is the URI that the host wrote.
    tool: redactName(tool),
    argsDigest,
    ...NOBODY,
    ...actor,
  };
}
