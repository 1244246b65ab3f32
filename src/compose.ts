import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { DEFAULT_MCP_PLANE_LIMITS, type McpPlaneOptions } from './adapters/http/plane-options.ts';
import { createMcpPlane } from './adapters/http/mcp-plane.ts';
import { createDocumentFetcher } from './adapters/egress/document-fetcher.ts';
import { createAdminAuthenticator } from './adapters/identity/admin-authenticator.ts';
import { createAuthenticator } from './adapters/identity/authenticator.ts';
import { createScryptPasswords } from './adapters/identity/scrypt-passwords.ts';
import type { TrustedIssuer } from './adapters/identity/jwt-verifier.ts';
import { openSqliteStore, type SqliteStore } from './adapters/sqlite/open-store.ts';
import { systemClock, systemIds } from './adapters/system/clock.ts';
import { loadOrCreateKey, readSecretFile, writeSecretFile } from './adapters/system/secret-files.ts';
import { openRotatingSealer } from './adapters/system/rotating-sealer.ts';
import { createSealer } from './adapters/system/sealer.ts';
import { createOperatorLog } from './adapters/telemetry/operator-log.ts';
import { openAdminPlane } from './compose/admin-plane.ts';
import { logCalls } from './compose/call-log.ts';
import { startChores } from './compose/chores.ts';
import { closeUpstreams, drain } from './compose/drain.ts';
import { openLogVerification } from './compose/log-verification.ts';
import { createNotices } from './compose/notices.ts';
import { openPolicies } from './compose/policies.ts';
import { createUpstreams, openUninvited, secretsOf, upstreamRules } from './compose/upstreams.ts';
import type { Config, IssuerConfig } from './config/config.ts';
import { createRuleChanges } from './config/rule-changes.ts';
import { resultDetectors } from './core/content/detectors/credential.ts';
import { createKnownSecrets } from './core/content/redact-arguments.ts';
import { createKnownPeople } from './core/identity/known-people.ts';
import { parseToken } from './core/identity/token-format.ts';
import type { Approval } from './core/approval/approval.ts';
import { OWN_UPSTREAM } from './core/policy/own-policy.ts';
import type { CompiledPolicy } from './core/policy/compile-policy.ts';
import type { TokenRequest } from './gateway/administration.ts';
import { issueFirstTokens } from './gateway/first-tokens.ts';
import { createApprovalDesk } from './gateway/approval-desk.ts';
import { createApprovers } from './gateway/approvers.ts';
import { CONVERSATION_LIMITS, createConversations } from './gateway/conversations.ts';
import { createOpenedPages } from './gateway/opened-pages.ts';
import { createEdits } from './gateway/edits.ts';
import { checkConditions } from './gateway/check-conditions.ts';
import { createCatalogue } from './gateway/catalogue.ts';
import { createAdministration } from './gateway/create-administration.ts';
import { createConsoleSessions } from './gateway/console-sessions.ts';
import { createGateway } from './gateway/create-gateway.ts';
import type { CallDeps } from './gateway/deps.ts';
import { createInFlight } from './gateway/in-flight.ts';
import { createKeptResults } from './gateway/kept-results.ts';
import { createKillSwitches } from './gateway/kill-switches.ts';
import { createHintedPolicy } from './gateway/hinted-policy.ts';
import { createPins, type Pins } from './gateway/pins.ts';
import { createLoadInstructions } from './gateway/instructions.ts';
import { createHoldRecords } from './gateway/hold-records.ts';
import { createDeadlines } from './gateway/deadlines.ts';
import { createOwnTools } from './gateway/own-tools.ts';
import { createPreviews } from './gateway/previews.ts';
import { createListViews } from './gateway/list-view.ts';
import { createLeftCalls } from './gateway/left-calls.ts';
import { createLimits } from './gateway/limits.ts';
import type { PolicyInForce } from './gateway/policy-in-force.ts';
import { createPrincipalRecords } from './gateway/principal-records.ts';
import type { Shadow } from './gateway/shadow.ts';
import { createWatch } from './gateway/watch.ts';
import { createLateRecords } from './gateway/late-records.ts';
import { createRefusals } from './gateway/refusals.ts';
import { TASK_SETTINGS } from './gateway/tasks/task-settings.ts';
import {
  createSubscriptions,
  type Subscriptions,
  type SubscriptionsDeps,
} from './gateway/subscriptions/create-subscriptions.ts';
import { fingerprintList } from './gateway/subscriptions/fingerprint-list.ts';
import { createResourceRights } from './gateway/resource-rights.ts';
import type { Clock } from './ports/clock.ts';
import type { Upstream } from './ports/upstream.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly policy: CompiledPolicy;
  /** Reads the policies in a directory again; a text says what is wrong with them. */
  readonly loadPolicy: (dir: string) => Promise<CompiledPolicy | string>;
  readonly version: string;
  /** In demo mode: who gets a token at once. `null` otherwise. */
  readonly demo: { readonly requester: TokenRequest; readonly operator: TokenRequest } | null;
}

export interface RunningGateway {
  readonly mcpUrl: string;
  readonly adminUrl: string;
  /** Where a person decides. In demo mode it signs in whoever opens it first. */
  readonly consoleUrl: string;
  /** Where the CLI finds the first operator's token. */
  readonly operatorTokenFile: string;
  readonly demo: {
    readonly requester: { readonly token: string };
    readonly operator: { readonly token: string };
  } | null;
  close(): Promise<void>;
}

export const clock: Clock = systemClock;
const ids = systemIds;

/** The log of a store, for whoever only looks at it. */
export { openStoredLog } from './adapters/sqlite/stored-log.ts';

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
  const demo = await issueTokens(options, store, operatorTokenFile);
  await recordStart(store, policy, version);
  opened.defer(() => recordStop(store, version, report));

  const links = { consoleUrl: config.admin.publicUrl ?? '' };
  const consoleUrl = () => links.consoleUrl;
  const knownSecrets = createKnownSecrets(secretsOf(config.upstreams));
  const onUninvited = openUninvited({ audit: store.audit, clock, knownSecrets, report }, opened);
  const upstreams = createUpstreams(config.upstreams, { name: 'countersign', version }, { clock, report, onUninvited });
  const notices = createNotices(config.notify, { clock, ids, store, consoleUrl, report });
  opened.defer(() => notices.close());
  const onRefused = (why: string) => notices.announceReload(why);
  const policies = await openPolicies(options, { audit: store.audit, clock, report, knownSecrets, onRefused }, opened);
  const pins = await createPins({ store: notices.stores.pins, clock, report });
  checkConditions({ policies: policies.policies, pins, report });
  const stores = logCalls(config.log, { ...store, ...notices.stores }, opened);
  const parts = { store: stores, upstreams, report, ...policies, knownSecrets, pins, consoleUrl };
  const deps = await createCallDeps(options, parts);
  opened.defer(() => deps.lateRecords.close());
  startChores(deps, config, opened);
  const refusals = createRefusals({ audit: store.audit, clock, knownSecrets: deps.knownSecrets, report });
  const subscriptions = openSubscriptions(deps, pins);
  opened.defer(() => subscriptions.close());
  const gateway = createGateway(deps, refusals, subscriptions);
  const identity = await createIdentity(store, config);
  let isStopping = false;
  const people = { ...deps, ...identity, ...peopleIn(store, config) };
  const maxTtlMs = config.tokens.ttlMsMax;
  const verification = openLogVerification(config.store.path, { clock, report }, opened);
  const more = { pins, maxTtlMs, ruleChanges: createRuleChanges(config.policiesDir), edits: createEdits(people) };
  const administration = createAdministration({ ...people, ...more, verification, isStopping: () => isStopping });
  const admin = openAdminPlane({ config, version }, { ...people, administration }, opened);
  opened.defer(() => admin.close());
  opened.defer(() => refusals.close());
  opened.defer(() => closeUpstreams(upstreams, deps));
  const mcp = createMcpPlane(
    { gateway, authenticator: identity.authenticator, clock, ids, report },
    mcpPlaneOptions(config, version),
  );
  opened.defer(() => {
    isStopping = true;
    return drain(mcp, deps, gateway);
  });

  const { url: adminUrl } = await admin.listen();
  links.consoleUrl ||= adminUrl;
  await notices.resume();
  const { url } = await mcp.listen();
  const signInPath = demo === null ? '' : `/sign-in?link=${createDemoLink(identity, demo.operator.token)}`;
  const signInUrl = `${links.consoleUrl}${signInPath}`;
  return { mcpUrl: `${url}/mcp`, adminUrl, consoleUrl: signInUrl, operatorTokenFile, demo };
}

function issueTokens(
  { config, demo }: GatewayOptions,
  { tokens }: SqliteStore,
  operatorFile: string,
): ReturnType<typeof issueFirstTokens> {
  return issueFirstTokens(
    { tokens, clock, ids, readSecretFile, writeSecretFile },
    { demo, dir: dirname(operatorFile), operatorFile, ttlMsMax: config.tokens.ttlMsMax },
  );
}

function openSubscriptions(deps: CallDeps, pins: Pins): Subscriptions {
  const fingerprint: SubscriptionsDeps['fingerprint'] = (principal, upstream, list) =>
    fingerprintList(deps, principal, upstream, list);
  const subscriptions = createSubscriptions({
    ...deps,
    fingerprint,
    resources: createResourceRights(deps),
    pauses: LOOKS,
  });
  pins.onDecided((upstream) => {
    deps.catalogue.forget(upstream);
    subscriptions.lookAgain(upstream);
  });
  return subscriptions;
}

interface CallParts {
  readonly pins: Pins;
  readonly store: SqliteStore;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly report: CallDeps['report'];
  readonly policies: PolicyInForce;
  readonly shadow: Shadow;
  readonly knownSecrets: CallDeps['knownSecrets'];
  readonly consoleUrl: () => string;
}

async function createCallDeps({ config }: GatewayOptions, parts: CallParts): Promise<CallDeps> {
  const { store, policies, shadow, knownSecrets, upstreams, report, consoleUrl } = parts;
  const { audit, approvals } = store;
  const inFlight = createInFlight();
  const desk = createApprovalDesk(HELD_CALLS_MAX);
  const wakeApproval = ({ id }: Approval) => desk.wake(id);
  const switched = { store: store.killSwitches, approvals, inFlight, clock, ids, wakeApproval, report };
  const killSwitches = await createKillSwitches(switched);
  const taskSealer = createSealer(keyIn(config, 'tasks.key'), TASK_CHARS_MAX);
  const lateRecords = createLateRecords(report);
  const leaving = { openCalls: store.openCalls, approvals, audit, killSwitches, inFlight, lateRecords, clock, report };
  const leftCalls = await createLeftCalls({ ...leaving, sealer: taskSealer });
  return {
    clock,
    ids,
    audit,
    approvals,
    tasks: store.tasks,
    taskSealer,
    taskSettings: TASK_SETTINGS,
    upstreams: new Map([...upstreams, [OWN_UPSTREAM, createOwnTools({ approvals, desk, consoleUrl })]]),
    killSwitches,
    inFlight,
    desk,
    report,
    catalogue: createCatalogue(clock, CATALOGUE, screenOthers(parts.pins)),
    listViews: createListViews(),
    cursorSealer: createSealer(randomBytes(32)),
    deadlines: createDeadlines(clock),
    holdRecords: createHoldRecords(),
    previews: createPreviews(PREVIEWS_AT_ONCE_MAX),
    approvers: createApprovers({ ...store, clock, people: createKnownPeople(config.people) }),
    keptResults: createKeptResults(clock, KEPT_RESULTS),
    lateRecords,
    limits: await createLimits({ store: store.limits, clock }),
    watch: createWatch({ clock, killSwitches, report }),
    conversations: createConversations(CONVERSATION_LIMITS),
    pages: createOpenedPages(clock),
    openCalls: store.openCalls,
    leftCalls,
    processId: ids.next('process'),
    stateSealer: openRotatingSealer({ path: keyPath(config, 'states.key'), ...STATE_KEYS }, clock),
    ...upstreamRules(config.upstreams),
    pins: parts.pins,
    loadInstructions: createLoadInstructions({ clock, pins: parts.pins }),
    policy: createHintedPolicy(policies.current, parts.pins),
    shadow,
    principals: createPrincipalRecords({ audit, clock, report }),
    knownSecrets,
    resultDetectors: resultDetectors(config.results, knownSecrets),
    digestKey: keyIn(config, 'arguments-digest.key'),
    environment: config.environment,
    approvalSettings: approvalSettingsOf(config, consoleUrl),
  };
}

function approvalSettingsOf(config: Config, consoleUrl: () => string): CallDeps['approvalSettings'] {
  return {
    holdMs: config.approvals.holdMs,
    holds: config.approvals.holds,
    keepResultMs: KEPT_RESULTS.keepMs,
    pendingPerPrincipalMax: config.limits.pendingApprovalsPerPrincipalMax,
    pendingPerToolMax: config.limits.pendingApprovalsPerToolMax,
    pendingMax: config.limits.pendingApprovalsMax,
    consoleUrl,
  };
}

/** Our own definitions change with our own versions, and nobody else can change them. */
function screenOthers(pins: Pins): Pins['screen'] {
  return (list, upstream, definitions) =>
    upstream === OWN_UPSTREAM ? Promise.resolve(definitions) : pins.screen(list, upstream, definitions);
}

/** Beside the database and not in it, so that a copy of the one is of no use without the other. */
function keyIn(config: Config, name: string): Uint8Array {
  return loadOrCreateKey(keyPath(config, name));
}

function keyPath({ store }: Config, name: string): string {
  return join(dirname(store.path), 'keys', name);
}

type Identity = Awaited<ReturnType<typeof createIdentity>>;

function createDemoLink({ sessions }: Identity, token: string): string {
  return sessions.createLink(parseToken(token)?.id ?? '');
}

async function createIdentity({ tokens, accounts }: SqliteStore, config: Config) {
  const issuers = config.issuers.map((issuer) => trustedIssuer(issuer, config));
  const authenticator = createAuthenticator({ tokens, clock, documents: createDocumentFetcher() }, { issuers });
  const adminAuthenticator = createAdminAuthenticator({ tokens, accounts, clock });
  await adminAuthenticator.load();
  const sessions = createConsoleSessions({ authenticator: adminAuthenticator, clock, ids });
  function forgetCredential(id: string): void {
    authenticator.forget(id);
    adminAuthenticator.forget(id);
    sessions.closeFor(id);
  }
  return { authenticator, adminAuthenticator, sessions, passwords: createScryptPasswords(), forgetCredential };
}

/** Who there is, and which of their names are of one person. */
function peopleIn({ tokens, accounts }: SqliteStore, config: Config) {
  return { tokens, accounts, people: createKnownPeople(config.people) };
}

/** What a key sealed counts for ten minutes; what is a little more costs nothing. */
const STATE_KEYS = { rotateMs: 7 * 24 * 60 * 60_000, overlapMs: 15 * 60_000 };
const LOOKS = { lookGapMs: 1000, lookAgainMs: 30_000 };
const PREVIEWS_AT_ONCE_MAX = 32;
const HELD_CALLS_MAX = 5000;
const CATALOGUE = { freshMs: 60_000, staleMs: 600_000, listTimeoutMs: 15_000, waitAgainMs: 1000, listsMax: 10_000 };
const KEPT_RESULTS = { keepMs: 15 * 60_000, resultBytesMax: 1024 * 1024, totalBytesMax: 64 * 1024 * 1024 };
/** The arguments of a call or the result of one, sealed. */
const TASK_CHARS_MAX = 16 * 1024 * 1024;

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
