import type { CallDeps } from './deps.ts';
import type { Gateway } from './gateway.ts';
import { handleCall } from './handle-call.ts';
import { listTools } from './list-tools.ts';
import type { Refusals } from './refusals.ts';

/** Puts the use cases behind the one interface that the MCP plane knows. */
export function createGateway(deps: CallDeps, refusals: Refusals): Gateway {
  const listeners = new Set<() => void>();
  for (const upstream of deps.upstreams.values()) {
    upstream.onToolsChanged(() => {
      deps.catalogue.forget(upstream.name);
      for (const listener of listeners) listener();
    });
  }
  return {
    callTool: (call) => handleCall(deps, call),
    listTools: (context, cursor) => listTools(deps, context, cursor),
    refuse: (refusal) => refusals.record(refusal),
    isStopped: ({ id, client }) =>
      deps.killSwitches.find({ principal: id, client, upstream: null, tool: null, class: null }) !== null,
    hasUpstream: (name) => deps.upstreams.has(name),
    onToolsChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
