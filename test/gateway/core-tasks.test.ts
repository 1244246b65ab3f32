import { describe, expect, it } from 'vitest';
import type { HostTask, HostTaskList } from '../../src/gateway/tasks/host-task.ts';
import { person } from '../support/gateway-rig.ts';
import { quietStream } from '../support/host-context.ts';
import {
  alice,
  LEGACY,
  createRig,
  from,
  send,
  createTask,
  get,
  getUntilOver,
  textOf,
  approve,
  seen,
} from '../support/task-rig.ts';

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
    ['the end of its credential', -32602],
  ])('stops waiting on the line by %s', async (how, code) => {
    const rig = await createRig();
    const task = (await send(rig, 'notes__update', {}, asTask)) as HostTask;
    const leaving = new AbortController();
    const principal = { ...alice, expiresMs: rig.clock.nowMs() + 60_000 };
    const context = from(rig, principal, { revision: LEGACY, signal: leaving.signal });
    const awaited = rig.gateway.tasks.awaitOutcome(context, task.id, quietStream(true));
    await expect.poll(() => rig.deps.desk.waiting).toBeGreaterThan(1);
    if (how === 'a kill switch') {
      const pull = { scope: { all: true }, reason: 'x', expiresMs: null, by: 'olivia' } as const;
      await rig.deps.killSwitches.pull(pull);
    } else if (how === 'a revocation') rig.deps.inFlight.stopCredential(alice.credentialId);
    else if (how === 'a host that leaves') leaving.abort();
    else {
      rig.clock.advance(60_000);
      await approve(rig);
    }
    expect(await awaited).toMatchObject({ kind: 'error', code });
    expect(seen(rig)).toBe(0);
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
