import { describe, expect, it } from 'vitest';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import type { Principal } from '../../src/core/identity/principal.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { ok } from '../../src/core/result.ts';
import type { TaskId } from '../../src/core/tasks/task.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import type { Endpoint, HostError, HostResult, RequestContext } from '../../src/gateway/gateway.ts';
import { createGateway } from '../../src/gateway/create-gateway.ts';
import type { HostTask, HostTaskList, Waiting } from '../../src/gateway/tasks/host-task.ts';
import { textResult } from '../support/fake-upstream.ts';
import { administrator, createGatewayRig, type GatewayRig, person, type RigOptions } from '../support/gateway-rig.ts';
import { contextFor, quietStream } from '../support/host-context.ts';

const POLICY = `
version: 1
upstream: notes
classes: { read: [get], write: [update] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: staff-write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;
const alice = person('alice');
const olivia = administrator('olivia');
const MODERN = '2026-07-28';
const LEGACY = '2025-11-25';

async function createRig(tasks: RigOptions['tasks'] = {}): Promise<GatewayRig> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get', 'update'] }, tasks });
  const request = { plane: 'admin', user: 'olivia', groups: [], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;
  await issueToken({ tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids }, request, 'test');
  return rig;
}

interface From {
  readonly revision?: string;
  readonly endpoint?: Endpoint;
  readonly signal?: AbortSignal;
}

function from(rig: GatewayRig, principal: Principal, { revision = MODERN, ...rest }: From = {}): RequestContext {
  return contextFor({ callId: rig.deps.ids.next('call'), principal, revision, ...rest });
}

function send(
  rig: GatewayRig,
  tool: string,
  args: JsonObject,
  options: From & { readonly as?: Principal; readonly waiting?: Waiting } = {},
) {
  const { as = alice, waiting = 'task-if-needed', ...rest } = options;
  const context = from(rig, as, rest);
  return rig.gateway.call({
    context,
    kind: 'tool',
    exposedName: tool,
    args,
    stream: quietStream(false),
    waiting,
    continuation: null,
  });
}

async function createTask(rig: GatewayRig, args: JsonObject = { id: 'n1' }): Promise<HostTask> {
  const answer = await send(rig, 'notes__update', args);
  if (answer.kind !== 'task') throw new Error(`no task: ${JSON.stringify(answer)}`);
  return answer;
}

const get = (rig: GatewayRig, id: TaskId, as: Principal = alice, options: From = {}) =>
  rig.gateway.tasks.get(from(rig, as, options), id);

async function getUntilOver(rig: GatewayRig, id: TaskId): Promise<HostTask> {
  for (;;) {
    const task = await get(rig, id);
    if (task.kind === 'error') throw new Error(task.message);
    if (task.status !== 'working') return task;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function textOf(outcome: HostResult | HostError | null): string {
  if (outcome === null) return 'nothing';
  return outcome.kind === 'error' ? outcome.message : Buffer.concat(outcome.json).toString();
}

async function onlyApproval(rig: GatewayRig): Promise<ApprovalId> {
  const all = await rig.store.approvals.list({ status: null, limit: 10 });
  expect(all).toHaveLength(1);
  return all[0]?.id as ApprovalId;
}

async function approve(rig: GatewayRig): Promise<void> {
  const decided = await rig.administration.approve(olivia, await onlyApproval(rig), null, null);
  expect(decided.ok).toBe(true);
}

function seen(rig: GatewayRig): number {
  return rig.upstreams.get('notes')?.seen.length ?? -1;
}

const isUnknown = (answer: HostTask | HostTaskList | HostError): boolean =>
  answer.kind === 'error' && answer.code === -32602 && answer.message === 'Unknown task';

/** Lets everything that was started and waits for nobody come to its end. */
const settle = (rig: GatewayRig): Promise<void> => rig.gateway.tasks.finish();

describe('a call whose host waits by a task', () => {
  it('is answered with a task at once, and runs when it is approved, without its host on the line', async () => {
    const rig = await createRig();
    const task = await createTask(rig);
    expect(task).toMatchObject({ status: 'working', outcome: null, pollIntervalMs: 5000 });
    expect(task.statusMessage).toContain(await onlyApproval(rig));
    expect(await get(rig, task.id)).toMatchObject({ status: 'working' });
    expect(seen(rig)).toBe(0);

    await approve(rig);
    await expect.poll(() => seen(rig)).toBe(1);
    const done = await getUntilOver(rig, task.id);
    expect(done.status).toBe('completed');
    expect(textOf(done.outcome)).toContain('ran update');
    expect(await getUntilOver(rig, task.id)).toEqual(done);
    expect(seen(rig)).toBe(1);
  });

  it.each([
    ['is allowed', 'notes__get', 'ran get'],
    ['is denied', 'notes__drop', 'Unknown tool'],
  ] as const)('gets no task where it %s: there is nothing to wait for', async (_what, tool, expected) => {
    const rig = await createRig();
    const answer = await send(rig, tool, {});
    expect(answer.kind === 'task' ? 'task' : textOf(answer as HostResult)).toContain(expected);
  });

  it('gets the same task when it is sent again, by whatever number of hosts at once', async () => {
    const rig = await createRig();
    const tasks = await Promise.all(Array.from({ length: 10 }, () => createTask(rig)));
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(1);
    await onlyApproval(rig);
  });

  it.each([
    [
      'rejected',
      async (rig: GatewayRig) => rig.administration.reject(olivia, await onlyApproval(rig), 'no'),
      'rejected',
    ],
    ['not decided in time', async (rig: GatewayRig) => rig.clock.advance(31 * 60_000), 'expired'],
    [
      'stopped by a kill switch that is released again',
      async (rig: GatewayRig) => {
        const killSwitches = rig.deps.killSwitches;
        const pulled = await killSwitches.pull({ scope: { all: true }, reason: 'x', expiresMs: null, by: 'olivia' });
        await killSwitches.release(pulled.killSwitch.id, 'olivia');
      },
      'void',
    ],
  ])('is over, with an error as its result, when it is %s', async (_how, end, word) => {
    const rig = await createRig();
    const task = await createTask(rig);
    await end(rig);
    const done = await getUntilOver(rig, task.id);
    expect(done.status).toBe('completed');
    expect(textOf(done.outcome)).toContain('"isError":true');
    expect(textOf(done.outcome)).toContain(word);
    expect(seen(rig)).toBe(0);
  });

  it('is withdrawn when its host cancels it, and can then be approved no more', async () => {
    const rig = await createRig();
    const task = await createTask(rig);
    expect(await rig.gateway.tasks.cancel(from(rig, alice), task.id)).toMatchObject({ status: 'cancelled' });
    expect((await rig.administration.approve(olivia, await onlyApproval(rig), null, null)).ok).toBe(false);
    expect(await get(rig, task.id)).toMatchObject({ status: 'cancelled' });
    expect(await rig.gateway.tasks.cancel(from(rig, alice), task.id)).toMatchObject({ status: 'cancelled' });
    await settle(rig);
    expect(seen(rig)).toBe(0);
  });

  it('goes on when it is cancelled while it runs, and says so', async () => {
    const rig = await createRig();
    const gate = Promise.withResolvers<void>();
    const notes = rig.upstreams.get('notes');
    if (notes !== undefined) notes.answer = () => gate.promise.then(() => ok(textResult('done')));
    const task = await createTask(rig);
    await approve(rig);
    await expect.poll(() => seen(rig)).toBe(1);
    expect(await rig.gateway.tasks.cancel(from(rig, alice), task.id)).toMatchObject({ status: 'working' });
    gate.resolve();
    expect(textOf((await getUntilOver(rig, task.id)).outcome)).toContain('done');
  });

  it('runs once, however often its host asks and sends it again meanwhile', async () => {
    const rig = await createRig();
    const task = await createTask(rig);
    await approve(rig);
    await Promise.all([
      ...Array.from({ length: 20 }, () => get(rig, task.id)),
      ...Array.from({ length: 5 }, () => send(rig, 'notes__update', { id: 'n1' })),
      ...Array.from({ length: 5 }, () => send(rig, 'notes__update', { id: 'n1' }, { waiting: 'hold' })),
    ]);
    await getUntilOver(rig, task.id);
    expect(seen(rig)).toBe(1);
  });

  it('tells of a result that is an error of the tool, and of a call whose outcome is unknown', async () => {
    const rig = await createRig();
    const notes = rig.upstreams.get('notes');
    if (notes !== undefined) notes.answer = async () => ok(textResult('the disk is full', true));
    const task = await createTask(rig);
    await approve(rig);
    const done = await getUntilOver(rig, task.id);
    expect(done.status).toBe('completed');
    expect(textOf(done.outcome)).toContain('the disk is full');
  });

  it('joins its decision, its dispatch and its outcome in the log', async () => {
    const rig = await createRig();
    const task = await createTask(rig);
    await approve(rig);
    await getUntilOver(rig, task.id);
    const records = await rig.store.audit.read({ limit: 1000, afterSequence: 0 });
    const entries = records.map(({ leaf }) => (JSON.parse(leaf) as { entry: JsonObject }).entry);
    const dispatched = entries.find(({ kind }) => kind === 'dispatch');
    const joined = entries.filter(({ callId }) => callId === dispatched?.['callId']).map(({ kind }) => kind);
    expect(joined).toEqual(['decision', 'approval', 'dispatch', 'outcome']);
    const polls = entries.filter(({ method }) => method === 'tasks/get');
    expect(polls.length).toBeGreaterThan(0);
    expect(polls.every(({ decision, approvalId }) => decision === 'allow' && approvalId !== null)).toBe(true);
  });
});

describe('what runs, and as whom', () => {
  it('waits for its host where nobody has seen it for a while, and runs when it comes', async () => {
    const rig = await createRig({ presenceMs: 1000 });
    const task = await createTask(rig);
    rig.clock.advance(1001);
    rig.deps.desk.wake(await onlyApproval(rig));
    await expect.poll(() => rig.deps.desk.waiting).toBe(0);
    await approve(rig);
    expect(seen(rig)).toBe(0);
    expect((await getUntilOver(rig, task.id)).status).toBe('completed');
    expect(seen(rig)).toBe(1);
  });

  it('is asked of the policy for the person as they are now', async () => {
    const rig = await createRig({ presenceMs: 0 });
    const task = await createTask(rig);
    await approve(rig);
    const outsider = person('alice', { groups: [] });
    expect(isUnknown(await get(rig, task.id, outsider))).toBe(true);
    // Its host was told that it is gone, so it stays gone when the group is back.
    expect(textOf((await getUntilOver(rig, task.id)).outcome)).toContain('void');
    expect(seen(rig)).toBe(0);
  });

  it('does not run for a credential that was revoked after it was last seen', async () => {
    const rig = await createRig();
    await createTask(rig);
    rig.deps.inFlight.stopCredential(alice.credentialId);
    await approve(rig);
    await settle(rig);
    expect(seen(rig)).toBe(0);
  });

  it('does not run when a switch covers it, nor when the policy now wants other approvers', async () => {
    const rig = await createRig();
    const task = await createTask(rig);
    rig.setPolicy([POLICY.replace('effect: approve', 'effect: approve, approval: { by: { groups: [leads] } }')]);
    await approve(rig);
    const done = await getUntilOver(rig, task.id);
    expect(textOf(done.outcome)).toContain('void');
    expect(seen(rig)).toBe(0);
  });

  it('is not sent where the policy has become to allow it without a person: it was asked for under another one', async () => {
    const rig = await createRig();
    const task = await createTask(rig);
    rig.setPolicy([POLICY.replace('effect: approve', 'effect: allow')]);
    await approve(rig);
    const done = await getUntilOver(rig, task.id);
    expect(textOf(done.outcome)).toContain('void');
    expect(seen(rig)).toBe(0);
  });

  it('is tried again when its upstream was away', async () => {
    const rig = await createRig();
    const task = await createTask(rig);
    const notes = rig.upstreams.get('notes');
    if (notes === undefined) return;
    notes.listFault = { kind: 'unreachable', dispatched: false, detail: 'away' };
    await approve(rig);
    await get(rig, task.id);
    expect(seen(rig)).toBe(0);
    notes.listFault = null;
    expect(textOf((await getUntilOver(rig, task.id)).outcome)).toContain('ran update');
    expect(seen(rig)).toBe(1);
  });
});

describe('somebody else', () => {
  const others: readonly (readonly [string, Principal, From])[] = [
    ['another person', person('bob'), {}],
    ['the same person through another client', person('alice', { client: 'host-2' }), {}],
    ['the same person at another endpoint', alice, { endpoint: { kind: 'one', upstream: 'notes' } }],
  ];
  it.each(others)('%s is told the same of a task as of none, and changes nothing', async (_who, principal, options) => {
    const rig = await createRig();
    const task = await createTask(rig);
    const none = 'task_0000000000000000000000' as TaskId;
    for (const ask of ['get', 'update', 'cancel'] as const) {
      const ofTask = await rig.gateway.tasks[ask](from(rig, principal, options), task.id);
      const ofNone = await rig.gateway.tasks[ask](from(rig, principal, options), none);
      expect(ofTask).toEqual(ofNone);
      expect(isUnknown(ofTask)).toBe(true);
    }
    const stream = quietStream(true);
    const context = from(rig, principal, { ...options, revision: LEGACY });
    expect(isUnknown(await rig.gateway.tasks.awaitOutcome(context, task.id, stream))).toBe(true);
    expect(await rig.gateway.tasks.list(context, null)).toEqual({ kind: 'tasks', tasks: [] });
    expect(await get(rig, task.id)).toMatchObject({ status: 'working' });
  });

  it('is recorded, with the reason', async () => {
    const rig = await createRig();
    const task = await createTask(rig);
    await get(rig, task.id, person('bob'));
    const [last] = (await rig.store.audit.read({ limit: 1, afterSequence: null })) ?? [];
    const { entry } = JSON.parse(last?.leaf ?? '') as { entry: JsonObject };
    expect(entry).toMatchObject({ decision: 'deny', reasons: ['task_unknown'], method: 'tasks/get', principal: 'bob' });
  });
});

describe('a task', () => {
  it('is unknown when its time is over', async () => {
    const rig = await createRig();
    const task = await createTask(rig);
    rig.clock.advance(task.ttlMs);
    expect(isUnknown(await get(rig, task.id))).toBe(true);
  });

  it('keeps its result over a restart, and its arguments in no readable place', async () => {
    const rig = await createRig();
    const task = await createTask(rig, { id: 'canary-argument' });
    const other = await createTask(rig, { id: 'n2' });
    const approvals = await rig.store.approvals.list({ status: 'pending', limit: 10 });
    const mine = approvals.find(({ argumentsShown }) => argumentsShown.includes('canary'));
    await rig.administration.approve(olivia, mine?.id as ApprovalId, null, null);
    const done = await getUntilOver(rig, task.id);
    await settle(rig);
    // A new process knows what the store knows.
    const again = createGateway(rig.deps, rig.refusals, rig.subscriptions);
    expect(await again.tasks.get(from(rig, alice), task.id)).toEqual(done);
    expect(await again.tasks.get(from(rig, alice), other.id)).toMatchObject({ status: 'working' });

    const stored = await rig.store.tasks.find(task.id, rig.clock.nowMs());
    expect(JSON.stringify(stored)).not.toContain('canary');
    expect(seen(rig)).toBe(1);
  });

  it('runs after a restart as soon as its host comes back', async () => {
    const rig = await createRig();
    const task = await createTask(rig);
    await settle(rig);
    await approve(rig);
    expect(seen(rig)).toBe(0);
    const again = createGateway(rig.deps, rig.refusals, rig.subscriptions);
    await expect
      .poll(async () => (await again.tasks.get(from(rig, alice), task.id)) as HostTask)
      .toMatchObject({ status: 'completed' });
    expect(seen(rig)).toBe(1);
  });

  it('is not another one whose row was put in its place', async () => {
    const rig = await createRig();
    const task = await createTask(rig);
    const stored = await rig.store.tasks.find(task.id, rig.clock.nowMs());
    if (stored === null) throw new Error('no task');
    const forged = { ...stored, id: 'task_forged' as TaskId, approvalId: null };
    await rig.store.tasks.create(forged, { nowMs: 0, tasksMax: 10, tasksPerPrincipalMax: 10 });
    expect(isUnknown(await get(rig, forged.id))).toBe(true);
  });

  it('has its place: where there is none, its host gets the pending answer', async () => {
    const rig = await createRig({ tasksPerPrincipalMax: 1 });
    await createTask(rig);
    const answer = await send(rig, 'notes__update', { id: 'n2' });
    expect(textOf(answer as HostResult)).toContain('approval_pending');
    expect((await send(rig, 'notes__update', { id: 'n3' }, { as: person('bob') })).kind).toBe('task');
  });
});

describe('a host of 2025-11-25 that asked for a task', () => {
  const asTask = { waiting: 'task', revision: LEGACY } as const;

  it.each([
    ['was allowed', 'notes__get', 'ran get'],
    ['ran before', 'notes__update', 'ran update'],
  ] as const)('gets one that is over for a call that %s', async (what, tool, expected) => {
    const rig = await createRig();
    if (what === 'ran before') {
      const first = await createTask(rig, {});
      await approve(rig);
      await getUntilOver(rig, first.id);
    }
    const answer = await send(rig, tool, {}, asTask);
    expect(answer).toMatchObject({ kind: 'task', status: 'completed' });
    expect(textOf((answer as HostTask).outcome)).toContain(expected);
    expect(await get(rig, (answer as HostTask).id, alice, { revision: LEGACY })).toEqual(answer);
  });

  it('is told of an unknown tool by an error, and of no room for its task by another', async () => {
    const rig = await createRig({ tasksPerPrincipalMax: 0 });
    expect(await send(rig, 'notes__drop', {}, asTask)).toMatchObject({ kind: 'error', code: -32602 });
    expect(await send(rig, 'notes__get', {}, asTask)).toMatchObject({ kind: 'error', code: -31003 });
  });

  it('waits on the line for the result, and gets it when it is there', async () => {
    const rig = await createRig();
    const task = (await send(rig, 'notes__update', {}, asTask)) as HostTask;
    const context = from(rig, alice, { revision: LEGACY });
    const awaited = rig.gateway.tasks.awaitOutcome(context, task.id, quietStream(true));
    await expect.poll(() => rig.deps.desk.waiting).toBeGreaterThan(1);
    await approve(rig);
    const done = (await awaited) as HostTask;
    expect(done.status).toBe('completed');
    expect(textOf(done.outcome)).toContain('ran update');
  });

  it('is not held where it takes no event stream', async () => {
    const rig = await createRig();
    const task = (await send(rig, 'notes__update', {}, asTask)) as HostTask;
    const context = from(rig, alice, { revision: LEGACY });
    expect(await rig.gateway.tasks.awaitOutcome(context, task.id, quietStream(false))).toMatchObject({ kind: 'error' });
  });

  it.each([
    ['a kill switch', -31002],
    ['a revocation', -32602],
    ['a host that leaves', -32602],
  ])('stops waiting on the line by %s', async (how, code) => {
    const rig = await createRig();
    const task = (await send(rig, 'notes__update', {}, asTask)) as HostTask;
    const leaving = new AbortController();
    const context = from(rig, alice, { revision: LEGACY, signal: leaving.signal });
    const awaited = rig.gateway.tasks.awaitOutcome(context, task.id, quietStream(true));
    await expect.poll(() => rig.deps.desk.waiting).toBeGreaterThan(1);
    if (how === 'a kill switch') {
      const pull = { scope: { all: true }, reason: 'x', expiresMs: null, by: 'olivia' } as const;
      await rig.deps.killSwitches.pull(pull);
    } else if (how === 'a revocation') rig.deps.inFlight.stopCredential(alice.credentialId);
    else leaving.abort();
    expect(await awaited).toMatchObject({ kind: 'error', code });
  });

  it('lists its own tasks, newest first, all on one page', async () => {
    const rig = await createRig();
    const waiting = (await send(rig, 'notes__update', {}, asTask)) as HostTask;
    const ended = (await send(rig, 'notes__get', {}, asTask)) as HostTask;
    await send(rig, 'notes__get', {}, { ...asTask, as: person('bob') });
    const listed = (await rig.gateway.tasks.list(from(rig, alice, { revision: LEGACY }), null)) as HostTaskList;
    expect(listed.tasks.map(({ id, status, outcome }) => [id, status, outcome])).toEqual([
      [ended.id, 'completed', null],
      [waiting.id, 'working', null],
    ]);
    expect(await rig.gateway.tasks.list(from(rig, alice), 'made-up')).toMatchObject({ kind: 'error', code: -32602 });
  });

  it('cannot cancel a task that is over', async () => {
    const rig = await createRig();
    const ended = (await send(rig, 'notes__get', {}, asTask)) as HostTask;
    const cancelled = await rig.gateway.tasks.cancel(from(rig, alice, { revision: LEGACY }), ended.id);
    expect(cancelled).toMatchObject({ kind: 'error', code: -32602 });
  });
});
