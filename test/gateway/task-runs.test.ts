import { describe, expect, it } from 'vitest';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import type { Principal } from '../../src/core/identity/principal.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import type { TaskId } from '../../src/core/tasks/task.ts';
import type { HostResult } from '../../src/gateway/gateway.ts';
import { createGateway } from '../../src/gateway/create-gateway.ts';
import type { HostTask } from '../../src/gateway/tasks/host-task.ts';
import { person } from '../support/gateway-rig.ts';
import { quietStream } from '../support/host-context.ts';
import {
  alice,
  olivia,
  LEGACY,
  POLICY,
  createRig,
  type From,
  from,
  send,
  createTask,
  get,
  getUntilOver,
  textOf,
  onlyApproval,
  approve,
  seen,
  isUnknown,
  settle,
} from '../support/task-rig.ts';

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
    if (notes === undefined) throw new Error('there is no such upstream');
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
      const ofTask = await rig.gateway.tasks[ask](from(rig, principal, options), task.id, {});
      const ofNone = await rig.gateway.tasks[ask](from(rig, principal, options), none, {});
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
