import { parseTraceparent } from '../../core/mcp/traceparent.ts';
import type { RequestContext } from '../../gateway/gateway.ts';
import type { Caller, Opened, Plane } from './exchange.ts';

/** What the gateway is told of a request. A `traceparent` in the message counts before one in the headers. */
export function createContext(
  plane: Plane,
  caller: Caller,
  { revision, capabilities, logLevel, hostName }: Pick<Opened, 'revision' | 'capabilities' | 'logLevel' | 'hostName'>,
  traceparent: string | null = null,
): RequestContext {
  return {
    callId: plane.deps.ids.next('call'),
    principal: caller.principal,
    endpoint: caller.endpoint,
    revision,
    capabilities,
    logLevel,
    ...(hostName === undefined ? {} : { hostName }),
    traceparent: traceparent ?? parseTraceparent(caller.headers.traceparent),
    signal: caller.abort.signal,
  };
}
