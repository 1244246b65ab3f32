import type { AuditEntry, CallId } from './entry.ts';
import { assertNever } from '../result.ts';
import type { ApprovalId } from '../approval/approval.ts';

/** What an entry says about a call that an upstream may see: every call that is opened must be closed by exactly one outcome. */
export type CallEffect =
  | { readonly kind: 'opens'; readonly callId: CallId; readonly approvalId: ApprovalId | null }
  | { readonly kind: 'closes'; readonly callId: CallId };

/** `null`: the entry is about no dispatch. A listing is decided like a call, but nothing runs after it that could end. */
export function callEffect(entry: AuditEntry): CallEffect | null {
  switch (entry.kind) {
    case 'decision':
      if (entry.decision !== 'allow' || entry.tool === null) return null;
      // An approval that is named here is one whose page the call is for: it spends none.
      return { kind: 'opens', callId: entry.callId, approvalId: null };
    case 'dispatch':
      return { kind: 'opens', callId: entry.callId, approvalId: entry.approvalId };
    case 'outcome':
      return { kind: 'closes', callId: entry.callId };
    case 'refusal':
    case 'principal':
    case 'shadow':
    case 'ask':
    case 'uninvited':
    case 'approval':
    case 'kill-switch':
    case 'token':
    case 'account':
    case 'sign-in':
    case 'pin':
    case 'gateway':
      return null;
    default:
      return assertNever(entry);
  }
}
