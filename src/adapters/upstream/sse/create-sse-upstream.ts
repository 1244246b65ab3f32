import { type buildConnector, Pool } from 'undici';
import type { Upstream } from '../../../ports/upstream.ts';
import { checkHeaders, checkUrl } from '../http/check-options.ts';
import type { UpstreamLimits } from '../limits.ts';
import { createPeerUpstream } from '../stdio/create-peer-upstream.ts';
import { STDIO_LIMITS } from '../stdio/stdio-limits.ts';
import type { ClientInfo, UpstreamDeps } from '../upstream-deps.ts';
import { openEventPeer } from './open-event-peer.ts';

export interface SseUpstreamOptions {
  readonly name: string;
  /** Of the event stream: `https://…` or `http://…`, without user, password or fragment. */
  readonly url: string;
  /** Sent with every request, such as the shared credential of the upstream. */
  readonly headers: Readonly<Record<string, string>>;
  readonly client: ClientInfo;
  readonly limits: UpstreamLimits;
  /** Opens the connections, where they may go. */
  readonly connect: buildConnector.connector;
}

/**
 * An MCP server that speaks HTTP with SSE, the transport of revision 2024-11-05: one event stream for each principal. Redirects are not
 * followed, certificates are verified, and messages go to the origin of the stream alone.
 */
export function createSseUpstream(options: SseUpstreamOptions, deps: UpstreamDeps): Upstream {
  const { name, client, connect } = options;
  const url = checkUrl(options.url);
  const headers = Object.entries(checkHeaders(options.headers)).flat();
  const limits = { ...STDIO_LIMITS, ...options.limits, processesMax: options.limits.principalsMax };
  const streams = new Pool(url.origin, { connections: limits.principalsMax, pipelining: 1, connect });
  const messages = new Pool(url.origin, { connections: limits.concurrentMax, pipelining: 1, connect });
  const { handshakeTimeoutMs } = limits;
  const upstream = createPeerUpstream(
    { name, transport: 'http', shared: false, era: 'legacy', client, limits },
    deps,
    (peerLimits, listener) =>
      openEventPeer({ url, headers, streams, messages, handshakeTimeoutMs }, peerLimits, listener),
  );
  return {
    ...upstream,
    async close() {
      await upstream.close();
      await Promise.all([streams.destroy(), messages.destroy()]);
    },
  };
}
