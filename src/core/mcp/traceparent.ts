/**
 * A W3C Trace Context `traceparent` of version 00, or `null` for anything else. It is copied to upstreams and into the audit log,
 * so nothing but the exact form passes.
 */
export function parseTraceparent(value: unknown): string | null {
  if (typeof value !== 'string' || value.length !== TRACEPARENT_LENGTH || !TRACEPARENT.test(value)) return null;
  const allZero = value.startsWith(NO_TRACE, 3) || value.startsWith(NO_SPAN, 36);
  return allZero ? null : value;
}

const TRACEPARENT_LENGTH = 55;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
