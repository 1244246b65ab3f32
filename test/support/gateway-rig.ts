import { createScryptPasswords } from '../../src/adapters/identity/scrypt-passwords.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { openSqliteStore, type SqliteStore } from '../../src/adapters/sqlite/open-store.ts';
import { createSealer } from '../../src/adapters/system/sealer.ts';
import { PASS_NOTHING, type PassRules } from '../../src/core/content/pass-rules.ts';
import { ASK_NOTHING, type AskRules } from '../../src/core/conversation/ask-rules.ts';
import { NO_CAPABILITIES } from '../../src/core/conversation/capabilities.ts';
import { resultDetectors } from '../../src/core/content/detectors/credential.ts';
import { createKnownSecrets } from '../../src/core/content/redact-arguments.ts';
import { createKnownPeople } from '../../src/core/identity/known-people.ts';
import type { Administrator, Principal, PrincipalId } from '../../src/core/identity/principal.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { type CompiledPolicy, compilePolicy, type PolicyOptions } from '../../src/core/policy/compile-policy.ts';
import { policyFileSchema } from '../../src/core/policy/policy-schema.ts';
import type { Administration } from '../../src/gateway/administration.ts';
import { createApprovalDesk } from '../../src/gateway/approval-desk.ts';
import { createApprovers } from '../../src/gateway/approvers.ts';
import { createEdits } from '../../src/gateway/edits.ts';
import { createCatalogue } from '../../src/gateway/catalogue.ts';
import { createAdministration } from '../../src/gateway/create-administration.ts';
import { createGateway } from '../../src/gateway/create-gateway.ts';
import type { ApprovalSettings, CallDeps, OperatorReport } from '../../src/gateway/deps.ts';
import type { Ids } from '../../src/ports/clock.ts';
import type { Endpoint, Gateway, HostError } from '../../src/gateway/gateway.ts';
import { CONVERSATION_LIMITS, createConversations } from '../../src/gateway/conversations.ts';
import { createOpenedPages } from '../../src/gateway/opened-pages.ts';
import { createInFlight } from '../../src/gateway/in-flight.ts';
import { createKeptResults } from '../../src/gateway/kept-results.ts';
import { createKillSwitches } from '../../src/gateway/kill-switches.ts';
import { createPins } from '../../src/gateway/pins.ts';
import { createHoldRecords } from '../../src/gateway/hold-records.ts';
import { createDeadlines } from '../../src/gateway/deadlines.ts';
import { createOwnTools } from '../../src/gateway/own-tools.ts';
import { createPreviews } from '../../src/gateway/previews.ts';
import { createListViews } from '../../src/gateway/list-view.ts';
import { createLeftCalls } from '../../src/gateway/left-calls.ts';
import { createLimits } from '../../src/gateway/limits.ts';
import { createWatch } from '../../src/gateway/watch.ts';
import { createLateRecords } from '../../src/gateway/late-records.ts';
import { createPrincipalRecords } from '../../src/gateway/principal-records.ts';
import { NO_SHADOW, type Shadow } from '../../src/gateway/shadow.ts';
import { createRefusals, type Refusals } from '../../src/gateway/refusals.ts';
import { TASK_SETTINGS, type TaskSettings } from '../../src/gateway/tasks/task-settings.ts';
import { createSubscriptions, type Subscriptions } from '../../src/gateway/subscriptions/create-subscriptions.ts';
import { fingerprintList } from '../../src/gateway/subscriptions/fingerprint-list.ts';
import { createResourceRights } from '../../src/gateway/resource-rights.ts';
import { createFakeUpstream, type FakeUpstream } from './fake-upstream.ts';
import { createCountingIds, createFixedClock, type FixedClock } from './fixed-clock.ts';
import { quietStream } from './host-context.ts';

export interface GatewayRig {
  readonly gateway: Gateway;
  readonly administration: Administration;
  readonly store: SqliteStore;
  readonly clock: FixedClock;
  readonly upstreams: ReadonlyMap<string, FakeUpstream>;
  readonly deps: CallDeps;
  /** With `deps`, what a second gateway over the same store is built of: another process, after a restart. */
  readonly refusals: Refusals;
  readonly subscriptions: Subscriptions;
  readonly reports: readonly OperatorReport[];
  /** Changes the policy in force, as a reload will. */
  setPolicy(texts: readonly string[]): void;
  call(principal: Principal, tool: string, args?: JsonObject, options?: CallOptions): Promise<HostAnswer>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly endpoint?: Endpoint;
  /** Whether the host takes an event stream, and so can be made to wait. */
  readonly canWait?: boolean;
}

/** An answer as a test wants to look at it. */
export interface HostAnswer {
  readonly error: HostError | null;
  readonly text: string;
  readonly isError: boolean;
  readonly structured: JsonObject | null;
  /** All of it; `null` for an error. */
  readonly result: JsonObject | null;
}

export interface RigOptions {
  readonly policies: readonly string[];
  readonly policyOptions?: Partial<PolicyOptions>;
  readonly upstreams: Readonly<Record<string, readonly string[]>>;
  readonly approvals?: Partial<ApprovalSettings>;
  /** What every upstream may ask. */
  readonly shadow?: Shadow;
  readonly asks?: AskRules;
  /** What of every upstream's own words reaches hosts. */
  readonly passes?: PassRules;
  readonly tasks?: Partial<TaskSettings>;
  /** Lists of names, each with all that one person goes by. */
  readonly people?: readonly (readonly string[])[];
  /** Credentials that the gateway holds. */
  readonly secrets?: readonly string[];
  /** What outlives the process: a second gateway over it is the first one after a restart. Whoever gives it closes what is opened. */
  readonly world?: { readonly store: SqliteStore; readonly clock: FixedClock; readonly ids: Ids };
}

const APPROVAL_SETTINGS: ApprovalSettings = {
  holdMs: 0,
  holds: new Map(),
  keepResultMs: 15 * 60_000,
  pendingPerPrincipalMax: 20,
  pendingPerToolMax: 20,
  pendingMax: 100,
  consoleUrl: () => 'http://127.0.0.1:8421',
};

/** The whole gateway over a real store and upstreams in memory: everything between the two planes and the adapters. */
export async function createGatewayRig(options: RigOptions): Promise<GatewayRig> {
  const { clock, ids } = options.world ?? { clock: createFixedClock(), ids: createCountingIds() };
  const store = options.world?.store ?? (await openTestStore(clock));
  const upstreams = new Map(
    Object.entries(options.upstreams).map(([name, tools]) => [name, createFakeUpstream(name, tools)]),
  );
  const desk = createApprovalDesk(100);
  const consoleUrl = APPROVAL_SETTINGS.consoleUrl;
  const own = createOwnTools({ approvals: store.approvals, desk, consoleUrl });
  const reports: OperatorReport[] = [];
  const report = (problem: OperatorReport) => void reports.push(problem);
  const inFlight = createInFlight();
  const approvalSettings = { ...APPROVAL_SETTINGS, ...options.approvals };
  let policy = compiled(options.policies, options.policyOptions);

  const knownSecrets = createKnownSecrets(options.secrets ?? []);
  const killSwitches = await createKillSwitches({
    store: store.killSwitches,
    approvals: store.approvals,
    inFlight,
    clock,
    ids,
    report,
    wakeApproval: ({ id }) => desk.wake(id),
  });
  const taskSealer = createSealer(Buffer.alloc(32, 9), 16 * 1024 * 1024);
  const lateRecords = createLateRecords(report);
  const { openCalls, approvals, audit } = store;
  const leaving = { openCalls, approvals, audit, killSwitches, inFlight, lateRecords, clock, report };
  const leftCalls = await createLeftCalls({ ...leaving, sealer: taskSealer });
  const deps: CallDeps = {
    clock,
    ids,
    upstreams: new Map([...upstreams, [own.name, own]]),
    killSwitches,
    inFlight,
    desk,
    report,
    approvalSettings,
    audit: store.audit,
    approvals: store.approvals,
    tasks: store.tasks,
    taskSealer,
    taskSettings: { ...TASK_SETTINGS, ...options.tasks },
    listViews: createListViews(),
    cursorSealer: createSealer(Buffer.alloc(32, 8)),
    catalogue: createCatalogue(clock, {
      freshMs: 60_000,
      staleMs: 600_000,
      listTimeoutMs: 5000,
      waitAgainMs: 1000,
      listsMax: 100,
    }),
    deadlines: createDeadlines(clock),
    holdRecords: createHoldRecords(),
    previews: createPreviews(32),
    approvers: createApprovers({ ...store, clock, people: createKnownPeople(options.people ?? []) }),
    keptResults: createKeptResults(clock, { keepMs: 15 * 60_000, resultBytesMax: 1 << 20, totalBytesMax: 1 << 24 }),
    lateRecords,
    limits: await createLimits({ store: store.limits, clock }),
    watch: createWatch({ clock, killSwitches, report }),
    conversations: createConversations(CONVERSATION_LIMITS),
    openCalls: store.openCalls,
    leftCalls,
    processId: ids.next('process'),
    pages: createOpenedPages(clock),
    stateSealer: createSealer(Buffer.alloc(32, 9)),
    askRules: () => options.asks ?? ASK_NOTHING,
    pins: { screenOther: () => Promise.resolve(true) },
    loadInstructions: (upstream, principal) =>
      upstream.loadInstructions({ principal }, AbortSignal.timeout(1000)).then((said) => (said.ok ? said.value : null)),
    passRules: () => options.passes ?? PASS_NOTHING,
    policy: () => policy,
    shadow: options.shadow ?? NO_SHADOW,
    principals: createPrincipalRecords({ audit: store.audit, clock, report }),
    knownSecrets,
    resultDetectors: resultDetectors({ redactSecrets: true }, knownSecrets),
    digestKey: Buffer.alloc(32, 7),
    environment: 'test',
  };
  const subscriptions = createSubscriptions({
    ...deps,
    fingerprint: (principal, upstream, list) => fingerprintList(deps, principal, upstream, list),
    resources: createResourceRights(deps),
    pauses: { lookGapMs: 20, lookAgainMs: 50 },
  });
  if (options.world === undefined) onTestFinished(() => subscriptions.close());
  const refusals = createRefusals({ audit: store.audit, clock, knownSecrets, report });
  const gateway = createGateway(deps, refusals, subscriptions);
  const administration = createAdministration({
    edits: createEdits({ ...deps, tokens: store.tokens }),
    verification: { look: () => ({ verdict: null, checkedMs: null, checkingAt: 0, problem: null }) },
    ruleChanges: { suggestUnattended: async () => null },
    pins: await createPins({ store: store.pins, clock, report }),
    isStopping: () => false,
    policy: deps.policy,
    principals: deps.principals,
    shadow: deps.shadow,
    catalogue: deps.catalogue,
    people: createKnownPeople(options.people ?? []),
    approvers: deps.approvers,
    accounts: store.accounts,
    passwords: createScryptPasswords({ N: 2, r: 1, p: 1 }),
    clock,
    ids,
    upstreams,
    killSwitches,
    inFlight,
    desk,
    deadlines: deps.deadlines,
    holdRecords: deps.holdRecords,
    audit: store.audit,
    approvals: store.approvals,
    tokens: store.tokens,
    forgetCredential: () => undefined,
    maxTtlMs: 90 * 86_400_000,
  });

  return {
    gateway,
    administration,
    store,
    clock,
    upstreams,
    deps,
    refusals,
    subscriptions,
    reports,
    setPolicy: (texts) => {
      policy = compiled(texts, options.policyOptions);
    },
    call: async (principal, tool, args = {}, { signal, endpoint, canWait = true } = {}) => {
      const context = {
        callId: ids.next('call'),
        principal,
        endpoint: endpoint ?? { kind: 'all' as const },
        revision: '2026-07-28',
        traceparent: null,
        capabilities: NO_CAPABILITIES,
        logLevel: null,
        signal: signal ?? new AbortController().signal,
      };
      return answerOf(
        await gateway.call({
          context,
          kind: 'tool',
          exposedName: tool,
          args,
          stream: quietStream(canWait),
          continuation: null,
        }),
      );
    },
  };
}

export function person(name: string, more: Partial<Principal> = {}): Principal {
  const credentialId = `tok_${name}`;
  return {
    id: name as PrincipalId,
    name,
    groups: ['staff'],
    scopes: [],
    tenant: null,
    client: 'host-1',
    credentialId,
    issuer: 'countersign',
    resources: null,
    ...more,
  };
}

export function administrator(user: string, more: Partial<Administrator> = {}): Administrator {
  return { user, roles: ['approver', 'operator', 'auditor'], groups: ['leads'], credentialId: `tok_${user}`, ...more };
}

function compiled(texts: readonly string[], options: Partial<PolicyOptions> = {}): CompiledPolicy {
  const sources = texts.map((text, index) => ({
    name: `policy-${index}.yaml`,
    file: policyFileSchema.parse(parse(text)),
    placeOf: (path: readonly (string | number)[]) => `policy-${index}.yaml ${path.join('.')}`,
  }));
  const policy = compilePolicy(sources, {
    environment: 'prod',
    unclassified: 'deny',
    approvalExpiresMs: 30 * 60_000,
    approversMin: 1,
    appUpstreams: [],
    ...options,
  });
  if (!policy.ok) throw new Error(JSON.stringify(policy.error));
  return policy.value;
}

async function openTestStore(clock: FixedClock): Promise<SqliteStore> {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-'));
  const store = await openSqliteStore({ path: join(dir, 'test.db'), clock });
  onTestFinished(async () => {
    await store.close();
    rmSync(dir, { recursive: true });
  });
  return store;
}

function answerOf(answer: Awaited<ReturnType<Gateway['call']>>): HostAnswer {
  if (answer.kind === 'input-required' || answer.kind === 'task')
    throw new Error(`the call is answered with ${answer.kind}`);
  if (answer.kind === 'error')
    return { error: answer, text: answer.message, isError: true, structured: null, result: null };
  const result = JSON.parse(Buffer.concat(answer.json).toString()) as {
    content: { text: string }[];
    isError: boolean;
    structuredContent?: JsonObject;
  };
  const [first] = result.content;
  return {
    error: null,
    text: first?.text ?? '',
    isError: result.isError,
    structured: result.structuredContent ?? null,
    result: result as unknown as JsonObject,
  };
}
