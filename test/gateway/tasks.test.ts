import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { ok } from '../../src/core/result.ts';
import type { HostResult } from '../../src/gateway/gateway.ts';
import { textResult } from '../support/fake-upstream.ts';
import type { GatewayRig } from '../support/gateway-rig.ts';
import {
  alice,
  olivia,
  createRig,
  from,
  send,
  createTask,
  get,
  getUntilOver,
  textOf,
  onlyApproval,
  approve,
  seen,
  settle,
} from '../support/task-rig.ts';

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
