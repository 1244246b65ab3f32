import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type AllowedHosts, allowedHostsOf } from '../../core/http/host-check.ts';
import type { OperatorReport } from '../../gateway/deps.ts';
import type { ConsoleSessions } from '../../gateway/console-sessions.ts';
import type { ConsoleSignIn } from '../../gateway/console-sign-in.ts';
import type { ProviderSignIn } from '../../gateway/provider-sign-in.ts';
import type { LiveEvents } from '../../gateway/live-events.ts';
import type { AdminAuthenticator } from '../../ports/admin-authenticator.ts';
import { addAdminRoutes, addOpenRoutes } from './add-routes.ts';
import type { RouteDeps } from './admin-route.ts';
import { checkRequest } from './check-request.ts';
import { addEvents } from './console/add-events.ts';
import { addConsole } from './console/add-console.ts';
import { loadConsoleAssets } from './console/console-assets.ts';
import { createAdminListener } from './create-admin-listener.ts';
import { createFailedAttempts } from './failed-attempts.ts';
import { sendProblem } from './problems.ts';

export interface AdminPlaneDeps extends RouteDeps {
  readonly authenticator: AdminAuthenticator;
  readonly sessions: ConsoleSessions;
  readonly signIn: ConsoleSignIn;
  /** `null`: there is no OpenID provider. */
  readonly providerSignIn: ProviderSignIn | null;
  readonly events: LiveEvents;
  /** Told of what should never happen. */
  readonly report: (problem: OperatorReport) => void;
}

export interface AdminPlaneOptions {
  /** The address to listen on, without brackets. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where people reach it through a proxy; `null`: only under its own address and the names of loopback. */
  readonly publicUrl: string | null;
  readonly version: string;
  /** Where the built console is. */
  readonly consoleDir: string;
}

export interface AdminPlane {
  /** Resolves to the base URL, `http://127.0.0.1:8421`. Rejects where the address cannot be had. */
  listen(): Promise<{ readonly url: string }>;
  close(): Promise<void>;
}

/** How long answers may take when it closes. After that open connections, used or not, do not keep the gateway from ending. */
const CLOSE_TIMEOUT_MS = 2000;

/**
 * The listener of operators and approvers. It shares nothing with the MCP plane: another address, other credentials, connections of its
 * own, so that it answers while the other one is flooded.
 */
export function createAdminPlane(deps: AdminPlaneDeps, options: AdminPlaneOptions): AdminPlane {
  const app = createAdminListener((error) =>
    deps.report({ callId: null, problem: 'the admin plane failed unexpectedly', error }),
  );
  let allowed: AllowedHosts = allowedHostsOf({ bind: options.host, port: options.port, publicUrl: options.publicUrl });
  // The port may be known only when it is taken; no request is read before this event.
  app.server.once('listening', () => {
    allowed = allowedHostsOf({ bind: options.host, port: portOf(app), publicUrl: options.publicUrl });
  });
  app.addHook('onRequest', async (request, reply) => {
    const problem = checkRequest(request.raw, allowed);
    return problem === null ? undefined : sendProblem(reply, problem);
  });
  addOpenRoutes(app, deps.administration, options.version);
  const routeDeps = { ...deps, failedAttempts: createFailedAttempts(deps) };
  addAdminRoutes(app, routeDeps);
  addEvents(app, routeDeps);
  addConsole(app, { ...routeDeps, assets: loadConsoleAssets(options.consoleDir) });

  return {
    async listen() {
      await app.listen({ host: options.host, port: options.port });
      const host = options.host.includes(':') ? `[${options.host}]` : options.host;
      return { url: `http://${host}:${portOf(app)}` };
    },
    async close() {
      const end = setTimeout(() => app.server.closeAllConnections(), CLOSE_TIMEOUT_MS);
      await app.close();
      clearTimeout(end);
    },
  };
}

function portOf(app: FastifyInstance): number {
  return (app.server.address() as AddressInfo).port;
}
