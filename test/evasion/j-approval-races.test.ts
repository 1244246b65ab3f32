import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type Asked, decide, type Deciders, issueDeciders, statusOf } from '../support/approvals-desk.ts';
import { attack, refused, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS } from '../support/host-request.ts';
import { TRANSPORTS } from '../support/recording-upstream.ts';

// Class J again: many hands at once, and hosts that wait. One approval is one run, whoever comes first.

const CONFIG = 'environments: { prod: { approvals: { hold: 20s } } }\nlimits: { pendingApprovalsPerPrincipal: 40 }\n';

describe.each(TRANSPORTS)('before an upstream over %s', (transport) => {
  let world: World;
  let deciders: Deciders;
  beforeAll(async () => {
    world = await startWorld({ transport, config: CONFIG });
    deciders = await issueDeciders(world);
  });
  afterAll(() => world.close());

  const dispatchedFor = (subject: string): number =>
    world.crm.calls().filter(({ text }) => text.includes(`"${subject}"`)).length;

  it('J07 approved a hundred times at once, it is approved once; sent thirty times at once, it runs once', async () => {
    const subject = `${transport} J07`;
    const { approvalId } = await ask(world, { subject });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => {
        const { token } = index % 2 === 0 ? deciders.olivia : deciders.otto;
        return decide(world, approvalId, 'approve', token);
      }),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, ...Array<number>(99).fill(409)]);

    const claims = await Promise.all(
      Array.from({ length: 30 }, (_, index) => ask(world, { subject }, { host: HOSTS[index % 3] ?? '2026-07-28' })),
    );
    const ran = claims.filter(({ status }) => status === 'ran').length;
    expect(ran).toBeGreaterThanOrEqual(1);
    expect(claims.filter(({ status }) => status === 'approval_executing')).toHaveLength(30 - ran);
    expect(dispatchedFor(subject)).toBe(1);
    const entries = await world.newEntries();
    expect(entries.filter((entry) => entry.kind === 'dispatch' && entry['approvalId'] === approvalId)).toHaveLength(1);
    expect(entries.filter((entry) => entry.kind === 'outcome' && entry['approvalId'] === approvalId)).toHaveLength(1);
  });

  it('J08 approved and rejected at once, it is one of them for good', async () => {
    const rounds = 12;
    const outcomes = await Promise.all(
      Array.from({ length: rounds }, async (_, round) => {
        const subject = `${transport} J08 ${round}`;
        const { approvalId } = await ask(world, { subject });
        const [approved, rejected] = await Promise.all([
          decide(world, approvalId, 'approve', deciders.olivia.token),
          decide(world, approvalId, 'reject', deciders.otto.token),
          ask(world, { subject }),
        ]);
        const claimed = await ask(world, { subject });
        const won = approved.status === 200;
        expect([approved.status, rejected.status].toSorted((a, b) => a - b)).toEqual([200, 409]);
        expect(claimed.status).toBe(won ? 'ran' : 'approval_rejected');
        expect(dispatchedFor(subject)).toBe(won ? 1 : 0);
        return won;
      }),
    );
    expect(outcomes).toHaveLength(rounds);
  });

  it('J16 claimed while the switch is pulled, it has run before the answer or never will', async () => {
    for (let round = 0; round < 8; round++) {
      const subject = `${transport} J16 ${round}`;
      const { approvalId } = await ask(world, { subject });
      await decide(world, approvalId, 'approve', deciders.olivia.token);
      const claims = [ask(world, { subject }), ask(world, { subject: `${subject}, new` })];
      const body = { scope: { writes: true }, reason: 'drill' };
      const pulled = await world.gateway.admin('POST', '/api/kill-switch', body);
      await Promise.all(claims);
      const { json } = await world.gateway.admin('GET', '/api/approvals?status=pending&limit=200');
      expect(JSON.stringify(json)).not.toContain(`J16 ${round}`);
      const status = await statusOf(world, approvalId);
      await world.gateway.admin('DELETE', `/api/kill-switch/${String(pulled.json['id'])}`);
      const again = await ask(world, { subject });
      if (status === 'void') expect([again.status, dispatchedFor(subject)]).toEqual(['approval_pending', 0]);
      else expect([status, dispatchedFor(subject) <= 1]).toEqual([expect.stringMatching(/^(exec|outc|fail)/), true]);
      if (again.status === 'approval_pending') await decide(world, again.approvalId, 'reject', deciders.olivia.token);
    }
  });

  it('asked many times at once, it is one request', async () => {
    const subject = `${transport} once`;
    const asked = await Promise.all(Array.from({ length: 20 }, () => ask(world, { subject })));
    expect(new Set(asked.map(({ approvalId }) => approvalId)).size).toBe(1);
    expect(await statusOf(world, asked[0]?.approvalId ?? '')).toBe('pending');
  });
});

describe('a host that waits', () => {
  let world: World;
  let deciders: Deciders;
  beforeAll(async () => {
    world = await startWorld({ config: CONFIG });
    deciders = await issueDeciders(world);
  });
  afterAll(() => world.close());

  const dispatched = (): number => world.crm.calls().filter(({ tool }) => tool === 'update_x').length;
  const pendingId = async (): Promise<string> => {
    const { json } = await world.gateway.admin('GET', '/api/approvals?status=pending');
    return (json['approvals'] as readonly { id: string }[])[0]?.id ?? '';
  };
  /** Sends a call and leaves the connection open. */
  const hold = (subject: string, token = world.tokens.alice): { readonly socket: Socket; text(): string } => {
    const headers = [['Accept', 'application/json, text/event-stream']] as const;
    const params = { name: 'crm__update_x', arguments: { subject } };
    const request = world.request('2026-07-28', { params, headers, token });
    const head = (request.headers ?? []).map((pair) => `${pair.join(': ')}\r\n`).join('');
    const body = String(request.body);
    const socket = connect(world.gateway.mcpPort, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.write(`POST /mcp HTTP/1.1\r\nHost: localhost\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    return { socket, text: () => text };
  };
  const untilHeld = async (subject: string, token?: string): Promise<ReturnType<typeof hold> & { id: string }> => {
    const held = hold(subject, token);
    await expect.poll(pendingId).toMatch(/^apr_/);
    return { ...held, id: await pendingId() };
  };

  it('gets the result when somebody agrees', async () => {
    const before = dispatched();
    const held = await untilHeld('agree');
    await decide(world, held.id, 'approve', deciders.olivia.token);
    await expect.poll(held.text).toContain('agree');
    expect(dispatched()).toBe(before + 1);
    held.socket.destroy();
  });

  it('and has hung up when somebody agrees has run nothing, until it asks again', async () => {
    const before = dispatched();
    const held = await untilHeld('hung up');
    held.socket.destroy();
    await expect.poll(() => statusOf(world, held.id)).toBe('pending');
    // The gateway has seen the connection go once it answers somebody who came later.
    await ask(world, { subject: 'somebody else' }, { as: 'bob' });
    await decide(world, held.id, 'approve', deciders.olivia.token);
    expect(await statusOf(world, held.id)).toBe('approved');
    expect(dispatched()).toBe(before);
    expect((await ask(world, { subject: 'hung up' })).status).toBe('ran');
    expect(dispatched()).toBe(before + 1);
    for (const id of [await pendingId()]) await decide(world, id, 'reject', deciders.olivia.token);
  });

  it('J15 and whose token is revoked meanwhile has run nothing, whatever somebody agrees to', async () => {
    const before = dispatched();
    const { id: tokenId, token } = await world.gateway.issue({ user: 'karl', groups: ['staff'] });
    const held = await untilHeld('revoked', token);
    await world.gateway.admin('DELETE', `/api/tokens/${tokenId}`);
    await decide(world, held.id, 'approve', deciders.olivia.token);
    await expect.poll(held.text).toContain('approval_pending');
    expect(dispatched()).toBe(before);
    expect((await ask(world, { subject: 'revoked' }, { token })).status).toBe('-31004');
    held.socket.destroy();
  });

  it('J16 is let go when the switch is pulled, and nothing of before it runs after it', async () => {
    const before = dispatched();
    const approved = await ask(world, { subject: 'approved before' });
    await decide(world, approved.approvalId, 'approve', deciders.olivia.token);
    const held = await untilHeld('held');
    const pulled = await world.gateway.admin('POST', '/api/kill-switch', { scope: { writes: true }, reason: 'drill' });
    expect(pulled.status).toBe(200);
    await expect.poll(held.text).toContain('-31002');
    for (const id of [held.id, approved.approvalId]) {
      expect(await statusOf(world, id)).toBe('void');
      expect((await decide(world, id, 'approve', deciders.otto.token)).status).toBe(409);
    }
    expect(await ask(world, { subject: 'held' })).toMatchObject({ status: '-31002' });
    await world.gateway.admin('DELETE', `/api/kill-switch/${String(pulled.json['id'])}`);
    const after: Asked[] = [];
    for (const subject of ['held', 'approved before']) after.push(await ask(world, { subject }));
    expect(after.map(({ status }) => status)).toEqual(['approval_pending', 'approval_pending']);
    expect(after.map(({ approvalId }) => approvalId)).not.toContain(held.id);
    expect(dispatched()).toBe(before);
    for (const { approvalId } of after) await decide(world, approvalId, 'reject', deciders.olivia.token);
  });

  it('J13 is told that too many wait, and drops none of them', async () => {
    const asked = [];
    for (let index = 0; index < 40; index++) asked.push(await ask(world, { subject: `many ${index}` }, { as: 'bob' }));
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set(['approval_pending']));
    const params = { name: 'crm__update_x', arguments: { subject: 'one too many' } };
    const request = world.request('2026-07-28', { params, token: world.tokens.bob });
    const seen = await attack(world, '2026-07-28', request);
    expect(seen).toEqual(refused(200, 'isError', ...seen.reasons));
    expect(seen.reasons).toContain('approval_backlog');
    const { json } = await world.gateway.admin('GET', '/api/approvals?status=pending&limit=200');
    expect(json['approvals']).toHaveLength(40);
    expect((await ask(world, { subject: 'of somebody else' })).status).toBe('approval_pending');
  });
});
