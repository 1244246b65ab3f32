import type { AuditEntry } from '../entry.ts';
import { payloadDigestOf } from '../encode-entry.ts';
import type { Report } from './log-fault.ts';

/** A payload that is there is the one that its entry commits to. One that is not was pruned, or left out. */
export function checkPayload(report: Report, sequence: number, entry: AuditEntry, payload: string): void {
  const { payloadDigest = null } = entry as { readonly payloadDigest?: string | null };
  const digest = payloadDigestOf(payload);
  if (payloadDigest === digest) return;
  report(sequence, payloadDigest === null ? 'no payload' : `a payload of the digest ${payloadDigest}`, digest);
}
