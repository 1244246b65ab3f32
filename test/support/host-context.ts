import { NO_CAPABILITIES } from '../../src/core/conversation/capabilities.ts';
import type { Principal } from '../../src/core/identity/principal.ts';
import type { Endpoint, HostStream, RequestContext } from '../../src/gateway/gateway.ts';
import { SILENT_STREAM } from '../../src/gateway/silent-stream.ts';

export interface ContextWish {
  readonly callId: string;
  readonly principal: Principal;
  readonly revision: string;
  readonly endpoint?: Endpoint;
  readonly signal?: AbortSignal;
}

/** What the gateway is told of a request of a host that declares nothing. */
export function contextFor(wish: ContextWish): RequestContext {
  const { endpoint = { kind: 'all' }, signal = new AbortController().signal, ...rest } = wish;
  return { ...rest, endpoint, signal, traceparent: null, capabilities: NO_CAPABILITIES, logLevel: null };
}

/** A way back to a host that may or may not be made to wait, and cannot be asked anything. */
export function quietStream(canWait: boolean): HostStream {
  return { ...SILENT_STREAM, open: () => canWait, isThere: () => true };
}
