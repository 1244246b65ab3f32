import { describe, expect, it } from 'vitest';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules:
  - { id: change, who: { groups: [staff] }, tools: [update], effect: approve, approval: { grant: { count: 3, for: 10m } } }
  - { id: two, who: { groups: [pairs] }, tools: [update], effect: approve, approval: { count: 2, grant: { count: 3, for: 10m } } }
`;
const alice = person('alice');
const olivia = administrator('olivia');
const otto = administrator('otto');

async function granted(who = alice, grants: readonly boolean[] = [true]) {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update'] } });
  const tokens = { tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids };
  for (const user of ['olivia', 'otto']) {
    const request = { plane: 'admin', user, groups: [], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;
    await issueToken(tokens, request, 'test');
  }
  const asked = await rig.call(who, 'notes__update', { id: 1 });
  const id = asked.structured?.['approvalId'] as ApprovalId;
  for (const [index, grant] of grants.entries())
    await rig.administration.approve([olivia, otto][index] ?? olivia, id, null, null, { grant });
  return { rig, id };
}

const run = (rig: GatewayRig, id = 1, who = alice) => rig.call(who, 'notes__update', { id });
const runs = (rig: GatewayRig): number => rig.upstreams.get('notes')?.seen.length ?? 0;

describe('a grant', () => {
  it('is for so many calls and no more', async () => {
    const { rig } = await granted();
    for (const _ of [1, 2, 3]) expect((await run(rig)).text).toContain('ran update');
    // What comes now is a retry of the last one, and after a while a new request.
    expect((await run(rig)).text).toContain('ran update');
    rig.clock.advance(16 * 60_000);
    expect((await run(rig)).structured).toMatchObject({ status: 'approval_pending' });
    expect(runs(rig)).toBe(3);
  });

  it('is for this call alone', async () => {
    const { rig } = await granted();
    await run(rig);
    expect((await run(rig, 2)).structured).toMatchObject({ status: 'approval_pending' });
    expect((await run(rig, 1, person('alice', { client: 'host-2' }))).structured).toMatchObject({
      status: 'approval_pending',
    });
    expect(runs(rig)).toBe(1);
  });

  it.each<[string, (rig: GatewayRig) => unknown]>([
    ['its time', (rig) => rig.clock.advance(600_000)],
    ['another policy', (rig) => rig.setPolicy([POLICY.replace('10m', '20m')])],
    [
      'a kill switch that is released again',
      async ({ deps }) => {
        const { killSwitch } = await deps.killSwitches.pull({
          scope: { all: true },
          reason: 'x',
          expiresMs: null,
          by: 'o',
        });
        await deps.killSwitches.release(killSwitch.id, 'o');
      },
    ],
  ])('ends with %s', async (_what, end) => {
    const { rig } = await granted();
    await run(rig);
    await end(rig);
    expect((await run(rig)).structured).toMatchObject({ status: 'approval_pending' });
    expect(runs(rig)).toBe(1);
  });

  it('counts each call once, however many come at once', async () => {
    const { rig } = await granted();
    for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 10 }, () => run(rig)));
    expect(runs(rig)).toBe(3);
  });

  it('ends with the rights of whoever gave it', async () => {
    const { rig } = await granted();
    await run(rig);
    for (const { id } of await rig.store.tokens.list()) await rig.administration.revokeToken(olivia, id);
    expect((await run(rig)).structured).toMatchObject({ status: 'approval_void' });
    expect(runs(rig)).toBe(1);
  });

  it('is not renewed by a call that failed', async () => {
    const { rig } = await granted();
    const notes = rig.upstreams.get('notes');
    if (notes !== undefined)
      notes.answer = () => Promise.resolve({ ok: false, error: { kind: 'timeout', dispatched: true, detail: 'x' } });
    await run(rig);
    await run(rig);
    expect(runs(rig)).toBe(1);
  });

  it('gives a host that went away its result before it runs again', async () => {
    const { rig } = await granted();
    const gone = new AbortController();
    const notes = rig.upstreams.get('notes');
    const answer = notes?.answer;
    if (notes === undefined || answer === undefined) throw new Error('there is no notes');
    notes.answer = (call) => {
      gone.abort();
      return answer(call);
    };
    await rig.call(alice, 'notes__update', { id: 1 }, { signal: gone.signal });
    notes.answer = answer;
    expect((await run(rig)).text).toContain('ran update');
    expect(runs(rig)).toBe(1);
    await run(rig);
    expect(runs(rig)).toBe(2);
  });

  it.each([
    [[true, true], 3],
    [[true, false], 1],
    [[false, true], 1],
    [[false, false], 1],
  ])('needs everybody who approves: %j', async (grants, count) => {
    const pair = person('alice', { groups: ['pairs'] });
    const { rig } = await granted(pair, grants);
    for (const _ of [1, 2, 3]) await run(rig, 1, pair);
    expect(runs(rig)).toBe(count);
  });

  it('is not there where nobody offered it', async () => {
    const rig = await createGatewayRig({
      policies: [POLICY.replaceAll(', approval: { grant: { count: 3, for: 10m } }', '')],
      upstreams: { notes: ['update'] },
    });
    const asked = await run(rig);
    const id = asked.structured?.['approvalId'] as string;
    expect(await rig.administration.approve(olivia, id, null, null, { grant: true })).toMatchObject({
      error: { kind: 'conflict' },
    });
  });
});
