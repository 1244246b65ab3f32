import type { PinView } from '../../core/admin-api/pin-view.ts';
import { type Pin, pinKind } from '../../core/catalog/pin.ts';
import { formatTimestamp } from '../../core/timestamp.ts';
import type { AccountView } from '../../core/admin-api/account-view.ts';
import type { AuditView } from '../../core/admin-api/audit-view.ts';
import type { KillSwitchView } from '../../core/admin-api/kill-switch-view.ts';
import type { TokenView } from '../../core/admin-api/token-view.ts';
import type { VerificationView } from '../../core/admin-api/verification-view.ts';
import { NOT_PROVED } from '../../core/audit/verify/say-verdict.ts';
import type { VerificationState } from '../../gateway/log-verification.ts';
import type { KillSwitch } from '../../core/kill-switch/kill-switch.ts';
import type { AuditRecord } from '../../ports/audit-log.ts';
import type { KnownAccount } from '../../gateway/administration.ts';
import type { StoredToken } from '../../ports/token-store.ts';

export function killSwitchView(killSwitch: KillSwitch): KillSwitchView {
  const { id, scope, reason, by, createdMs, expiresMs } = killSwitch;
  return {
    id,
    scope,
    reason,
    by,
    createdAt: formatTimestamp(createdMs),
    expiresAt: expiresMs === null ? null : formatTimestamp(expiresMs),
  };
}

/** Field by field: whatever else a row may come to hold, the hash of the secret stays here. */
export function tokenView(token: StoredToken): TokenView {
  const { id, plane, user, groups, scopes, roles, createdMs, expiresMs, revokedMs } = token;
  return {
    id,
    plane,
    user,
    groups,
    scopes,
    roles,
    createdAt: formatTimestamp(createdMs),
    expiresAt: formatTimestamp(expiresMs),
    revokedAt: revokedMs === null ? null : formatTimestamp(revokedMs),
  };
}

export function pinView(pin: Pin): PinView {
  const { id, upstream, tool, digest, status, why, firstSeenMs, decidedBy, decidedMs } = pin;
  const decidedAt = decidedMs === null ? null : formatTimestamp(decidedMs);
  const firstSeenAt = formatTimestamp(firstSeenMs);
  return { id, upstream, kind: pinKind(pin), tool, digest, status, why, firstSeenAt, decidedBy, decidedAt };
}

/** Field by field, as with tokens. */
export function accountView(account: KnownAccount): AccountView {
  const { id, user, subject, alsoKnownAs, roles, groups, createdMs, disabledMs } = account;
  const disabledAt = disabledMs === null ? null : formatTimestamp(disabledMs);
  return { id, user, subject, alsoKnownAs, roles, groups, createdAt: formatTimestamp(createdMs), disabledAt };
}

export function verificationView({ checkedMs, ...state }: VerificationState): VerificationView {
  return { ...state, checkedAt: checkedMs === null ? null : formatTimestamp(checkedMs), notProved: NOT_PROVED };
}

/** The texts are our own canonical JSON: the log wrote them. */
export function auditView(record: AuditRecord): AuditView {
  const { entry } = JSON.parse(record.leaf) as { entry: Omit<AuditView, 'seq'> & { kind: string; timeMs: number } };
  const view = { ...entry, seq: record.sequence };
  if (record.payload === null) return view;
  // The salt stays here: with it, a pruned payload could be found by trying.
  const { arguments: args } = JSON.parse(record.payload) as { arguments: unknown };
  return { ...view, arguments: args };
}
