import type { Approval, ApprovalId } from '../../src/core/approval/approval.ts';
import { createLogCheck } from '../../src/core/audit/verify/check-log.ts';
import type { Principal } from '../../src/core/identity/principal.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import type { AuditRecord } from '../../src/ports/audit-log.ts';
import type { TaskId } from '../../src/core/tasks/task.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { expireApprovals } from '../../src/gateway/expire-approvals.ts';
import { CANCELLED, type HostCall } from '../../src/gateway/gateway.ts';
import { textResult } from './fake-upstream.ts';
import { createCountingIds, createFixedClock, type FixedClock } from './fixed-clock.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from './gateway-rig.ts';
import { contextFor, quietStream } from './host-context.ts';
import { createProcessStore, createScheduler, type ProcessStore, type Scheduler } from './interleaved-store.ts';
import { judge, type Start } from './interleaving-judge.ts';
import { entriesIn, type LastingStore, readLog } from './interleaving-stores.ts';
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

/** What one run came to, for whoever wants to know that the runs are worth something. */
export interface Ran {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly starts: number;
  readonly actions: readonly string[];
  readonly statuses: readonly string[];
}

interface Asked {
  readonly principal: Principal;
  readonly args: JsonObject;
}

interface Run {
  readonly random: () => number;
  readonly scheduler: Scheduler;
  readonly lasting: LastingStore;
  readonly clock: FixedClock;
  readonly starts: Start[];
  /** Calls that were sent with a trace of their own. */
  readonly traced: Set<string>;
  readonly violations: string[];
  readonly actions: string[];
  readonly hosts: AbortController[];
  readonly tasks: TaskId[];
  /** What was asked for last. */
  newest: Asked | null;
  /** Whether the process dies as soon as an upstream works for it, or when it next changes an approval. */
  dies: 'in a call' | 'in a change' | null;
  /** Calls of this process that an upstream works on. */
  running: number;
  rig: GatewayRig;
  process: ProcessStore;
  policy: readonly string[];
}

const PEOPLE = [person('alice'), person('alice'), person('bob'), person('paul', { groups: ['pairs'] })];
const APPROVERS = [administrator('olivia'), administrator('otto'), administrator('alice'), administrator('oscar')];
const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** Of how many the store may see the work in one turn. */
const TOGETHER_MAX = 4;

/** One run of a gateway whose people, hosts, operators and machine do things at the worst moments. The seed says all of it. */
export async function runInterleaving(
  seed: number,
  openStore: (clock: FixedClock) => Promise<LastingStore> | LastingStore,
): Promise<Ran> {
  const clock = createFixedClock();
  const lasting = await openStore(clock);
  try {
    const run = await startRun(seed, clock, lasting);
    const { random, scheduler } = run;
    const actions = 8 + Math.floor(random() * 14);
    for (let done = 0; done < actions; done += 1) {
      act(run, pick(random, ACTIONS));
      await scheduler.settle();
      const steps = Math.floor(random() * random() * 120);
      for (let step = 0; step < steps; step += 1) {
        await scheduler.step();
        if (run.dies === 'in a call' && run.running > 0) act(run, ['crash in a call', crash]);
        if (run.dies === 'in a change' && scheduler.hasChange()) act(run, ['crash in a change', crashInChange]);
      }
    }
    for (const host of run.hosts) if (random() < 0.5) host.abort();
    await settle(run);
    run.rig.subscriptions.close();
    return await describe(run, seed);
  } finally {
    await lasting.close();
  }
}

async function describe({ lasting, starts, traced, violations, actions }: Run, seed: number): Promise<Ran> {
  const approvals = await lasting.ports.approvals.list({ status: null, limit: 1000 });
  const log = await readLog(lasting.ports.audit);
  const neededBy = (principal: string): number => (principal === 'paul' ? 2 : 1);
  return {
    seed,
    violations: [
      ...violations,
      ...judge({ log: entriesIn(log), starts, approvals, traced, granted: GRANTED, neededBy }),
      ...contradictionsIn(log),
    ],
    starts: starts.length,
    actions,
    statuses: approvals.map(({ status, supersededBy }) => (supersededBy === null ? status : 'edited')),
  };
}

/** What an auditor would find, offline. Clocks are set back on purpose. */
function contradictionsIn(log: readonly AuditRecord[]): readonly string[] {
  const check = createLogCheck({ isWhole: true, namedMax: 5 });
  for (const record of log) check.take(record);
  const faults = check.end(null).faults.filter((fault) => fault.check !== 'time');
  return faults.map((fault) => `entry ${fault.sequence}: expected ${fault.expected}, got ${fault.got}`);
}

async function startRun(seed: number, clock: FixedClock, lasting: LastingStore): Promise<Run> {
  const random = createSeededRandom(seed);
  const run = {
    random,
    scheduler: createScheduler(random, TOGETHER_MAX),
    lasting,
    clock,
    starts: [],
    traced: new Set(),
    violations: [],
    actions: [],
    hosts: [],
    tasks: [],
    newest: null,
    dies: null,
    running: 0,
    policy: POLICIES[0] ?? [],
  } as unknown as Run;
  const ids = createCountingIds();
  const { tokens } = lasting.ports;
  for (const { user } of APPROVERS) {
    const request = { plane: 'admin', user, groups: ['leads'], scopes: [], roles: ['approver'], ttlMs: 1e10 } as const;
    await issueToken({ tokens, clock, ids }, request, 'test');
  }
  run.rig = await settleWhile(run, boot(run, ids));
  return run;
}

async function boot(run: Run, ids: ReturnType<typeof createCountingIds>): Promise<GatewayRig> {
  run.process = createProcessStore(run.lasting.ports, run.scheduler, (id) => void checkSpending(run, id));
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
      if (covered !== null) run.violations.push('an upstream call under a kill switch');
      run.starts.push({ afterSequence: run.lasting.lastSequence(), callId: traceparent?.split('-')[1] ?? null });
      run.running += 1;
      await run.scheduler.pause();
      if (run.process === mine) run.running -= 1;
      else return new Promise<never>(() => undefined);
      if (signal.aborted) return { ok: false, error: { kind: 'aborted', dispatched: true, detail: 'given up' } };
      return { ok: true, value: textResult('ran') };
    };
  return rig;
}

/** In the very turn in which the approval is spent. */
async function checkSpending(run: Run, id: ApprovalId): Promise<void> {
  const nowMs = run.clock.nowMs();
  const { version } = run.rig.deps.policy();
  const approval = await run.lasting.peek(id);
  if (approval === null) return;
  if (approval.expiresMs <= nowMs) run.violations.push('spent after its end');
  if (approval.policyVersion !== version) run.violations.push('spent under another policy');
}

const KILL_FACTS = { client: 'host-1', upstream: 'notes', tool: 'update', class: 'write' } as const;

type Action = (run: Run) => unknown;

const ACTIONS: readonly (readonly [string, Action])[] = [
  ['call', (run) => call(run)],
  ['call', (run) => call(run)],
  ['retry', (run) => call(run, 'hold', run.newest)],
  ['retry', (run) => call(run, 'hold', run.newest)],
  ['retry', (run) => call(run, 'hold', run.newest)],
  ['task', (run) => call(run, 'task-if-needed', run.random() < 0.5 ? run.newest : null)],
  ['approve', (run) => decide(run, 'approve')],
  ['approve', (run) => decide(run, 'approve')],
  ['approve', (run) => decide(run, 'approve')],
  ['approve', (run) => decide(run, 'approve')],
  ['approve twice', (run) => decide(run, 'approve', 2)],
  ['reject', (run) => decide(run, 'reject')],
  ['edit', edit],
  ['cancel', cancel],
  ['kill', kill],
  ['release', release],
  ['release', release],
  ['expire', expire],
  ['expire', expire],
  ['expire', expire],
  ['set the clock back', (run) => run.clock.setBy(-pick(run.random, [1000, EXPIRES_MS, EXPIRES_MS * 3]))],
  ['revoke', revoke],
  ['change the policy', changePolicy],
  ['disconnect', (run) => pick(run.random, run.hosts)?.abort()],
  ['cancel the call', (run) => pick(run.random, run.hosts)?.abort(CANCELLED)],
  ['crash', crash],
  ['crash at the next call', (run) => dieSoon(run, 'in a call')],
  ['crash at the next change', (run) => dieSoon(run, 'in a change')],
];

function act(run: Run, [name, action]: readonly [string, Action]): void {
  run.actions.push(name);
  void Promise.resolve(action(run)).catch((error: unknown) => run.violations.push(`${name} failed: ${String(error)}`));
}

async function call(run: Run, waiting: 'hold' | 'task-if-needed' = 'hold', again: Asked | null = null): Promise<void> {
  const host = new AbortController();
  run.hosts.push(host);
  const callId = run.rig.deps.ids.next('call');
  run.traced.add(callId);
  const asked = again ?? { principal: pick(run.random, PEOPLE), args: { id: pick(run.random, [1, 1, 2]) } };
  run.newest = asked;
  const { principal, args } = asked;
  const context = contextFor({ callId, principal, revision: '2026-07-28', signal: host.signal });
  const request: HostCall = {
    context: { ...context, traceparent: `00-${callId}-0000000000000001-01` },
    kind: 'tool',
    exposedName: 'notes__update',
    args,
    stream: quietStream(run.random() < 0.6),
    waiting,
    continuation: null,
  };
  const answer = await run.rig.gateway.call(request);
  if (answer.kind === 'task') run.tasks.push(answer.id);
}

function listNewest({ scheduler, lasting }: Run): Promise<readonly Approval[]> {
  return scheduler.track(lasting.ports.approvals.list({ status: null, limit: 4 }));
}

async function decide(run: Run, how: 'approve' | 'reject', times = 1): Promise<void> {
  const open = await listNewest(run);
  if (open.length === 0) return;
  const undecided = open.filter(({ status }) => status === 'pending');
  const { id } = pick(run.random, undecided.length > 0 && run.random() < 0.8 ? undecided : open);
  const by = pick(run.random, APPROVERS);
  const once = (): Promise<unknown> =>
    how === 'approve'
      ? run.rig.administration.approve(by, id, null, null, { grant: run.random() < 0.4 })
      : run.rig.administration.reject(by, id, null);
  await Promise.all(Array.from({ length: times }, once));
}

async function edit(run: Run): Promise<void> {
  const open = await listNewest(run);
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

async function revoke({ rig, random, scheduler, lasting }: Run): Promise<void> {
  if (random() < 0.5) {
    rig.deps.inFlight.stopCredential(pick(random, PEOPLE).credentialId);
    return;
  }
  const token = pick(random, await scheduler.track(lasting.ports.tokens.list()));
  if (token !== undefined)
    await rig.administration.revokeToken(administrator('victor', { roles: ['operator'] }), token.id);
}

function changePolicy(run: Run): void {
  run.policy = pick(run.random, POLICIES);
  run.rig.setPolicy(run.policy.filter((text) => text !== ''));
}

/**
 * The process is gone between two operations of the store, or with some of them on their way to it, and another one starts over what it
 * left.
 */
async function crash(run: Run): Promise<void> {
  if (run.random() < 0.5) run.scheduler.release();
  await passMicrotasks();
  await restart(run);
}

/** One commit is handed over. It comes to the disk, and nobody hears of it: whatever was to follow does not. */
async function crashInChange(run: Run): Promise<void> {
  run.scheduler.releaseChange();
  await passMicrotasks();
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  run.lasting.blockUntilStored();
  await restart(run);
}

async function passMicrotasks(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

async function restart(run: Run): Promise<void> {
  const { scheduler, lasting } = run;
  run.process.kill();
  run.dies = null;
  run.running = 0;
  await scheduler.track(lasting.crash());
  run.tasks.length = 0;
  const { ids } = run.rig.deps;
  run.rig = await boot(run, ids as ReturnType<typeof createCountingIds>);
}

function dieSoon(run: Run, when: Run['dies']): void {
  run.dies = when;
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
