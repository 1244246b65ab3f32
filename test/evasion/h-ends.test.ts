import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide } from '../support/approvals-desk.ts';
import { startWorld, type World } from '../support/evasion-world.ts';
import { startTestIssuer, type TestIssuer } from '../support/test-issuer.ts';

// Class H, the end of a credential: what was begun with it goes no further than it was good for.

const MODERN = '2026-07-28';
const READ = { name: 'crm__read_x' };
const STAFF = { groups: ['staff'] };
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

let login: TestIssuer;
let world: World;
beforeAll(async () => {
  login = await startTestIssuer({ nowMs: () => Date.now() });
  const issuer = `{ issuer: "${login.url}", algorithms: [ES256], jwksUri: "${login.url}/keys", claims: { groups: groups } }`;
  world = await startWorld({ config: `identity: { issuers: [${issuer}] }\n` });
});
afterAll(async () => {
  await world.close();
  await login.close();
});

/** A token that is good for some seconds more. With half a minute for clocks that differ, it is long over by its own words. */
async function signShort(sub: string): Promise<{ readonly token: string; readonly endMs: number }> {
  const exp = nowSeconds() - 30 + SHORT_S;
  return { token: await login.sign({ ...STAFF, sub, iat: exp - 600, exp }), endMs: (exp + 30) * 1000 };
}

/** Enough for a busy machine to begin with it. */
const SHORT_S = 8;

describe('H08 a credential that ends while its call waits for a person', () => {
  const calls = (): number => world.crm.calls().filter(({ tool }) => tool === 'update_x').length;
  const hold = (token: string) => {
    const headers = [['Accept', 'application/json, text/event-stream']] as const;
    return world.send(
      world.request(MODERN, { params: { name: 'crm__update_x', arguments: { wait: 1 } }, token, headers }),
    );
  };
  const pendingOf = async (requester: string): Promise<string> => {
    const { json } = await world.gateway.admin('GET', '/api/approvals?status=pending');
    const approvals = json['approvals'] as readonly { readonly id: string; readonly requester: string }[];
    return approvals.find((each) => each.requester.endsWith(requester))?.id ?? '';
  };

  it('runs nothing, though it was approved; the next one of the same person does', async () => {
    const before = calls();
    const { token } = await signShort('zoe');
    const held = hold(token);
    await expect.poll(() => pendingOf('#zoe')).not.toBe('');
    const isOver = async () => (await world.send(world.request(MODERN, { params: READ, token }))).status;
    await expect.poll(isOver).toBe(401);
    const approver = { user: 'olivia', plane: 'admin', roles: ['approver'], groups: ['leads'] } as const;
    const { token: olivia } = await world.gateway.issue(approver);
    expect((await decide(world, await pendingOf('#zoe'), 'approve', olivia)).status).toBe(200);
    expect((await held).body).toContain('Call again with the same arguments');
    expect(calls()).toBe(before);

    const renewed = await login.sign({ ...STAFF, sub: 'zoe' });
    expect((await hold(renewed)).body).toContain('wait');
    expect(calls()).toBe(before + 1);
  });
});

describe('H08 a credential that ends in the middle of a batch', () => {
  it('makes none of the calls that come after that', async () => {
    const { token, endMs } = await signShort('zita');
    const headers = [
      ['Content-Type', 'application/json'],
      ['Accept', 'application/json'],
      ['Authorization', `Bearer ${token}`],
    ] as const;
    const params = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    const opening = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
    const opened = await world.send({ headers, body: opening });
    const session = ['Mcp-Session-Id', opened.headers.get('mcp-session-id') ?? ''] as const;
    const call = (id: number) => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { ...READ, arguments: { zita: id } },
    });

    world.crm.server?.on('tools/call', (_request, reply) => {
      setTimeout(() => reply.result({ resultType: 'complete', content: [] }), endMs + 500 - Date.now());
    });
    const answer = await world.send({ headers: [...headers, session], body: JSON.stringify([call(1), call(2)]) });
    world.crm.beHonest();
    expect(JSON.parse(answer.body)).toMatchObject([
      { id: 1, result: {} },
      { id: 2, error: { code: -31004 } },
    ]);
    expect(world.crm.calls().filter(({ text }) => text.includes('zita'))).toHaveLength(1);
  });
});
