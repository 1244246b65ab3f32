import { type Result, err } from '../../core/result.ts';
import type { UpstreamFault } from '../../ports/upstream.ts';

/** The upstream did not see the call: it was not sent. */
export function notSent(kind: UpstreamFault['kind'], detail: string): Result<never, UpstreamFault> {
  return err({ kind, dispatched: false, detail });
}

/** The upstream saw the call, or may have. */
export function sent(kind: UpstreamFault['kind'], detail: string): Result<never, UpstreamFault> {
  return err({ kind, dispatched: true, detail });
}

/** A fault of what had to come before the call, such as a handshake: whatever that saw, the call itself was not sent. */
export function beforeCall(fault: UpstreamFault): Result<never, UpstreamFault> {
  return err({ ...fault, dispatched: false });
}

/** Of a call that another process began, and that the upstream cannot go on with in its older era. */
export const NOT_MODERN_ANY_MORE = 'the upstream does not speak 2026-07-28 any more';
