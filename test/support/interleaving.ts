import type { ApprovalId } from '../../src/core/approval/approval.ts';
import type { ApprovalEntry, AuditEntry, DispatchEntry } from '../../src/core/audit/entry.ts';
import type { TaskId } from '../../src/core/tasks/task.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { expireApprovals } from '../../src/gateway/expire-approvals.ts';
import type { HostCall } from '../../src/gateway/gateway.ts';
import { textResult } from './fake-upstream.ts';
import { createCountingIds, createFixedClock, type FixedClock } from './fixed-clock.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from './gateway-rig.ts';
import { contextFor, quietStream } from './host-context.ts';
import { createProcessStore, createScheduler, type ProcessStore, type Scheduler } from './interleaved-store.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';
import { createSeededRandom } from './seeded-random.ts';

/** Calls that an approver may agree to at once. */
const GRANTED = 3;
const POLICY = (expires: string): string => `
version: 1
upstream: notes
classes: { write: [update] }
rules:
  - { id: one, who: { groups: [staff] }, tools: [update], effect: approve, approval: { expires: ${expires}, grant: { count: ${GRANTED}, for: 1h } } }
  - { id: two, who: { groups: [pairs] }, tools: [update], effect: approve, approval: { count: 2, expires: ${expires} } }
`;
const DENYING = 'version: 1\nupstream: notes\nclasses: { never: [update] }\n';
const EXPIRES_MS = 600_000;
const POLICIES = [[POLICY('10m')], [POLICY('10m')], [POLICY('600s'), ''], [DENYING]];

/** What happened, in the order in which it did. */
interface Moment {
  readonly kind: 'entry' | 'starts' | 'violation';
  readonly entry?: AuditEntry;
  readonly callId?: string;
  readonly what?: string;
}

/** What one run came to, for whoever wants to know that the runs are worth something. */
export interface Ran {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly starts: number;
  readonly actions: readonly string[];
  readonly statuses: readonly string[];
}

interface Run {
  readonly random: () => number;
  readonly scheduler: Scheduler;
  readonly memory: MemoryStore;
  readonly clock: FixedClock;
  readonly moments: Moment[];
  readonly actions: string[];
  readonly hosts: AbortController[];
  readonly tasks: TaskId[];
  rig: GatewayRig;
  process: ProcessStore;
  policy: readonly string[];
}

const PEOPLE = [person('alice'), person('alice'), person('bob'), person('paul', { groups: ['pairs'] })];
const APPROVERS = [administrator('olivia'), administrator('otto'), administrator('alice'), administrator('oscar')];
const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** One run of a gateway whose people, hosts, operators and machine do things at the worst moments. The seed says all of it. */
export async function runInterleaving(seed: number): Promise<Ran> {
  const run = await startRun(seed);
  const { random, scheduler } = run;
  const actions = 8 + Math.floor(random() * 14);
  for (let done = 0; done < actions; done += 1) {
    act(run, pick(random, ACTIONS));
    const steps = Math.floor(random() * random() * 120);
    for (let step = 0; step < steps; step += 1) await scheduler.step();
  }
  for (const host of run.hosts) if (random() < 0.5) host.abort();
  await settle(run);
  const all = await run.memory.approvals.list({ status: null, limit: 1000 });
  run.rig.subscriptions.close();
  return {
    seed,
    violations: judge(run.moments),
    starts: run.moments.filter(({ kind }) => kind === 'starts').length,
    actions: run.actions,
    statuses: all.map(({ status, supersededBy }) => (supersededBy === null ? status : 'edited')),
  };
}

async function startRun(seed: number): Promise<Run> {
  const random = createSeededRandom(seed);
  const scheduler = createScheduler(random);
  const clock = createFixedClock();
  const memory = createMemoryStore();
  const moments: Moment[] = [];
  tapEntries(memory, moments);
  const run = {
    random,
    scheduler,
    memory,
    clock,
    moments,
    actions: [],
    hosts: [],
    tasks: [],
    policy: POLICIES[0] ?? [],
  } as unknown as Run;
  const ids = createCountingIds();
  for (const { user } of APPROVERS) {
    const request = { plane: 'admin', user, groups: ['leads'], scopes: [], roles: ['approver'], ttlMs: 1e10 } as const;
    await issueToken({ tokens: memory.tokens, clock, ids }, request, 'test');
  }
  run.rig = await settleWhile(run, boot(run, ids));
  return run;
}

/** Every entry, when it is stored. */
function tapEntries(memory: MemoryStore, moments: Moment[]): void {
  memory.onAppend((entries) => {
    for (const entry of entries) moments.push({ kind: 'entry', entry });
  });
}

async function boot(run: Run, ids: ReturnType<typeof createCountingIds>): Promise<GatewayRig> {
  run.process = createProcessStore(run.memory, run.scheduler, (approval) => {
    // In the very turn in which the approval is spent.
    const version = run.rig.deps.policy().version;
    if (approval.expiresMs <= run.clock.nowMs()) run.moments.push({ kind: 'violation', what: 'spent after its end' });
    if (approval.binding.policyVersion !== version)
      run.moments.push({ kind: 'violation', what: 'spent under another policy' });
  });
  const world = { store: run.process.store, clock: run.clock, ids };
  const rig = await createGatewayRig({
    policies: run.policy.filter((text) => text !== ''),
    upstreams: { notes: ['update'] },
    approvals: { holdMs: 1e9 },
    world,
  });
  const notes = rig.upstreams.get('notes');
  const { process: mine } = run;
  if (notes !== undefined)
    notes.answer = async ({ traceparent, signal }) => {
      const covered = rig.deps.killSwitches.find({ ...KILL_FACTS, principal: '' });
      if (covered !== null) run.moments.push({ kind: 'violation', what: 'an upstream call under a kill switch' });
      run.moments.push({ kind: 'starts', callId: traceparent?.split('-')[1] ?? '' });
      await run.scheduler.pause();
      if (run.process !== mine) return new Promise<never>(() => undefined);
      if (signal.aborted) return { ok: false, error: { kind: 'aborted', dispatched: true, detail: 'given up' } };
      return { ok: true, value: textResult('ran') };
    };
  return rig;
}

const KILL_FACTS = { client: 'host-1', upstream: 'notes', tool: 'update', class: 'write' } as const;

type Action = (run: Run) => unknown;

const ACTIONS: readonly (readonly [string, Action])[] = [
  ['call', (run) => call(run)],
  ['call', (run) => call(run)],
  ['retry', (run) => call(run)],
  ['retry', (run) => call(run)],
  ['retry', (run) => call(run)],
  ['task', (run) => call(run, 'task-if-needed')],
  ['approve', (run) => decide(run, 'approve')],
  ['approve', (run) => decide(run, 'approve')],
  ['approve', (run) => decide(run, 'approve')],
  ['reject', (run) => decide(run, 'reject')],
  ['edit', edit],
  ['cancel', cancel],
  ['kill', kill],
  ['release', release],
  ['expire', expire],
  ['expire', expire],
  ['expire', expire],
  ['change the policy', changePolicy],
  ['set the clock back', (run) => run.clock.setBy(-pick(run.random, [1000, EXPIRES_MS, EXPIRES_MS * 3]))],
  ['revoke', revoke],
  ['change the policy', changePolicy],
  ['disconnect', (run) => pick(run.random, run.hosts)?.abort()],
  ['crash', crash],
];

function act(run: Run, [name, action]: readonly [string, Action]): void {
  run.actions.push(name);
  void action(run);
}

async function call(run: Run, waiting?: string): Promise<void> {
  const host = new AbortController();
  run.hosts.push(host);
  const callId = run.rig.deps.ids.next('call');
  const principal = pick(run.random, PEOPLE);
  const context = contextFor({ callId, principal, revision: '2026-07-28', signal: host.signal });
  const request: HostCall = {
    context: { ...context, traceparent: `00-${callId}-0000000000000001-01` },
    kind: 'tool',
    exposedName: 'notes__update',
    args: { id: pick(run.random, [1, 1, 2]) },
    stream: quietStream(run.random() < 0.6),
    waiting: waiting === 'task-if-needed' ? 'task-if-needed' : 'hold',
    continuation: null,
  };
  const answer = await run.rig.gateway.call(request);
  if (answer.kind === 'task') run.tasks.push(answer.id);
}

async function decide(run: Run, how: 'approve' | 'reject'): Promise<void> {
  const open = await run.memory.approvals.list({ status: null, limit: 4 });
  if (open.length === 0) return;
  const { id } = pick(run.random, open);
  const by = pick(run.random, APPROVERS);
  await (how === 'approve'
    ? run.rig.administration.approve(by, id, null, null, { grant: run.random() < 0.4 })
    : run.rig.administration.reject(by, id, null));
}

async function edit(run: Run): Promise<void> {
  const open = await run.memory.approvals.list({ status: null, limit: 4 });
  if (open.length === 0) return;
  const args = { id: pick(run.random, [1, 2]) };
  await run.rig.administration.edit(pick(run.random, APPROVERS), pick(run.random, open).id, args, null);
}

async function cancel(run: Run): Promise<void> {
  const task = pick(run.random, run.tasks);
  if (task === undefined) return;
  for (const principal of new Set(PEOPLE)) {
    const callId = run.rig.deps.ids.next('call');
    await run.rig.gateway.tasks.cancel(contextFor({ callId, principal, revision: '2026-07-28' }), task);
  }
}

function kill({ rig, random }: Run): Promise<unknown> {
  const scope = pick(random, [
    { all: true },
    { writes: true },
    { upstream: 'notes' },
    { tool: 'notes/update' },
  ] as const);
  return rig.deps.killSwitches.pull({ scope, reason: 'x', expiresMs: null, by: 'victor' });
}

async function release({ rig }: Run): Promise<void> {
  for (const { id } of rig.deps.killSwitches.current()) await rig.deps.killSwitches.release(id, 'victor');
}

function expire({ rig, clock, random }: Run): Promise<unknown> {
  clock.advance(pick(random, [1000, EXPIRES_MS, EXPIRES_MS / 2, 16 * 60_000]));
  return expireApprovals(rig.deps);
}

async function revoke({ rig, random, memory }: Run): Promise<void> {
  if (random() < 0.5) {
    rig.deps.inFlight.stopCredential(pick(random, PEOPLE).credentialId);
    return;
  }
  const token = pick(random, await memory.tokens.list());
  if (token !== undefined)
    await rig.administration.revokeToken(administrator('victor', { roles: ['operator'] }), token.id);
}

function changePolicy(run: Run): void {
  run.policy = pick(run.random, POLICIES);
  run.rig.setPolicy(run.policy.filter((text) => text !== ''));
}

/** The process is gone between two operations of the store, and another one starts over what it left. */
async function crash(run: Run): Promise<void> {
  run.process.kill();
  for (const { id, status } of await run.memory.approvals.list({ status: 'executing', limit: 100 })) {
    const ended = { status: 'outcome-unknown', atMs: run.clock.nowMs(), finishedMs: run.clock.nowMs() } as const;
    await run.memory.approvals.transition(id, status, ended, []);
  }
  run.tasks.length = 0;
  const { ids } = run.rig.deps;
  run.rig = await boot(run, ids as ReturnType<typeof createCountingIds>);
}

async function settle(run: Run): Promise<void> {
  for (const host of run.hosts) host.abort();
  for (let idle = 0; idle < 3; ) idle = (await run.scheduler.step()) ? 0 : idle + 1;
}

async function settleWhile<T>(run: Run, work: Promise<T>): Promise<T> {
  let isDone = false;
  void work.finally(() => {
    isDone = true;
  });
  while (!isDone) await run.scheduler.step();
  return work;
}

/** Every promise, checked on nothing but the order in which things were stored and upstreams saw calls. */
function judge(moments: readonly Moment[]): readonly string[] {
  const violations = moments.flatMap(({ kind, what }) => (kind === 'violation' && what !== undefined ? [what] : []));
  const lives = new Map<ApprovalId, Life>();
  const dispatched = new Map<string, DispatchEntry>();
  const started = new Set<string>();
  const decided = new Set<string>();
  const proposers = new Map<ApprovalId, string>();
  /** Calls that were decided on before somebody lost their credential may have looked at it before, too. */
  const decidedBefore = new Map<string, ReadonlySet<string>>();
  for (const { kind, entry, callId } of moments) {
    if (kind === 'starts') {
      // A call behind a task carries no trace of ours: then it is the one that was dispatched last and has not started.
      const id = callId === '' ? [...dispatched.keys()].findLast((each) => !started.has(each)) : callId;
      const dispatch = id === undefined ? undefined : dispatched.get(id);
      if (id === undefined || dispatch === undefined) violations.push('an upstream call without a dispatch entry');
      else if (started.has(id)) violations.push(`call ${id} started twice`);
      else if (lives.get(dispatch.approvalId)?.underKill === true)
        violations.push('started with an approval from before a kill switch');
      if (id !== undefined) started.add(id);
    }
    if (entry?.kind === 'decision') decided.add(entry.callId);
    if (entry?.kind === 'token' && entry.change === 'revoked') decidedBefore.set(entry.user, new Set(decided));
    if (entry?.kind === 'kill-switch' && entry.change === 'on')
      for (const life of lives.values()) life.underKill = true;
    if (entry?.kind === 'approval') {
      const life = lives.get(entry.approvalId) ?? bornOf(lives, entry);
      lives.set(entry.approvalId, life);
      const last = life.changes.at(-1);
      if (last !== undefined && ENDS.has(last)) violations.push(`${entry.change} after ${last}`);
      life.changes.push(entry.change);
      if (entry.change === 'requested' && entry.by !== null) proposers.set(entry.approvalId, entry.by);
    }
    if (entry?.kind === 'dispatch') {
      dispatched.set(entry.callId, entry);
      const life = lives.get(entry.approvalId);
      const agreed = life?.changes.filter((change) => change === 'approved').length ?? 0;
      const needed = entry.principal === 'paul' ? 2 : 1;
      if (life === undefined || agreed < needed) violations.push(`dispatch with ${agreed} approvals of ${needed}`);
      const end = life?.changes.find((change) => ENDS.has(change));
      if (end !== undefined) violations.push(`dispatch after ${end}`);
      if (life !== undefined && (life.dispatches += 1) > 1) violations.push('a second dispatch of one approval');
      if (life !== undefined && (life.family.dispatches += 1) > GRANTED)
        violations.push('more calls than were granted');
      const people = entry.decidedBy.split(', ');
      if (people.includes(proposers.get(entry.approvalId) ?? '')) violations.push('approved by whoever proposed it');
      if (people.includes(entry.principal)) violations.push('approved by the requester');
      if (new Set(people).size < needed) violations.push(`approved by ${entry.decidedBy}, where it needs ${needed}`);
      const isLate = (user: string): boolean => decidedBefore.get(user)?.has(entry.callId) === false;
      if (people.some(isLate)) violations.push('approved by somebody whose credential was revoked');
    }
  }
  return violations;
}

/** What is known of one approval; its family are all that were agreed to at once. */
interface Life {
  readonly changes: ApprovalEntry['change'][];
  dispatches: number;
  underKill: boolean;
  readonly family: { dispatches: number };
}

/** A further call of a grant is of the family of the one before, and a switch that was pulled since that one began is against it as well. */
function bornOf(lives: ReadonlyMap<ApprovalId, Life>, { comment }: ApprovalEntry): Life {
  const before = lives.get((/^by the grant of (\S+)$/.exec(comment ?? '')?.[1] ?? '') as ApprovalId);
  const { underKill = false, family = { dispatches: 0 } } = before ?? {};
  return { changes: [], dispatches: 0, underKill, family };
}

const ENDS: ReadonlySet<string> = new Set(['rejected', 'expired', 'withdrawn', 'void']);
