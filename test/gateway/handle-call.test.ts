import { describe, expect, it } from 'vitest';
import { ok } from '../../src/core/result.ts';
import { expireApprovals } from '../../src/gateway/expire-approvals.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import type { UpstreamCall } from '../../src/ports/upstream.ts';
import { textResult } from '../support/fake-upstream.ts';
import { administrator, createGatewayRig, type GatewayRig, person, type RigOptions } from '../support/gateway-rig.ts';

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

async function createRig(approvals: RigOptions['approvals'] = {}): Promise<GatewayRig> {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get', 'update'] }, approvals });
  const request = { plane: 'admin', user: 'olivia', groups: [], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;
  await issueToken({ tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids }, request, 'test');
  return rig;
}

function notesOf(rig: GatewayRig) {
  const notes = rig.upstreams.get('notes');
  if (notes === undefined) throw new Error('no such upstream');
  return notes;
}

async function entriesOf(rig: GatewayRig, kind: string): Promise<Record<string, unknown>[]> {
  const records = await rig.store.audit.read({ limit: 1000, afterSequence: 0 });
  const entries = records.map(({ leaf }) => (JSON.parse(leaf) as { entry: Record<string, unknown> }).entry);
  return entries.filter((entry) => entry['kind'] === kind);
}

async function pendingId(rig: GatewayRig): Promise<string> {
  const ids = async () =>
    rig.deps.desk.waiting === 0
      ? []
      : (await rig.store.approvals.list({ status: 'pending', limit: 1 })).map(({ id }) => id);
  await expect.poll(ids, { interval: 2 }).toHaveLength(1);
  return (await ids())[0] ?? expect.unreachable('no call is being held');
}

/** An upstream call that ends only when it is aborted. */
function untilAborted({ signal }: UpstreamCall) {
  const fault = { kind: 'aborted', dispatched: true, detail: 'aborted' } as const;
  return new Promise<{ ok: false; error: typeof fault }>((resolve) => {
    const end = () => resolve({ ok: false, error: fault });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

describe('an allowed call', () => {
  it('is in the log before the upstream sees it, and its outcome before the host does', async () => {
    const rig = await createRig();
    let before: Record<string, unknown>[] = [];
    notesOf(rig).answer = async () => {
      before = await entriesOf(rig, 'decision');
      return ok(textResult('fine'));
    };
    const answer = await rig.call(alice, 'notes__get', { id: 'n1' });
    expect(answer.text).toBe('fine');
    expect(before).toMatchObject([{ decision: 'allow', principal: 'alice', tool: 'get', ruleId: 'staff-read' }]);
    expect(await entriesOf(rig, 'outcome')).toMatchObject([{ callId: before[0]?.['callId'], outcome: 'ok' }]);
  });

  it('does not run when the log is gone', async () => {
    const rig = await createRig();
    await rig.call(alice, 'notes__get');
    await rig.store.close();
    const answer = await rig.call(alice, 'notes__get');
    expect(answer.error).toMatchObject({ code: -31001, httpStatus: 503 });
    expect(notesOf(rig).seen).toHaveLength(1);
  });

  it('keeps its result from the host when the outcome cannot be recorded', async () => {
    const rig = await createRig();
    notesOf(rig).answer = async () => {
      await rig.store.close();
      return ok(textResult('a secret result'));
    };
    const answer = await rig.call(alice, 'notes__get');
    expect(answer.error).toMatchObject({ code: -31001, httpStatus: 503 });
    expect(answer.text).toContain('withheld');
    expect(answer.text).not.toContain('secret');
  });

  it('sends the canonical form of exactly the arguments that were decided on', async () => {
    const rig = await createRig();
    await rig.call(alice, 'notes__get', { b: 1, a: 'x' });
    expect(notesOf(rig).seen[0]?.target.paramsJson).toBe('{"arguments":{"a":"x","b":1},"name":"get"}');
  });

  it('shows the host no credential of the gateway that the upstream repeats', async () => {
    const rig = await createGatewayRig({
      policies: [POLICY],
      upstreams: { notes: ['get'] },
      secrets: ['canary-notes-credential'],
    });
    notesOf(rig).answer = async () => ok(textResult('401 for Authorization: Bearer canary-notes-credential'));
    expect((await rig.call(alice, 'notes__get')).text).toBe(`401 for Authorization: Bearer ${'*'.repeat(23)}`);
  });

  it('ends upstream when its host goes away', async () => {
    const rig = await createRig();
    const host = new AbortController();
    notesOf(rig).answer = (call) => {
      setTimeout(() => host.abort(), 5);
      return untilAborted(call);
    };
    await rig.call(alice, 'notes__get', {}, { signal: host.signal });
    expect(await entriesOf(rig, 'outcome')).toMatchObject([{ outcome: 'aborted' }]);
  });

  it('ends upstream when the kill switch is pulled, and says so', async () => {
    const rig = await createRig();
    notesOf(rig).answer = (call) => {
      void rig.administration.pullKillSwitch(olivia, { scope: { all: true }, reason: 'drill', expiresMs: null });
      return untilAborted(call);
    };
    const answer = await rig.call(alice, 'notes__get');
    expect(answer.error).toMatchObject({ code: -31002, httpStatus: 503 });
    expect(answer.text).toContain('may have run');
    expect(await entriesOf(rig, 'outcome')).toMatchObject([{ outcome: 'killed' }]);
  });
});

describe('a held call', () => {
  it('runs as soon as a person approves it', async () => {
    const rig = await createRig({ holdMs: 10_000 });
    const held = rig.call(alice, 'notes__update', { id: 'n1' });
    const approved = await rig.administration.approve(olivia, await pendingId(rig), 'fine', null);
    expect(approved).toMatchObject({ ok: true, value: { status: 'approved', decidedBy: 'olivia' } });
    expect((await held).text).toBe('ran update {"id":"n1"}');
    expect(await entriesOf(rig, 'dispatch')).toMatchObject([{ decidedBy: 'olivia' }]);
    expect(await rig.store.approvals.list({ status: 'executed', limit: 9 })).toHaveLength(1);
  });

  it('does not run when nobody is there to take its result', async () => {
    const rig = await createRig({ holdMs: 10_000 });
    const host = new AbortController();
    const held = rig.call(alice, 'notes__update', { id: 'n1' }, { signal: host.signal });
    const id = await pendingId(rig);
    host.abort();
    await rig.administration.approve(olivia, id, null, null);
    await held;
    expect(notesOf(rig).seen).toHaveLength(0);
    await rig.call(alice, 'notes__update', { id: 'n1' });
    expect(notesOf(rig).seen).toHaveLength(1);
  });

  it('is let go by the kill switch, and its approval is void', async () => {
    const rig = await createRig({ holdMs: 10_000 });
    const held = rig.call(alice, 'notes__update', { id: 'n1' });
    const id = await pendingId(rig);
    await rig.administration.pullKillSwitch(olivia, { scope: { writes: true }, reason: 'drill', expiresMs: null });
    expect((await held).error).toMatchObject({ code: -31002 });
    expect(await rig.administration.approve(olivia, id, null, null)).toMatchObject({ error: { kind: 'conflict' } });
    expect(notesOf(rig).seen).toHaveLength(0);
  });

  it('does not run when its credential was revoked meanwhile', async () => {
    const rig = await createRig({ holdMs: 10_000 });
    const held = rig.call(alice, 'notes__update', { id: 'n1' });
    const id = await pendingId(rig);
    rig.deps.inFlight.stopCredential(alice.credentialId);
    await rig.administration.approve(olivia, id, null, null);
    expect((await held).structured).toMatchObject({ status: 'approval_pending' });
    expect(notesOf(rig).seen).toHaveLength(0);
  });

  it('goes on to its end when the host leaves after it was dispatched, and the retry gets its result', async () => {
    const rig = await createRig({ holdMs: 10_000 });
    const host = new AbortController();
    notesOf(rig).answer = (call) => {
      host.abort();
      return Promise.resolve(ok(textResult(call.signal.aborted ? 'aborted' : 'went on')));
    };
    const held = rig.call(alice, 'notes__update', { id: 'n1' }, { signal: host.signal });
    await rig.administration.approve(olivia, await pendingId(rig), null, null);
    await held;
    expect((await rig.call(alice, 'notes__update', { id: 'n1' })).text).toBe('went on');
    expect(notesOf(rig).seen).toHaveLength(1);
  });

  it('runs once when many retries come together', async () => {
    const rig = await createRig();
    await rig.call(alice, 'notes__update', { id: 'n1' });
    const [approval] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
    await rig.administration.approve(olivia, approval?.id ?? '', null, null);
    await Promise.all(Array.from({ length: 50 }, () => rig.call(alice, 'notes__update', { id: 'n1' })));
    expect(notesOf(rig).seen).toHaveLength(1);
    expect(await entriesOf(rig, 'dispatch')).toHaveLength(1);
  });

  it('asks once when many of the same call come together', async () => {
    const rig = await createRig();
    const answers = await Promise.all(Array.from({ length: 20 }, () => rig.call(alice, 'notes__update', { id: 'n1' })));
    expect(new Set(answers.map(({ structured }) => structured?.['approvalId'])).size).toBe(1);
    expect(await rig.store.approvals.list({ status: 'pending', limit: 99 })).toHaveLength(1);
  });

  it('is denied, with a reason, when too many wait already', async () => {
    const rig = await createRig({ pendingPerPrincipalMax: 2 });
    for (const id of ['n1', 'n2']) await rig.call(alice, 'notes__update', { id });
    const third = await rig.call(alice, 'notes__update', { id: 'n3' });
    expect(third.structured).toMatchObject({ status: 'denied', reason: 'approval_backlog' });
    const bob = await rig.call(person('bob'), 'notes__update', { id: 'n3' });
    expect(bob.structured).toMatchObject({ status: 'approval_pending' });
  });
});

describe('who decides', () => {
  it.each([
    ['the requester, under the same name', administrator('alice')],
    ['an operator without the approver role', administrator('otto', { roles: ['operator', 'auditor'] })],
    ['nobody with a role', administrator('nina', { roles: [] })],
  ])('is not %s', async (_who, by) => {
    const rig = await createRig();
    await rig.call(alice, 'notes__update', { id: 'n1' });
    const [approval] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
    expect(await rig.administration.approve(by, approval?.id ?? '', null, null)).toMatchObject({
      error: { kind: 'forbidden' },
    });
    expect(await rig.administration.reject(by, approval?.id ?? '', null)).toMatchObject({
      error: { kind: 'forbidden' },
    });
  });

  it('is not somebody who saw other arguments', async () => {
    const rig = await createRig();
    await rig.call(alice, 'notes__update', { id: 'n1' });
    const [approval] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
    const decided = await rig.administration.approve(olivia, approval?.id ?? '', null, 'f'.repeat(64));
    expect(decided).toMatchObject({ error: { kind: 'conflict' } });
  });

  it('is the first of many who press at once', async () => {
    const rig = await createRig();
    await rig.call(alice, 'notes__update', { id: 'n1' });
    const [approval] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
    const id = approval?.id ?? '';
    const decided = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        index % 2 === 0
          ? rig.administration.approve(olivia, id, null, null)
          : rig.administration.reject(olivia, id, null),
      ),
    );
    expect(decided.filter((each) => each.ok)).toHaveLength(1);
    const changes = (await entriesOf(rig, 'approval')).map(({ change }) => change);
    expect(changes).toHaveLength(2);
  });
});

describe('the time of an approval', () => {
  it('ends without anybody asking, and makes room in the queue', async () => {
    const rig = await createRig({ pendingPerPrincipalMax: 1 });
    await rig.call(alice, 'notes__update', { id: 'n1' });
    expect(await expireApprovals(rig.deps)).toBe(0);
    rig.clock.advance(31 * 60_000);
    expect(await expireApprovals(rig.deps)).toBe(1);
    expect(await rig.store.approvals.list({ status: 'expired', limit: 9 })).toHaveLength(1);
    const next = await rig.call(alice, 'notes__update', { id: 'n2' });
    expect(next.structured).toMatchObject({ status: 'approval_pending' });
  });
});
