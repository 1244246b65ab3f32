import { createDialler } from '../adapters/egress/dialler.ts';
import { createAutoUpstream } from '../adapters/upstream/auto/create-auto-upstream.ts';
import { createHttpUpstream } from '../adapters/upstream/http/create-http-upstream.ts';
import { UPSTREAM_LIMITS, type UpstreamLimits } from '../adapters/upstream/limits.ts';
import { createSseUpstream } from '../adapters/upstream/sse/create-sse-upstream.ts';
import { createStdioUpstream } from '../adapters/upstream/stdio/create-stdio-upstream.ts';
import { STDIO_LIMITS } from '../adapters/upstream/stdio/stdio-limits.ts';
import type { ClientInfo, UpstreamDeps } from '../adapters/upstream/upstream-deps.ts';
import type { UpstreamConfig } from '../config/config.ts';
import { isSecretName } from '../core/content/secret-names.ts';
import { PASS_NOTHING } from '../core/content/pass-rules.ts';
import { ASK_NOTHING } from '../core/conversation/ask-rules.ts';
import type { CallDeps, OperatorReport } from '../gateway/deps.ts';
import { createUninvited, type UninvitedDeps } from '../gateway/uninvited.ts';
import type { Clock } from '../ports/clock.ts';
import type { Upstream } from '../ports/upstream.ts';

export interface UpstreamsDeps {
  readonly clock: Clock;
  readonly report: (problem: OperatorReport) => void;
  readonly onUninvited: NonNullable<UpstreamDeps['onUninvited']>;
}

export function createUpstreams(
  upstreams: readonly UpstreamConfig[],
  client: ClientInfo,
  { clock, report, onUninvited }: UpstreamsDeps,
): ReadonlyMap<string, Upstream> {
  const deps: UpstreamDeps = {
    clock,
    onUninvited,
    report: ({ upstream, problem }) => report({ callId: null, problem: `${upstream}: ${problem}` }),
  };
  return new Map(upstreams.map((upstream) => [upstream.name, createUpstream(upstream, client, deps)]));
}

export function createUpstream(upstream: UpstreamConfig, client: ClientInfo, deps: UpstreamDeps): Upstream {
  const configured: Partial<UpstreamLimits> = {
    connectTimeoutMs: upstream.connectTimeoutMs,
    callTimeoutMs: upstream.callTimeoutMs,
    concurrentMax: upstream.concurrentCallsMax,
    answerBytesMax: upstream.resultBytesMax,
  };
  const { name } = upstream;
  const era = upstream.era === 'modern' ? '2026-07-28' : upstream.era;
  if (upstream.kind === 'stdio') {
    const { command, args, cwd, env, shared, digests } = upstream;
    const limits = { ...STDIO_LIMITS, ...configured };
    const options = { name, command: [command, ...args], cwd, env, shared, digests, era, client, limits } as const;
    return createStdioUpstream(options, { ...deps, env: process.env });
  }
  const { url, transport, credentials, egressHosts } = upstream;
  const headers = credentials.kind === 'header' ? { [credentials.name]: credentials.value } : {};
  const limits = { ...UPSTREAM_LIMITS, ...configured };
  const dialler = { chosenBy: 'operator', hosts: egressHosts, connectTimeoutMs: limits.connectTimeoutMs } as const;
  const options = { name, url, headers, client, limits, connect: createDialler(dialler) };
  if (transport === 'sse') return createSseUpstream(options, deps);
  // Nothing of 2026-07-28 is spoken over the old transport, so there is nothing to find out.
  if (transport === 'http' || era === '2026-07-28') return createHttpUpstream({ ...options, era }, deps);
  return createAutoUpstream({ ...options, era }, deps);
}

/** Records what upstreams ask for without having been offered it. */
export function openUninvited(deps: UninvitedDeps, opened: AsyncDisposableStack): UpstreamsDeps['onUninvited'] {
  const uninvited = createUninvited(deps);
  opened.defer(() => uninvited.close());
  return (upstream, method) => uninvited.note(upstream, method);
}

/** What the operator lets each upstream ask and say: nothing, where it is not known. */
export function upstreamRules(upstreams: readonly UpstreamConfig[]): Pick<CallDeps, 'askRules' | 'passRules'> {
  const known = new Map(upstreams.map(({ name, allow, passes }) => [name, { allow, passes }]));
  return {
    askRules: (upstream) => known.get(upstream)?.allow ?? ASK_NOTHING,
    passRules: (upstream) => known.get(upstream)?.passes ?? PASS_NOTHING,
  };
}

/** Everything that the gateway itself holds and that must never be seen in what it records. */
export function secretsOf(upstreams: readonly UpstreamConfig[]): readonly string[] {
  return upstreams.flatMap((upstream) => {
    if (upstream.kind === 'stdio')
      return Object.entries(upstream.env).flatMap(([name, value]) => (isSecretName(name) ? [value] : []));
    if (upstream.credentials.kind !== 'header') return [];
    const { value } = upstream.credentials;
    // Of `Bearer …` what comes behind the scheme is the secret, and it can turn up alone.
    return [value, value.slice(value.indexOf(' ') + 1)];
  });
}
