import { createMcpPlane, type McpPlane } from '../../src/adapters/http/mcp-plane.ts';
import {
  DEFAULT_MCP_PLANE_LIMITS,
  type McpPlaneLimits,
  type McpPlaneOptions,
} from '../../src/adapters/http/plane-options.ts';
import type { Authenticator } from '../../src/ports/authenticator.ts';
import { createFakeGateway, createNameAuthenticator, type FakeGateway } from './fake-gateway.ts';
import { createCountingIds, createFixedClock, type FixedClock } from './fixed-clock.ts';

export interface RunningPlane {
  readonly url: string;
  readonly port: number;
  readonly gateway: FakeGateway;
  readonly clock: FixedClock;
  /** Bugs that the plane reported. */
  readonly reports: readonly { readonly problem: string }[];
  readonly plane: McpPlane;
}

export interface StartOptions extends Partial<Omit<McpPlaneOptions, 'limits'>> {
  readonly limits?: Partial<McpPlaneLimits>;
  readonly authenticator?: Authenticator;
}

/** A real listener on loopback in front of a fake gateway. */
export async function startMcpPlane(options: StartOptions = {}): Promise<RunningPlane> {
  const { limits, authenticator = createNameAuthenticator(), ...rest } = options;
  const gateway = createFakeGateway();
  const clock = createFixedClock();
  const reports: { readonly problem: string }[] = [];
  const deps = {
    gateway,
    authenticator,
    clock,
    ids: createCountingIds(),
    report: (problem: { problem: string }) => reports.push(problem),
  };
  const plane = createMcpPlane(deps, {
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    allowedHosts: [],
    allowedOrigins: [],
    authorizationServers: [],
    version: '0.0.0-test',
    ...rest,
    limits: { ...DEFAULT_MCP_PLANE_LIMITS, drainTimeoutMs: 1_000, ...limits },
  });
  const { url } = await plane.listen();
  return { url, port: Number(new URL(url).port), gateway, clock, reports, plane };
}
