import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../src/core/identity/principal.ts';
import { LIST_KINDS, type Notice } from '../../src/core/mcp/notices.ts';
import type { Endpoint, HostError } from '../../src/gateway/gateway.ts';
import type { HostNotice, Listening } from '../../src/gateway/subscriptions/listening.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';
import { contextFor } from '../support/host-context.ts';

const NOTES = `
version: 1
upstream: notes
classes: { read: [get, 'list*'], write: [update] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: lead-write, who: { groups: [leads] }, tools: { class: write }, effect: approve }
  - { id: staff-open, who: { groups: [staff] }, resources: ['notes://open/**'], effect: allow }
  - { id: staff-asked, who: { groups: [staff] }, resources: ['notes://asked/*'], effect: approve }
  - { id: staff-prompts, who: { groups: [staff] }, prompts: [greet], effect: allow }
`;
const MAIL = `
version: 1
upstream: mail
classes: { read: [get] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
`;
const NOTHING_OF_NOTES = NOTES.replaceAll('groups: [staff]', 'groups: [nobody]');
const alice = person('alice');
const bob = person('bob');
const guest = person('guest', { groups: ['guests'] });
const ALL: Endpoint = { kind: 'all' };
const ONE: Endpoint = { kind: 'one', upstream: 'notes' };

async function createRig(): Promise<GatewayRig> {
  return createGatewayRig({ policies: [NOTES, MAIL], upstreams: { notes: ['get', 'update'], mail: ['get'] } });
}

interface Hearer {
  readonly told: readonly HostNotice[];
  readonly listening: Listening;
}

interface ListenWish {
  readonly endpoint?: Endpoint;
  readonly resourceUris?: readonly string[];
}

async function tryToListen(rig: GatewayRig, principal: Principal, { endpoint = ALL, resourceUris = [] }: ListenWish) {
  const told: HostNotice[] = [];
  const context = contextFor({ callId: rig.deps.ids.next('call'), principal, revision: '2026-07-28', endpoint });
  const listening = await rig.gateway.listen({
    context,
    method: 'subscriptions/listen',
    wish: { lists: LIST_KINDS, resourceUris, taskIds: [] },
    tell: (notice) => told.push(notice),
  });
  return { told, listening };
}

async function listen(rig: GatewayRig, principal: Principal, wish: ListenWish = {}): Promise<Hearer> {
  const { told, listening } = await tryToListen(rig, principal, wish);
  if ('kind' in listening) throw new Error(listening.message);
  return { told, listening };
}

function upstreamOf(rig: GatewayRig, name = 'notes'): FakeUpstream {
  const upstream = rig.upstreams.get(name);
  if (upstream === undefined) throw new Error('no such upstream');
  return upstream;
}

const tool = (name: string, description = name) => ({ name, description, inputSchema: { type: 'object' } });
const TOOLS_CHANGED: Notice = { kind: 'list-changed', list: 'tools' };
/** Longer than any pause of the rig's. */
const settled = (): Promise<void> => sleep(160);

/** Waits for what is to be told, however late, and then whether more comes. */
async function expectTold(read: () => unknown, expected: unknown): Promise<void> {
  await expect.poll(read).toEqual(expected);
  await settled();
  expect(read()).toEqual(expected);
}

describe('a list that changed', () => {
  it('is told to whose filtered list is another, and to nobody else', async () => {
    const rig = await createRig();
    const [seesIt, leads, seesNothing] = [
      await listen(rig, alice),
      await listen(rig, person('lea', { groups: ['staff', 'leads'] })),
      await listen(rig, guest),
    ];
    const notes = upstreamOf(rig);
    notes.offer([tool('get'), tool('update', 'another text')]);
    await expectTold(() => [seesIt.told, leads.told, seesNothing.told], [[], [TOOLS_CHANGED], []]);
    notes.offer([tool('get'), tool('update', 'another text'), tool('list_all')]);
    await expectTold(
      () => [seesIt.told, leads.told, seesNothing.told],
      [[TOOLS_CHANGED], [TOOLS_CHANGED, TOOLS_CHANGED], []],
    );
  });

  it('is told only at endpoints that show the upstream', async () => {
    const rig = await createRig();
    const atNotes = await listen(rig, alice, { endpoint: ONE });
    const atMail = await listen(rig, alice, { endpoint: { kind: 'one', upstream: 'mail' } });
    upstreamOf(rig).offer([tool('get', 'new')]);
    await expectTold(() => [atNotes.told, atMail.told], [[TOOLS_CHANGED], []]);
  });

  it('is told to the one alone in whose session the upstream said so', async () => {
    const rig = await createRig();
    const hers = await listen(rig, alice);
    const his = await listen(rig, bob);
    const notes = upstreamOf(rig);
    // Both lists are others by now; bob has a session of his own to be told in.
    const before = notes.listTools;
    const newer = await upstreamOf(rig, 'mail').listTools({ principal: 'x' }, new AbortController().signal);
    notes.listTools = () =>
      Promise.resolve(
        newer.ok ? { ok: true, value: newer.value.map((each) => ({ ...each, digest: 'other' as never })) } : newer,
      );
    notes.say(TOOLS_CHANGED, 'alice');
    await expectTold(() => [hers.told, his.told], [[TOOLS_CHANGED], []]);
    notes.listTools = before;
  });

  it('is told once, however often the upstream says so', async () => {
    const rig = await createRig();
    const hearer = await listen(rig, alice);
    const notes = upstreamOf(rig);
    notes.offer([tool('get', 'new')]);
    for (let n = 0; n < 5000; n++) notes.say(TOOLS_CHANGED, null);
    await expectTold(() => hearer.told, [TOOLS_CHANGED]);
  });

  it('is told when the policy or a kill switch changed it, and again when that is over', async () => {
    const rig = await createRig();
    const hearer = await listen(rig, alice);
    const olivia = administrator('olivia');
    const scope = { upstream: 'notes' };
    const pulled = await rig.administration.pullKillSwitch(olivia, { scope, reason: 'x', expiresMs: null });
    await expectTold(() => hearer.told, [TOOLS_CHANGED]);
    await rig.administration.releaseKillSwitch(olivia, pulled.ok ? pulled.value.killSwitch.id : '');
    await expectTold(() => hearer.told.length, 2);
    rig.setPolicy([NOTHING_OF_NOTES, MAIL]);
    await expectTold(() => hearer.told.length, 3);
  });

  it('is not told of an upstream that could not be asked, and is when it answers again', async () => {
    const rig = await createRig();
    const hearer = await listen(rig, alice);
    const notes = upstreamOf(rig);
    notes.listFault = { kind: 'unreachable', dispatched: false, detail: 'away' };
    notes.offer([tool('get', 'new')]);
    await expectTold(() => hearer.told, []);
    notes.listFault = null;
    await until(() => hearer.told.length > 0);
    expect(hearer.told).toEqual([TOOLS_CHANGED]);
  });

  it('of prompts and resources is told by its own name', async () => {
    const rig = await createRig();
    const hearer = await listen(rig, alice);
    const notes = upstreamOf(rig);
    notes.others.set('prompts', [{ name: 'greet' }, { name: 'secret' }]);
    notes.others.set('resources', [{ uri: 'notes://open/1', name: 'one' }]);
    notes.say({ kind: 'list-changed', list: 'prompts' }, null);
    notes.say({ kind: 'list-changed', list: 'resources' }, 'alice');
    await expectTold(
      () => hearer.told,
      [
        { kind: 'list-changed', list: 'prompts' },
        { kind: 'list-changed', list: 'resources' },
      ],
    );
    notes.others.set('prompts', [{ name: 'greet' }, { name: 'secret', description: 'changed' }]);
    notes.say({ kind: 'list-changed', list: 'prompts' }, null);
    await expectTold(() => hearer.told.length, 2);
  });
});

describe('a resource', () => {
  const OPEN = 'notes://open/1';
  const updated = (uri: string): Notice => ({ kind: 'resource-updated', uri });

  it('is told of to those who asked for it and may read it', async () => {
    const rig = await createRig();
    const hers = await listen(rig, alice, { endpoint: ONE, resourceUris: [OPEN] });
    const his = await listen(rig, bob, { endpoint: ONE, resourceUris: ['notes://open/2'] });
    expect(hers.listening.granted.resourceUris).toEqual([OPEN]);
    const notes = upstreamOf(rig);
    notes.say(updated(OPEN), null);
    notes.say(updated('notes://open/3'), null);
    await expectTold(() => [hers.told, his.told], [[updated(OPEN)], []]);
  });

  it('F05 that policy denies, or would ask a person about, is left out like one that there is not', async () => {
    const rig = await createRig();
    const uris = [OPEN, 'notes://closed/1', 'notes://asked/1', 'file:///etc/passwd', 'notes://open/../closed/1', 'x'];
    const hearer = await listen(rig, alice, { endpoint: ONE, resourceUris: uris });
    expect(hearer.listening.granted.resourceUris).toEqual([OPEN]);
    expect(upstreamOf(rig).wishes.get('alice')?.resourceUris).toEqual([OPEN]);
    for (const uri of uris) upstreamOf(rig).say(updated(uri), 'alice');
    await expectTold(() => hearer.told, [updated(OPEN)]);
  });

  it('is decided on and recorded for each URI, with what was asked for', async () => {
    const rig = await createRig();
    await listen(rig, alice, { endpoint: ONE, resourceUris: [OPEN, 'notes://closed/1'] });
    const records = await rig.store.audit.read({ limit: 100, afterSequence: 0 });
    const entries = records.map(({ leaf }) => (JSON.parse(leaf) as { entry: Record<string, unknown> }).entry);
    const decided = entries.map(({ method, decision, reasons }) => [method, decision, reasons]);
    expect(decided).toEqual([
      ['subscriptions/listen', 'allow', ['method_allowed']],
      ['resources/subscribe', 'allow', ['rule_allows']],
      ['resources/subscribe', 'deny', ['no_rule']],
    ]);
  });

  it('is not told of once the right is lost, by policy, kill switch or credential', async () => {
    const rig = await createRig();
    const hearer = await listen(rig, alice, { endpoint: ONE, resourceUris: [OPEN] });
    const notes = upstreamOf(rig);
    hearer.listening.renew(person('alice', { groups: ['guests'] }));
    notes.say(updated(OPEN), 'alice');
    await settled();
    hearer.listening.renew(alice);
    const scope = { principal: 'alice' };
    await rig.administration.pullKillSwitch(administrator('o'), {
      scope,
      reason: 'x',
      expiresMs: rig.clock.nowMs() + 1000,
    });
    notes.say(updated(OPEN), 'alice');
    await settled();
    rig.clock.advance(2000);
    rig.setPolicy([NOTHING_OF_NOTES, MAIL]);
    notes.say(updated(OPEN), 'alice');
    await expectTold(() => hearer.told.filter(({ kind }) => kind === 'resource-updated'), []);
    expect(hearer.listening.mayTell(updated(OPEN))).toBe(false);
    rig.setPolicy([NOTES, MAIL]);
    notes.say(updated(OPEN), 'alice');
    await expectTold(() => hearer.told.filter(({ kind }) => kind === 'resource-updated'), [updated(OPEN)]);
  });

  it('of somebody else’s session is not told', async () => {
    const rig = await createRig();
    const his = await listen(rig, bob, { endpoint: ONE, resourceUris: [OPEN] });
    upstreamOf(rig).say(updated(OPEN), 'alice');
    await expectTold(() => his.told, []);
  });

  it('stands for its parts, and is told of by the name it was asked for by', async () => {
    const rig = await createRig();
    const hearer = await listen(rig, alice, { endpoint: ONE, resourceUris: [OPEN] });
    upstreamOf(rig).say(updated(`${OPEN}/part`), 'alice');
    upstreamOf(rig).say(updated(`${OPEN}0`), 'alice');
    await expectTold(() => hearer.told, [updated(OPEN)]);
  });

  it('is asked for upstream once for all hosts of a person, until the last one is gone', async () => {
    const rig = await createRig();
    const wished = (who: string) => upstreamOf(rig).wishes.get(who)?.resourceUris;
    const hearers = [];
    for (const who of [alice, alice, bob])
      hearers.push(await listen(rig, who, { endpoint: ONE, resourceUris: [OPEN] }));
    const context = contextFor({ callId: 'c', principal: alice, revision: '2025-11-25', endpoint: ONE });
    expect([wished('alice'), wished('bob')]).toEqual([[OPEN], [OPEN]]);
    await hearers[0]?.listening.unsubscribe(context, OPEN);
    await hearers[0]?.listening.unsubscribe(context, OPEN);
    expect(wished('alice')).toEqual([OPEN]);
    for (const { listening } of hearers) listening.close();
    await expect.poll(() => [wished('alice'), wished('bob')]).toEqual([[], []]);
    expect(upstreamOf(rig).wishes.get('alice')?.lists).toEqual([]);
  });

  it('is refused beyond as many as one listener may have', async () => {
    const rig = await createRig();
    const { listening } = await listen(rig, alice, { endpoint: ONE });
    const context = contextFor({ callId: 'c', principal: alice, revision: '2025-11-25', endpoint: ONE });
    for (let n = 0; n < 100; n++) expect(await listening.subscribe(context, `notes://open/${n}`)).toBeNull();
    expect(await listening.subscribe(context, 'notes://open/100')).toMatchObject({
      code: -31003,
    } satisfies Partial<HostError>);
    expect(await listening.subscribe(context, 'notes://open/7')).toBeNull();
  });
});

describe('who listens', () => {
  it('is asked for by upstreams only where there is something to see', async () => {
    const rig = await createRig();
    await listen(rig, alice);
    await listen(rig, guest);
    expect(upstreamOf(rig).wishes.get('alice')?.lists).toEqual([...LIST_KINDS]);
    expect(upstreamOf(rig).wishes.has('guest')).toBe(false);
  });

  it('gets nothing while a kill switch covers everything, and that is recorded', async () => {
    const rig = await createRig();
    await rig.administration.pullKillSwitch(administrator('o'), { scope: { all: true }, reason: 'x', expiresMs: null });
    const { listening } = await tryToListen(rig, alice, {});
    expect(listening).toMatchObject({ kind: 'error', code: -31002 });
  });

  it.each([
    ['a kill switch', { all: true as const }],
    ['one for the person', { principal: 'alice' }],
    ['one for the client', { client: 'host-1' }],
    ['one for the upstream of the endpoint', { upstream: 'notes' }],
  ])('K03 has their stream ended by %s', async (_what, scope) => {
    const rig = await createRig();
    const { listening } = await listen(rig, alice, { endpoint: ONE });
    const place = listening.enter(contextFor({ callId: 'c', principal: alice, revision: '2025-11-25', endpoint: ONE }));
    await rig.administration.pullKillSwitch(administrator('o'), { scope, reason: 'x', expiresMs: null });
    expect([place.signal.aborted, place.stoppedBy]).toEqual([true, 'kill-switch']);
  });

  it('has their stream ended when their credential is revoked', async () => {
    const rig = await createRig();
    const { listening } = await listen(rig, alice);
    const place = listening.enter(contextFor({ callId: 'c', principal: alice, revision: '2025-11-25' }));
    rig.deps.inFlight.stopCredential(alice.credentialId);
    expect(place.stoppedBy).toBe('credential-revoked');
  });

  it('is told that their list is another when their newest credential gives them other rights', async () => {
    const rig = await createRig();
    const hearer = await listen(rig, alice);
    hearer.listening.renew(person('alice', { groups: ['staff', 'leads'] }));
    await expectTold(() => hearer.told, [TOOLS_CHANGED]);
    hearer.listening.renew(person('alice', { groups: ['staff', 'leads'], credentialId: 'tok_other' }));
    await expectTold(() => hearer.told.length, 1);
  });

  it('leaves nothing behind when the log fails in the middle', async () => {
    const rig = await createRig();
    const record = rig.deps.audit.record.bind(rig.deps.audit);
    let entries = 0;
    Object.assign(rig.deps.audit, {
      record: (...args: Parameters<typeof record>) =>
        ++entries === 3 ? Promise.reject(new Error('disk')) : record(...args),
    });
    const resourceUris = ['notes://open/1', 'notes://open/2'];
    const { told, listening } = await tryToListen(rig, alice, { endpoint: ONE, resourceUris });
    expect('kind' in listening).toBe(true);
    await expect.poll(() => upstreamOf(rig).wishes.get('alice')?.resourceUris).toEqual([]);
    upstreamOf(rig).say({ kind: 'resource-updated', uri: 'notes://open/1' }, 'alice');
    await expectTold(() => told, []);
  });

  it('cannot become somebody else', async () => {
    const rig = await createRig();
    const hearer = await listen(rig, guest, { endpoint: ONE });
    hearer.listening.renew(alice);
    upstreamOf(rig).offer([tool('get', 'new')]);
    await expectTold(() => hearer.told, []);
  });
});

async function until(isDone: () => boolean): Promise<void> {
  await expect.poll(isDone).toBe(true);
}
