import { dirname, join } from 'node:path';
import { DEFAULT_MCP_PLANE_LIMITS, type McpPlaneOptions } from './adapters/http/plane-options.ts';
import { createMcpPlane, type McpPlane } from './adapters/http/mcp-plane.ts';
import { createAdminPlane } from './adapters/admin/admin-plane.ts';
import { createDialler } from './adapters/egress/dialler.ts';
import { createDocumentFetcher } from './adapters/egress/document-fetcher.ts';
import { createAdminAuthenticator } from './adapters/identity/admin-authenticator.ts';
import { createAuthenticator } from './adapters/identity/authenticator.ts';
import type { TrustedIssuer } from './adapters/identity/jwt-verifier.ts';
import { openSqliteStore, type SqliteStore } from './adapters/sqlite/open-store.ts';
import { systemClock, systemIds } from './adapters/system/clock.ts';
import { loadOrCreateDigestKey, readSecretFile, writeSecretFile } from './adapters/system/secret-files.ts';
import { createOperatorLog } from './adapters/telemetry/operator-log.ts';
import { createHttpUpstream } from './adapters/upstream/http/create-http-upstream.ts';
import { UPSTREAM_LIMITS, type UpstreamLimits } from './adapters/upstream/limits.ts';
import { createStdioUpstream } from './adapters/upstream/stdio/create-stdio-upstream.ts';
import { STDIO_LIMITS } from './adapters/upstream/stdio/stdio-limits.ts';
import type { ClientInfo, UpstreamDeps, UpstreamIncident } from './adapters/upstream/upstream-deps.ts';
import type { Config, IssuerConfig, UpstreamConfig } from './config/config.ts';
import { createKnownSecrets } from './core/content/redact-arguments.ts';
import { isSecretName } from './core/content/secret-names.ts';
import { isTokenHash, parseToken } from './core/identity/token-format.ts';
import type { Approval } from './core/approval/approval.ts';
import type { CompiledPolicy } from './core/policy/compile-policy.ts';
import type { TokenRequest } from './gateway/administration.ts';
import { issueToken } from './gateway/administration/tokens.ts';
import { createApprovalDesk } from './gateway/approval-desk.ts';
import { createApprovers } from './gateway/approvers.ts';
import { createCatalogue } from './gateway/catalogue.ts';
import { createAdministration } from './gateway/create-administration.ts';
import { createGateway } from './gateway/create-gateway.ts';
import type { CallDeps } from './gateway/deps.ts';
import { expireApprovals } from './gateway/expire-approvals.ts';
import { createInFlight } from './gateway/in-flight.ts';
import { createKeptResults } from './gateway/kept-results.ts';
import { createKillSwitches } from './gateway/kill-switches.ts';
import { createLateRecords } from './gateway/late-records.ts';
import { createRefusals } from './gateway/refusals.ts';
import {
  createSubscriptions,
  type Subscriptions,
  type SubscriptionsDeps,
} from './gateway/subscriptions/create-subscriptions.ts';
import { fingerprintList } from './gateway/subscriptions/fingerprint-list.ts';
import { createResourceRights } from './gateway/subscriptions/resource-rights.ts';
import type { Upstream } from './ports/upstream.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly policy: CompiledPolicy;
  readonly version: string;
  /** In demo mode: who gets a token at once. `null` otherwise. */
  readonly demo: { readonly requester: TokenRequest; readonly operator: TokenRequest } | null;
}

export interface RunningGateway {
  readonly mcpUrl: string;
  readonly adminUrl: string;
  /** Where the CLI finds the first operator's token. */
  readonly operatorTokenFile: string;
  readonly demo: {
    readonly requester: { readonly token: string };
    readonly operator: { readonly token: string };
  } | null;
  close(): Promise<void>;
}

const clock = systemClock;
const ids = systemIds;

/**
 * Builds a gateway from its configuration and opens both planes. The admin plane comes first and goes last, so that the kill switch
 * can be reached for as long as a call could run. Throws what an operator must mend, a store, a port or a key file, and leaves
 * nothing open then.
 */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const opened = new AsyncDisposableStack();
  try {
    return { ...(await openGateway(options, opened)), close: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function openGateway(
  options: GatewayOptions,
  opened: AsyncDisposableStack,
): Promise<Omit<RunningGateway, 'close'>> {
  const { config, policy, version } = options;
  const report = createOperatorLog(clock);
  const store = await openSqliteStore({ path: config.store.path, clock });
  opened.defer(() => store.close());
  const operatorTokenFile = join(dirname(config.store.path), 'operator-token');
  const demo = await issueFirstTokens(store, options, operatorTokenFile);
  await recordStart(store, policy, version);
  opened.defer(() => recordStop(store, version, report));

  const links = { consoleUrl: config.admin.publicUrl ?? '' };
  const upstreams = createUpstreams(options, report);
  const deps = await createCallDeps(options, { store, upstreams, report, consoleUrl: () => links.consoleUrl });
  opened.defer(() => deps.lateRecords.close());
  const expiry = setInterval(() => void expire(deps), EXPIRY_INTERVAL_MS).unref();
  opened.defer(() => clearInterval(expiry));
  const refusals = createRefusals({ audit: store.audit, clock, knownSecrets: deps.knownSecrets, report });
  const subscriptions = openSubscriptions(deps);
  opened.defer(() => subscriptions.close());
  const gateway = createGateway(deps, refusals, subscriptions);
  const { authenticator, adminAuthenticator, forgetCredential } = await createIdentity(store, config);
  let isStopping = false;
  const administration = createAdministration({
    ...deps,
    isStopping: () => isStopping,
    tokens: store.tokens,
    forgetCredential,
    maxTtlMs: config.tokens.ttlMsMax,
  });

  const admin = createAdminPlane(
    { administration, authenticator: adminAuthenticator, clock, report },
    { ...config.admin.listen, publicUrl: config.admin.publicUrl, version },
  );
  opened.defer(() => admin.close());
  opened.defer(() => refusals.close());
  opened.defer(async () => void (await Promise.all([...upstreams.values()].map((upstream) => upstream.close()))));
  const mcp = createMcpPlane({ gateway, authenticator, clock, ids, report }, mcpPlaneOptions(config, version));
  opened.defer(() => {
    isStopping = true;
    return drain(mcp, deps);
  });

  const { url: adminUrl } = await admin.listen();
  links.consoleUrl ||= adminUrl;
  const { url } = await mcp.listen();
  return { mcpUrl: `${url}/mcp`, adminUrl, operatorTokenFile, demo };
}

function openSubscriptions(deps: CallDeps): Subscriptions {
  const fingerprint: SubscriptionsDeps['fingerprint'] = (principal, upstream, list) =>
    fingerprintList(deps, principal, upstream, list);
  return createSubscriptions({ ...deps, fingerprint, resources: createResourceRights(deps) });
}

interface CallParts {
  readonly store: SqliteStore;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly report: CallDeps['report'];
  readonly consoleUrl: () => string;
}

async function createCallDeps({ config, policy }: GatewayOptions, parts: CallParts): Promise<CallDeps> {
  const { store, upstreams, report, consoleUrl } = parts;
  const { approvals, audit } = store;
  const inFlight = createInFlight();
  const desk = createApprovalDesk(HELD_CALLS_MAX);
  const wakeApproval = ({ id }: Approval) => desk.wake(id);
  const killSwitches = await createKillSwitches({
    store: store.killSwitches,
    approvals,
    inFlight,
    clock,
    ids,
    wakeApproval,
    report,
  });
  return {
    clock,
    ids,
    audit,
    approvals,
    upstreams,
    killSwitches,
    inFlight,
    desk,
    report,
    catalogue: createCatalogue(clock, CATALOGUE),
    approvers: createApprovers(store.tokens, clock),
    keptResults: createKeptResults(clock, KEPT_RESULTS),
    lateRecords: createLateRecords(report),
    policy: () => policy,
    knownSecrets: createKnownSecrets(secretsOf(config)),
    digestKey: loadOrCreateDigestKey(join(dirname(config.store.path), 'keys', 'arguments-digest.key')),
    environment: config.environment,
    approvalSettings: {
      holdMs: config.approvals.holdMs,
      keepResultMs: KEPT_RESULTS.keepMs,
      pendingPerPrincipalMax: config.limits.pendingApprovalsPerPrincipalMax,
      pendingMax: config.limits.pendingApprovalsMax,
      consoleUrl,
    },
  };
}

async function createIdentity({ tokens }: SqliteStore, config: Config) {
  const issuers = config.issuers.map((issuer) => trustedIssuer(issuer, config));
  const authenticator = createAuthenticator({ tokens, clock, documents: createDocumentFetcher() }, { issuers });
  const adminAuthenticator = createAdminAuthenticator({ tokens, clock });
  await adminAuthenticator.load();
  function forgetCredential(id: string): void {
    authenticator.forget(id);
    adminAuthenticator.forget(id);
  }
  return { authenticator, adminAuthenticator, forgetCredential };
}

async function expire(deps: CallDeps): Promise<void> {
  await expireApprovals(deps).catch((error: unknown) =>
    deps.report({ callId: null, problem: 'approvals whose time is over could not be ended yet', error }),
  );
}

const EXPIRY_INTERVAL_MS = 10_000;
/** How long running calls may go on when the gateway is told to stop. The rest of the plane's own time is for answering them. */
const DRAIN_CALLS_MS = 8000;

/** Lets running calls finish for a while, then gives them up in time to tell their hosts. Held ones wait for a person, so not for us. */
async function drain(mcp: McpPlane, { desk, inFlight }: CallDeps): Promise<void> {
  desk.close();
  const giveUp = setTimeout(() => inFlight.stopAll(), DRAIN_CALLS_MS);
  await mcp.close();
  clearTimeout(giveUp);
}

const HELD_CALLS_MAX = 5000;
const CATALOGUE = { freshMs: 60_000, staleMs: 600_000, listTimeoutMs: 15_000, waitAgainMs: 1000, listsMax: 10_000 };
const KEPT_RESULTS = { keepMs: 15 * 60_000, resultBytesMax: 1024 * 1024, totalBytesMax: 64 * 1024 * 1024 };
const FIRST_OPERATOR_TTL_MS = 30 * 86_400_000;

function createUpstreams(
  { config, version }: GatewayOptions,
  report: CallDeps['report'],
): ReadonlyMap<string, Upstream> {
  const deps = {
    clock,
    report: ({ upstream, problem }: UpstreamIncident) => report({ callId: null, problem: `${upstream}: ${problem}` }),
  };
  const client = { name: 'countersign', version };
  return new Map(config.upstreams.map((upstream) => [upstream.name, createUpstream(upstream, client, deps)]));
}

function createUpstream(upstream: UpstreamConfig, client: ClientInfo, deps: UpstreamDeps): Upstream {
  const configured: Partial<UpstreamLimits> = {
    connectTimeoutMs: upstream.connectTimeoutMs,
    callTimeoutMs: upstream.callTimeoutMs,
    concurrentMax: upstream.concurrentCallsMax,
    answerBytesMax: upstream.resultBytesMax,
  };
  const { name } = upstream;
  const era = upstream.era === 'modern' ? '2026-07-28' : upstream.era;
  if (upstream.kind === 'stdio') {
    const { command, args, cwd, env, shared } = upstream;
    const limits = { ...STDIO_LIMITS, ...configured };
    const options = { name, command: [command, ...args], cwd, env, shared, era, client, limits } as const;
    return createStdioUpstream(options, { ...deps, env: process.env });
  }
  const { url, credentials, egressHosts } = upstream;
  const headers = credentials.kind === 'header' ? { [credentials.name]: credentials.value } : {};
  const limits = { ...UPSTREAM_LIMITS, ...configured };
  const dialler = { chosenBy: 'operator', hosts: egressHosts, connectTimeoutMs: limits.connectTimeoutMs } as const;
  return createHttpUpstream({ name, url, era, headers, client, limits, connect: createDialler(dialler) }, deps);
}

/** Everything that the gateway itself holds and that must never be seen in what it records. */
function secretsOf(config: Config): readonly string[] {
  return config.upstreams.flatMap((upstream) => {
    if (upstream.kind === 'stdio')
      return Object.entries(upstream.env).flatMap(([name, value]) => (isSecretName(name) ? [value] : []));
    if (upstream.credentials.kind !== 'header') return [];
    const { value } = upstream.credentials;
    // Of `Bearer …` what comes behind the scheme is the secret, and it can turn up alone.
    return [value, value.slice(value.indexOf(' ') + 1)];
  });
}

function trustedIssuer(issuer: IssuerConfig, config: Config): TrustedIssuer {
  const { audience, ...rest } = issuer;
  if (audience === null) return { ...rest, audiences: resourceUris(config), areAudiencesResources: true };
  return { ...rest, audiences: [audience], areAudiencesResources: false };
}

/** The resource identifiers of RFC 9728: every path under which an MCP endpoint stands. */
function resourceUris({ mcp, upstreams }: Config): readonly string[] {
  const origin = mcp.publicUrl ?? `http://${mcp.listen.host}:${mcp.listen.port}`;
  return [`${origin}/mcp`, ...upstreams.map(({ name }) => `${origin}/mcp/${name}`)];
}

function mcpPlaneOptions(config: Config, version: string): McpPlaneOptions {
  const { mcp, limits, issuers } = config;
  return {
    ...mcp.listen,
    publicUrl: mcp.publicUrl,
    allowedHosts: mcp.hosts,
    allowedOrigins: mcp.origins,
    authorizationServers: issuers.map(({ issuer }) => issuer),
    version,
    limits: {
      ...DEFAULT_MCP_PLANE_LIMITS,
      connectionsMax: limits.connectionsMax,
      requestsMax: limits.requestsMax,
      sessionsMax: limits.sessionsMax,
      sessionsPerPrincipalMax: limits.sessionsPerPrincipalMax,
    },
  };
}

/** Somebody must be able to begin. Once any credential for the admin plane exists, people make the next ones. */
async function issueFirstTokens(
  store: SqliteStore,
  { config, demo }: GatewayOptions,
  operatorFile: string,
): Promise<RunningGateway['demo']> {
  if (demo !== null) {
    const requesterFile = join(dirname(operatorFile), 'demo-requester-token');
    const requester = { token: await keepTokenFile(store, demo.requester, requesterFile) };
    return { requester, operator: { token: await keepTokenFile(store, demo.operator, operatorFile) } };
  }
  const issued = await store.tokens.list();
  if (issued.some(({ plane }) => plane === 'admin')) return null;
  const ttlMs = Math.min(FIRST_OPERATOR_TTL_MS, config.tokens.ttlMsMax);
  const roles = ['operator', 'approver', 'auditor'] as const;
  await keepTokenFile(store, { plane: 'admin', user: 'operator', groups: [], scopes: [], roles, ttlMs }, operatorFile);
  return null;
}

/** The token in the file while it is good, so that what was pasted somewhere outlives a restart; a new one otherwise. */
async function keepTokenFile(store: SqliteStore, request: TokenRequest, file: string): Promise<string> {
  const kept = readSecretFile(file);
  const parsed = kept === null ? null : parseToken(kept);
  const stored = parsed === null ? null : await store.tokens.find(parsed.id);
  const isGood = stored !== null && stored.revokedMs === null && stored.expiresMs > clock.nowMs();
  if (kept !== null && isGood && isTokenHash(stored.secretHash, kept)) return kept;
  const { secret } = await issueToken({ tokens: store.tokens, clock, ids }, request, 'gateway');
  writeSecretFile(file, secret);
  return secret;
}

async function recordStart(store: SqliteStore, policy: CompiledPolicy, version: string): Promise<void> {
  const entry = { kind: 'gateway', timeMs: clock.nowMs(), policyVersion: policy.version, by: null } as const;
  await store.audit.record([
    { ...entry, change: 'started', detail: `version ${version}` },
    { ...entry, change: 'policy-loaded', detail: `${policy.upstreams.size} upstreams` },
  ]);
}

/** Whoever reads the log can tell an end from a crash. A store that fails has said so already, and must not keep the gateway. */
async function recordStop(store: SqliteStore, version: string, report: CallDeps['report']): Promise<void> {
  const entry = { kind: 'gateway', timeMs: clock.nowMs(), policyVersion: null, by: null } as const;
  await store.audit
    .record([{ ...entry, change: 'stopped', detail: `version ${version}` }])
    .catch((error: unknown) => report({ callId: null, problem: 'the stop could not be recorded', error }));
}
