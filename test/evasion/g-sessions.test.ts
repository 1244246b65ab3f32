import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, callHonestly, refused, startWorld, TOOLS, type World } from '../support/evasion-world.ts';
import { HOSTS, initialize } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { sendRaw } from '../support/raw-http.ts';

// Class G: what belongs to one person in the hands of another. A session gives no right; it only ever takes one away.

const SESSION = '2025-11-25 in a session';
const READ = { name: 'crm__read_x' };

describe('a session', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  const unknown = refused(404, -31006, 'malformed');

  it.each(['tools/call', 'tools/list', 'ping'])('G01 of alice in the hands of bob is none: %s', async (method) => {
    const request = world.request(SESSION, { method, params: READ, token: world.tokens.bob });
    expect(await attack(world, SESSION, request)).toEqual(unknown);
  });

  it('G01 of alice in the hands of a second credential of hers is none', async () => {
    const second = await world.gateway.issue({ user: 'alice', groups: ['staff'] });
    const request = world.request(SESSION, { params: READ, token: second.token });
    expect(await attack(world, SESSION, request)).toEqual(unknown);
  });

  it('G01 gives nobody a right who brings no credential', async () => {
    const request = world.request(SESSION, { params: READ, token: null });
    expect(await attack(world, SESSION, request)).toEqual(refused(401, -31004, 'unauthenticated'));
  });

  it.each<[string, (id: string) => string]>([
    ['in another case', (id) => id.toUpperCase()],
    ['cut', (id) => id.slice(0, -1)],
    ['with more behind it', (id) => `${id}A`],
    ['without its prefix', (id) => id.slice('session_'.length)],
    ['that nobody has', (id) => id.replace(/.{6}$/, 'AAAAAA')],
    ['named like a member of every object', () => '__proto__'],
    ['that is empty', () => ''],
    ['of 8 kB', () => 'x'.repeat(8192)],
  ])('G01 %s is none', async (_name, change) => {
    const headers = [['Mcp-Session-Id', change(world.session)]] as const;
    const seen = await attack(world, SESSION, world.request(SESSION, { params: READ, headers }));
    expect(seen).toEqual(unknown);
  });

  it('G02 gets its id from the gateway, whatever id the host brings', async () => {
    const ids = await Promise.all(
      ['chosen-by-the-host', world.session, '', 'x', 'y', 'z'].map((id) =>
        initialize(world.gateway.mcpPort, world.tokens.alice, [['Mcp-Session-Id', id]]),
      ),
    );
    expect(new Set([...ids, world.session]).size).toBe(ids.length + 1);
    // 22 characters of base64url are 128 bits and 4 that say nothing.
    for (const id of ids) expect(id).toMatch(/^session_[A-Za-z0-9_-]{22}$/);
    const headers = [['Mcp-Session-Id', 'chosen-by-the-host']] as const;
    const seen = await attack(world, SESSION, world.request(SESSION, { params: READ, headers }));
    expect(seen).toEqual(unknown);
  });

  it('G05 does not outlive the credential that it was opened with', async () => {
    const { id, token } = await world.gateway.issue({ user: 'erin', groups: ['staff'] });
    const session = await initialize(world.gateway.mcpPort, token);
    const headers = [['Mcp-Session-Id', session]] as const;
    const request = world.request(SESSION, { params: READ, token, headers });
    expect((await world.send(request)).status).toBe(200);
    expect((await world.gateway.admin('DELETE', `/api/tokens/${id}`)).status).toBe(200);
    expect(await attack(world, SESSION, request)).toEqual(refused(401, -31004, 'unauthenticated'));
    // A new credential of the same person does not bring it back.
    const renewed = await world.gateway.issue({ user: 'erin', groups: ['staff'] });
    const again = world.request(SESSION, { params: READ, token: renewed.token, headers });
    expect(await attack(world, SESSION, again)).toEqual(unknown);
  });

  it('G07 of alice is not ended by bob', async () => {
    const request = world.request(SESSION, { token: world.tokens.bob, body: '' });
    const asDelete = () => sendRaw(world.gateway.mcpPort, { ...request, method: 'DELETE' });
    expect(await attack(world, SESSION, asDelete)).toEqual(unknown);
    await expect(callHonestly(world, SESSION)).resolves.toBeUndefined();
  });

  it('G07 is over once its owner has ended it', async () => {
    const session = await initialize(world.gateway.mcpPort, world.tokens.alice);
    const headers = [['Mcp-Session-Id', session]] as const;
    const request = world.request(SESSION, { params: READ, headers });
    expect((await sendRaw(world.gateway.mcpPort, { ...request, method: 'DELETE', body: '' })).status).toBe(204);
    expect(await attack(world, SESSION, request)).toEqual(unknown);
  });

  it('G08 is shown a list that is its own, whatever the upstream says of sharing it', async () => {
    world.crm.server?.on('tools/list', (_request, reply) =>
      reply.result({
        resultType: 'complete',
        ttlMs: 86_400_000,
        cacheScope: 'public',
        tools: TOOLS.filter(({ name }) => name === 'read_x'),
      }),
    );
    const { token } = await world.gateway.issue({ user: 'frank', groups: ['staff'] });
    const answer = await world.send(world.request('2026-07-28', { method: 'tools/list', token, path: '/mcp/crm' }));
    expect(parseAnswerBody(answer).result).toMatchObject({ cacheScope: 'private', tools: [{ name: 'read_x' }] });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    world.crm.server?.on('tools/list', undefined);
  });
});

describe('G09 an upstream that remembers its last caller', () => {
  it('over stdio is another process for each person', async () => {
    const world = await startWorld({ transport: 'stdio' });
    try {
      for (const [person, host] of [
        ['alice', HOSTS[2]],
        ['bob', HOSTS[2]],
        ['alice', HOSTS[0]],
      ] as const) {
        const params = { name: 'crm__remember', arguments: { canary: `only ${person} knows` } };
        const answer = await world.send(world.request(host, { params, token: world.tokens[person] }));
        expect(answer.status).toBe(200);
        expect(answer.body).not.toContain(person === 'alice' ? 'bob knows' : 'alice knows');
      }
      const peers = world.crm
        .calls()
        .slice(-3)
        .map(({ peer }) => peer);
      expect(new Set(peers.slice(0, 2)).size).toBe(2);
      expect(peers[2]).toBe(peers[0]);
    } finally {
      await world.close();
    }
  });

  it('over HTTP of a legacy revision is another session for each person', async () => {
    const world = await startWorld({ transport: 'http, legacy' });
    try {
      for (const person of ['alice', 'bob', 'alice'] as const) {
        const params = { ...READ, arguments: { person } };
        await world.send(world.request('2026-07-28', { params, token: world.tokens[person] }));
      }
      const calls = world.crm.server?.seen('tools/call').slice(-3) ?? [];
      const sessions = calls.map(({ headers }) => headers.get('mcp-session-id'));
      expect(sessions[0]).toMatch(/./);
      expect(sessions[1]).not.toBe(sessions[0]);
      expect(sessions[2]).toBe(sessions[0]);
    } finally {
      await world.close();
    }
  });
});
