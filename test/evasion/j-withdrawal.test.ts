import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditView } from '../../src/core/admin-api/audit-view.ts';
import { ask, decide, type Deciders, issueDeciders, statusOf } from '../support/approvals-desk.ts';
import { startWorld, type World } from '../support/evasion-world.ts';
import { type Host, initialize } from '../support/host-request.ts';
import { type HostStream, openHostStream } from '../support/host-stream.ts';

// Class J: what a host that cancels, or only goes away, does to a request of its held call, over real connections.

const SESSION = '2025-11-25 in a session';
const MODERN = '2026-07-28';
const EVENTS = [['Accept', 'application/json, text/event-stream']] as const;

let world: World;
let deciders: Deciders;
/** Another session of alice's, and one of bob's. */
let others: { readonly alice: string; readonly bob: string };
beforeAll(async () => {
  world = await startWorld({ config: 'environments: { prod: { approvals: { hold: 60s } } }\n' });
  deciders = await issueDeciders(world);
  const { mcpPort } = world.gateway;
  others = { alice: await initialize(mcpPort, world.tokens.alice), bob: await initialize(mcpPort, world.tokens.bob) };
});
afterAll(() => world.close());

let subject = 0;
beforeEach(() => {
  subject += 1;
});
const args = () => ({ subject: `withdrawal ${subject}` });
const dispatched = (): number =>
  world.crm.calls().filter((call) => JSON.stringify(call).includes(`withdrawal ${subject}"`)).length;

interface Held {
  readonly stream: HostStream;
  readonly approvalId: string;
}

/** A call that waits for somebody, on a connection that stays open. */
async function hold(host: Host, id: number): Promise<Held> {
  const params = { name: 'crm__update_x', arguments: args() };
  const stream = await openHostStream(world.gateway.mcpPort, world.request(host, { id, params, headers: EVENTS }));
  const pending = async (): Promise<string | undefined> => {
    const { json } = await world.gateway.admin('GET', '/api/approvals?status=pending');
    const list = json['approvals'] as readonly { readonly id: string; readonly arguments: unknown }[];
    return list.find((each) => JSON.stringify(each.arguments) === JSON.stringify(args()))?.id;
  };
  await expect.poll(pending).toBeDefined();
  return { stream, approvalId: (await pending()) ?? '' };
}

interface Cancel {
  readonly host?: Host;
  readonly token?: string;
  readonly session?: string;
}

async function cancel(requestId: unknown, { host = SESSION, token = world.tokens.alice, session }: Cancel = {}) {
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });
  const headers = session === undefined ? [] : ([['Mcp-Session-Id', session]] as const);
  return world.send(world.request(host, { body, token, headers }));
}

const entriesOf = (entries: readonly AuditView[], id: string): readonly AuditView[] =>
  entries.filter((entry) => entry['approvalId'] === id && entry.kind === 'approval');

describe('a held call that its host cancels', () => {
  it('withdraws its request: the log says who, nobody can approve it, and nothing runs', async () => {
    const { stream, approvalId } = await hold(SESSION, 21);
    await world.newEntries();
    expect((await cancel(21)).status).toBe(202);
    await stream.ended;
    expect(await statusOf(world, approvalId)).toBe('withdrawn');
    expect(entriesOf(await world.newEntries(), approvalId)).toMatchObject([
      { change: 'withdrawn', by: 'alice', credentialId: world.tokenIds.alice },
    ]);
    expect((await decide(world, approvalId, 'approve', deciders.olivia.token)).status).toBe(409);
    // Asked again it is another request, and the one that was withdrawn runs by none of it.
    const again = await ask(world, args());
    expect(again.status).toBe('approval_pending');
    expect(again.approvalId).not.toBe(approvalId);
    expect(dispatched()).toBe(0);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['another person, with the same id', () => cancel(22, { token: world.tokens.bob, session: others.bob })],
    ['another person in the session of the first', () => cancel(22, { token: world.tokens.bob })],
    ['the same person in another session', () => cancel(22, { session: others.alice })],
    ['the same person without a session', () => cancel(22, { host: '2025-11-25' })],
    ['the same person, by the revision that has no such message', () => cancel(22, { host: MODERN })],
    ['an id of another type', () => cancel('22')],
    ['another id', () => cancel(23)],
    ['a list of ids', () => cancel([22])],
  ])('is not cancelled by %s', async (_who, attempt) => {
    const { stream, approvalId } = await hold(SESSION, 22);
    await attempt();
    expect(await statusOf(world, approvalId)).toBe('pending');
    expect((await decide(world, approvalId, 'approve', deciders.olivia.token)).status).toBe(200);
    await stream.ended;
    expect(dispatched()).toBe(1);
  });

  it('and that somebody decides on at the same moment is the one or the other, and runs only if it was approved', async () => {
    for (let round = 0; round < 10; round += 1) {
      subject += 1000;
      const { stream, approvalId } = await hold(SESSION, 100 + round);
      const [decided] = await Promise.all([
        decide(world, approvalId, 'approve', deciders.olivia.token),
        cancel(100 + round),
      ]);
      await stream.ended;
      const status = await statusOf(world, approvalId);
      // Approved and cancelled it may have run, or waits for its host to ask again.
      expect(['withdrawn', 'approved', 'executed']).toContain(status);
      expect(decided.status).toBe(status === 'withdrawn' ? 409 : 200);
      expect(dispatched()).toBe(status === 'executed' ? 1 : 0);
    }
  });
});

describe.each<Host>([SESSION, MODERN])('a host of %s whose connection is lost', (host) => {
  it('withdraws nothing and runs nothing: what is approved waits for it, and runs once when it asks again', async () => {
    const { stream, approvalId } = await hold(host, 31);
    stream.close();
    await stream.ended;
    // The gateway has seen the connection go once it answers somebody who came later.
    await ask(world, { subject: 'somebody else' }, { as: 'bob', tool: 'crm__read_x' });
    expect(await statusOf(world, approvalId)).toBe('pending');
    expect((await decide(world, approvalId, 'approve', deciders.olivia.token)).status).toBe(200);
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
    if (host === MODERN) {
      expect([await statusOf(world, approvalId), dispatched()]).toEqual(['approved', 0]);
      expect((await ask(world, args(), { host })).status).toBe('ran');
    } else {
      // It may come back to the stream by the id of its last event, so its call goes on.
      await expect.poll(() => statusOf(world, approvalId)).toMatch(/approved|executed/);
      expect((await ask(world, args(), { host })).status).toBe('ran');
    }
    expect(dispatched()).toBe(1);
    expect(await statusOf(world, approvalId)).toBe('executed');
  });
});
