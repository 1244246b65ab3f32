import type { AddressInfo } from 'node:net';
import { allowedHostsOf } from '../../core/http/host-check.ts';
import { closeListener } from './close-listener.ts';
import { createListener } from './create-listener.ts';
import type { McpPlaneDeps, Plane } from './exchange.ts';
import { Load } from './load.ts';
import { createCallEvents } from './call-events.ts';
import { createOrphans } from './orphans.ts';
import { createNoticeStreams } from './notice-streams.ts';
import type { McpPlaneOptions } from './plane-options.ts';
import { serveRequest } from './serve-request.ts';
import { createSessions } from './sessions.ts';
import { createTurns } from './turns.ts';

export interface McpPlane {
  /** Resolves to the base URL, `http://127.0.0.1:8420`, when hosts can connect. Rejects where the address cannot be had. */
  listen(): Promise<{ readonly url: string }>;
  /** Takes no more requests, lets the running ones finish for a while, then ends what is left. */
  close(): Promise<void>;
}

/** The listener that hosts talk to. It serves nothing else: the admin plane is another listener, out of reach from here. */
export function createMcpPlane(deps: McpPlaneDeps, options: McpPlaneOptions): McpPlane {
  let plane: Plane | null = null;
  const app = createListener(options.limits, (req, res) => {
    if (plane === null) throw new Error('a request came before the listener was ready');
    serveRequest(plane, req, res);
  });
  // The port may be known only when it is taken, and no request is read before this event.
  app.server.once('listening', () => {
    plane = createPlane(deps, options, (app.server.address() as AddressInfo).port);
  });

  return {
    async listen() {
      await app.listen({ host: options.host, port: options.port });
      return { url: urlOf(options.host, (app.server.address() as AddressInfo).port) };
    },
    async close() {
      plane?.load.stop();
      plane?.noticeStreams.end();
      await closeListener(app, options.limits.drainTimeoutMs);
    },
  };
}

function createPlane(deps: McpPlaneDeps, options: McpPlaneOptions, port: number): Plane {
  const { host, limits, allowedHosts, allowedOrigins, authorizationServers, version } = options;
  const publicUrl = options.publicUrl ?? urlOf(host, port);
  return {
    deps,
    limits,
    publicUrl,
    authorizationServers,
    allowed: allowedHostsOf({ bind: host, port, publicUrl, hosts: allowedHosts, origins: allowedOrigins }),
    load: new Load(limits),
    sessions: createSessions({ ...deps, limits }),
    turns: createTurns(limits.bodyBytesPerTurnMax),
    noticeStreams: createNoticeStreams(limits),
    callEvents: createCallEvents(deps, limits),
    orphans: createOrphans(limits),
    serverInfo: { name: 'countersign', version },
  };
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
