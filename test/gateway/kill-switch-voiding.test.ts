import { describe, expect, it } from 'vitest';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { createInFlight } from '../../src/gateway/in-flight.ts';
import { createKillSwitches, type KillSwitches } from '../../src/gateway/kill-switches.ts';
import { createCountingIds, createFixedClock, type FixedClock } from '../support/fixed-clock.ts';
import { administrator, createGatewayRig, person } from '../support/gateway-rig.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { FIRST_OF_ITS_KIND, sampleApproval } from '../support/store-samples.ts';

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules:
  - { id: staff-write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;
const MINUTE_MS = 60_000;
const alice = person('alice');
const olivia = administrator('olivia');

function start(store: MemoryStore, clock: FixedClock): Promise<KillSwitches> {
  return createKillSwitches({
    clock,
    store: store.killSwitches,
    approvals: store.approvals,
    inFlight: createInFlight(),
    ids: createCountingIds(),
    wakeApproval: () => undefined,
    report: () => undefined,
  });
}

describe('an approval from before a kill switch', () => {
  it('is void after it, also where the clock went back in between', async () => {
    const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update'] } });
    const approver = {
      plane: 'admin',
      user: 'olivia',
      groups: [],
      scopes: [],
      roles: ['approver'],
      ttlMs: 1e9,
    } as const;
    await issueToken({ tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids }, approver, 'test');
    await rig.call(alice, 'notes__update');
    const [asked] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
    await rig.administration.approve(olivia, asked?.id ?? '', null, null);

    rig.clock.advance(-MINUTE_MS);
    const request = { scope: { all: true }, reason: 'a drill', expiresMs: null } as const;
    const pulled = await rig.administration.pullKillSwitch(olivia, request);
    await rig.administration.releaseKillSwitch(olivia, pulled.ok ? pulled.value.killSwitch.id : '');
    expect((await rig.call(alice, 'notes__update')).structured).toMatchObject({ status: 'approval_pending' });
    expect(rig.upstreams.get('notes')?.seen).toEqual([]);
  });

  it('is void after it, also where the store was down until the switch was over and the gateway stopped', async () => {
    const store = createMemoryStore();
    const clock = createFixedClock();
    const approval = sampleApproval('apr_1', { status: 'approved', createdMs: clock.nowMs() });
    await store.approvals.create(approval, FIRST_OF_ITS_KIND, []);
    const killSwitches = await start(store, clock);
    store.failWith('the disk is full');
    const inAMinute = clock.nowMs() + MINUTE_MS;
    await killSwitches.pull({ scope: { all: true }, reason: 'first', expiresMs: inAMinute, by: 'olivia' });
    clock.advance(2 * MINUTE_MS);
    await killSwitches.pull({ scope: { principal: 'bob' }, reason: 'second', expiresMs: null, by: 'olivia' });

    store.failWith(null);
    const restarted = await start(store, clock);
    expect(restarted.current().map(({ reason }) => reason)).toEqual(['second']);
    await restarted.finishVoiding();
    expect(await store.approvals.find(approval.id)).toMatchObject({ status: 'void' });
  });

  it.each([
    ['while it was in force, and then it is void too', 0, 'void'],
    ['after it was over, and then it stands', 2 * MINUTE_MS, 'pending'],
  ])('may have slipped in, with the store down, %s', async (_when, afterMs, status) => {
    const store = createMemoryStore();
    const clock = createFixedClock();
    const killSwitches = await start(store, clock);
    store.failWith('the disk is full');
    const inAMinute = clock.nowMs() + MINUTE_MS;
    await killSwitches.pull({ scope: { all: true }, reason: 'x', expiresMs: inAMinute, by: 'olivia' });
    store.failWith(null);
    clock.advance(afterMs);
    const approval = sampleApproval('apr_1', { createdMs: clock.nowMs() });
    await store.approvals.create(approval, FIRST_OF_ITS_KIND, []);
    await killSwitches.finishVoiding();
    expect(await store.approvals.find(approval.id)).toMatchObject({ status });
  });

  it('is void when it was approved while the switch made it void', async () => {
    const store = createMemoryStore();
    const approval = sampleApproval('apr_1');
    await store.approvals.create(approval, FIRST_OF_ITS_KIND, []);
    const killSwitches = await start(store, createFixedClock());
    const pulling = killSwitches.pull({ scope: { all: true }, reason: 'x', expiresMs: null, by: 'olivia' });
    const approving = store.approvals.transition(approval.id, 'pending', { status: 'approved', atMs: 1 }, []);
    await Promise.all([pulling, approving]);
    expect(await store.approvals.find(approval.id)).toMatchObject({ status: 'void' });
  });
});
