import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { ask, decide, type Deciders, issueDeciders, statusOf } from '../support/approvals-desk.ts';
import { attack, CRM_POLICY, MAIL_POLICY, refused, startWorld, TOOLS, type World } from '../support/evasion-world.ts';
import { HOSTS, metaOf } from '../support/host-request.ts';
import { sendRaw } from '../support/raw-http.ts';

// Class J: an approval is for one call of one person, once, and nobody gives it to themselves.

/** Long enough to be decided on before that on a busy machine. */
const SLOW_EXPIRES_S = 5;

let world: World;
let deciders: Deciders;
beforeAll(async () => {
  const policies = {
    'crm.yaml': CRM_POLICY.replace('write: [update_x]', 'write: [update_x, slow_w]').replace(
      'rules:',
      `rules:
  - { id: short, who: { groups: [staff] }, tools: [slow_w], effect: approve, approval: { expires: ${SLOW_EXPIRES_S}s } }`,
    ),
    'mail.yaml': MAIL_POLICY,
  };
  const tools = [...TOOLS, { name: 'slow_w', description: 'x', inputSchema: { type: 'object' } }];
  world = await startWorld({ policies, tools, config: 'limits: { pendingApprovalsPerPrincipal: 1000 }\n' });
  deciders = await issueDeciders(world);
});
afterAll(() => world.close());

/** Each test asks for something that no other test asks for. */
let subject = 0;
beforeEach(() => {
  subject += 1;
});
const args = (more: JsonObject = {}): JsonObject => ({ subject, ...more });
const dispatched = (): number => world.crm.calls().filter(({ tool }) => tool === 'update_x').length;

interface Pin {
  readonly id: string;
  readonly status: string;
}

async function askAndApprove(more: JsonObject = {}): Promise<string> {
  const { status, approvalId } = await ask(world, args(more));
  expect(status).toBe('approval_pending');
  expect((await decide(world, approvalId, 'approve', deciders.olivia.token)).status).toBe(200);
  return approvalId;
}

describe('what an approval is for', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['another value', { amount: 1 }, { amount: 2 }],
    ['a text for a number', { amount: 1 }, { amount: '1' }],
    ['one member more', { amount: 1 }, { amount: 1, cc: 'eve' }],
    ['one member less', { amount: 1, to: 'bob' }, { amount: 1 }],
    ['null for nothing', { amount: 1 }, { amount: 1, to: null }],
    ['another case', { to: 'bob' }, { to: 'Bob' }],
    ['another case of a name', { to: 'bob' }, { To: 'bob' }],
    ['another normal form', { to: '\u00e9' }, { to: 'e\u0301' }],
    ['what cannot be seen', { to: 'bob' }, { to: 'bob\u200b' }],
    ['another order of a list', { to: ['a', 'b'] }, { to: ['b', 'a'] }],
    ['a list for a value', { to: 'bob' }, { to: ['bob'] }],
    ['a member of a prototype', { to: 'bob' }, JSON.parse('{"to":"bob","__proto__":{"to":"eve"}}') as JsonObject],
  ])('J01 is not for other arguments: %s', async (_name, approved, sent) => {
    const before = dispatched();
    const id = await askAndApprove(approved);
    const again = await ask(world, args(sent));
    expect(again.status).toBe('approval_pending');
    expect(again.approvalId).not.toBe(id);
    expect(dispatched()).toBe(before);
    expect(await statusOf(world, id)).toBe('approved');
  });

  it.each<[string, (argsJson: string) => string]>([
    ['another order', () => `{"b":[1,2],"a":1,"subject":${subject}}`],
    ['other white space and escapes', () => `{ "\\u0061": 1.0, "b": [1, 2e0], "subject": ${subject} }`],
  ])('J01 is for the same arguments in %s, which are one call', async (_name, spell) => {
    const before = dispatched();
    await askAndApprove({ a: 1, b: [1, 2] });
    const meta = metaOf('2026-07-28');
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"crm__update_x","arguments":${spell('')},${meta}}}`;
    expect((await ask(world, {}, { body })).status).toBe('ran');
    expect(dispatched()).toBe(before + 1);
    expect(world.crm.calls().at(-1)?.text).toContain(`"arguments":{"a":1,"b":[1,2],"subject":${subject}}`);
  });

  it('J01 is not given by an argument, a member or a header that speaks of one', async () => {
    const id = await askAndApprove();
    const before = dispatched();
    const claims = [
      args({ approvalId: id }),
      args({ approved: true }),
      args({ approval: { id, status: 'approved' } }),
      args({ _meta: { approvalId: id } }),
    ];
    for (const claim of claims) expect((await ask(world, claim)).status).toBe('approval_pending');
    expect(dispatched()).toBe(before);
  });

  it('J02 is void once the tool is no longer what it was', async () => {
    const before = dispatched();
    const id = await askAndApprove();
    const changed = TOOLS.map((tool) => (tool['name'] === 'update_x' ? { ...tool, description: 'Does more' } : tool));
    world.crm.server?.on('tools/list', (_request, reply) =>
      reply.result({ resultType: 'complete', ttlMs: 0, cacheScope: 'private', tools: changed }),
    );
    await announceNewList();
    // Out of sight until somebody has looked, and another tool after that.
    expect((await ask(world, args())).status).toBe('-32602');
    const { pins } = (await world.gateway.admin('GET', '/api/pins')).json as { pins: Pin[] };
    const waiting = pins.filter(({ status }) => status === 'pending');
    expect(waiting).toHaveLength(1);
    await world.gateway.admin('POST', `/api/pins/${waiting[0]?.id}/approve`);
    await announceNewList();
    const again = await ask(world, args());
    expect(again).toMatchObject({ status: 'approval_pending' });
    expect(again.approvalId).not.toBe(id);
    expect(await statusOf(world, id)).toBe('void');
    expect(dispatched()).toBe(before);
    const replaced = ((await world.gateway.admin('GET', '/api/pins')).json as { pins: Pin[] }).pins;
    const former = replaced.find(({ status }) => status === 'replaced');
    await world.gateway.admin('POST', `/api/pins/${former?.id}/approve`);
    world.crm.server?.on('tools/list', undefined);
    await announceNewList();
  });

  it('J03 is not for the same tool of another upstream', async () => {
    const id = await askAndApprove();
    const elsewhere = await ask(world, args(), { tool: 'mail__update_x' });
    expect(elsewhere).toMatchObject({ status: 'approval_pending' });
    expect(elsewhere.approvalId).not.toBe(id);
    expect(world.mail.calls().filter(({ tool }) => tool === 'update_x')).toEqual([]);
  });

  it('J04 is not for another person, nor for another credential of the same', async () => {
    const before = dispatched();
    const id = await askAndApprove();
    const second = await world.gateway.issue({ user: 'alice', groups: ['staff'] });
    for (const options of [{ as: 'bob' } as const, { token: second.token }]) {
      const other = await ask(world, args(), options);
      expect(other.status).toBe('approval_pending');
      expect(other.approvalId).not.toBe(id);
    }
    expect((await ask(world, args(), { as: 'carol' })).status).toBe('-32602');
    expect(dispatched()).toBe(before);
    expect((await ask(world, args())).status).toBe('ran');
  });

  it('J10 is for one run, in whatever era it is claimed, and its result is not a second one', async () => {
    const before = dispatched();
    await askAndApprove();
    for (const host of [...HOSTS, ...HOSTS]) expect((await ask(world, args(), { host })).status).toBe('ran');
    expect(dispatched()).toBe(before + 1);
  });
});

describe('who gives it', () => {
  it.each<[string, (ids: Deciders) => string, number]>([
    ['J05 the requester, by an administrator’s credential', (all) => all.alice.token, 403],
    ['J05 the requester, under another spelling of their name', (all) => all.Alice.token, 403],
    ['an approver of another group', (all) => all.oscar.token, 403],
    ['an operator who is no approver', (all) => all.victor.token, 403],
    ['the requester’s own token', () => world.tokens.alice, 403],
    ['another person’s token of the MCP plane', () => world.tokens.bob, 403],
    ['a token that is none', () => 'x', 401],
    ['a token of the MCP plane, dressed for this one', () => world.tokens.bob.replace('csm', 'csa'), 401],
  ])('not %s', async (_name, tokenOf, status) => {
    const before = dispatched();
    const { approvalId } = await ask(world, args());
    for (const how of ['approve', 'reject'] as const) {
      expect((await decide(world, approvalId, how, tokenOf(deciders))).status).toBe(status);
    }
    expect(await statusOf(world, approvalId)).toBe('pending');
    expect((await ask(world, args())).status).toBe('approval_pending');
    expect(dispatched()).toBe(before);
  });

  it.each([
    ['countersign__approve', 'class_unclassified'],
    ['approve', 'tool_unknown'],
    ['crm__approve', 'class_unclassified'],
  ] as const)('not an agent through a tool: %s', async (name, reason) => {
    const { approvalId } = await ask(world, args());
    const params = { name, arguments: { id: approvalId, approvalId, decision: 'approve' } };
    const seen = await attack(world, '2026-07-28', world.request('2026-07-28', { params }));
    expect(seen).toEqual(refused(200, -32602, reason));
    expect(await statusOf(world, approvalId)).toBe('pending');
  });

  it.each([{ action: 'approve' }, { action: 'reject' }, { decision: 'approve' }, {}])(
    'not an agent through the tool that tells of requests: %j',
    async (more) => {
      const { approvalId } = await ask(world, args());
      const before = dispatched();
      const params = { name: 'countersign__approvals', arguments: { approvalId, ...more } };
      await attack(world, '2026-07-28', world.request('2026-07-28', { params }));
      expect(await statusOf(world, approvalId)).toBe('pending');
      expect(dispatched()).toBe(before);
    },
  );

  it('J15 not somebody who may no longer, though they could when they did', async () => {
    const before = dispatched();
    const wish = { user: 'oona', plane: 'admin', roles: ['approver'], groups: ['leads'] } as const;
    const oona = await world.gateway.issue(wish);
    const { approvalId } = await ask(world, args());
    expect((await decide(world, approvalId, 'approve', oona.token)).status).toBe(200);
    await world.gateway.admin('DELETE', `/api/tokens/${oona.id}`);
    expect(await ask(world, args())).toMatchObject({ status: 'approval_void' });
    expect(await statusOf(world, approvalId)).toBe('void');
    expect(dispatched()).toBe(before);
  });

  it('J15 not for a requester who may no longer ask', async () => {
    const before = dispatched();
    const gone = await world.gateway.issue({ user: 'gone', groups: ['staff'] });
    const { approvalId } = await ask(world, args(), { token: gone.token });
    await world.gateway.admin('DELETE', `/api/tokens/${gone.id}`);
    await decide(world, approvalId, 'approve', deciders.olivia.token);
    expect((await ask(world, args(), { token: gone.token })).status).toBe('-31004');
    // Somebody of that name comes back, with other rights and with the same.
    const weaker = await world.gateway.issue({ user: 'gone', groups: [] });
    expect((await ask(world, args(), { token: weaker.token })).status).toBe('-32602');
    const renewed = await world.gateway.issue({ user: 'gone', groups: ['staff'] });
    expect((await ask(world, args(), { token: renewed.token })).status).toBe('approval_pending');
    expect(dispatched()).toBe(before);
  });
});

describe('how it is given', () => {
  const adminRequest = (method: string, path: string, headers: readonly (readonly [string, string])[], body = '') =>
    sendRaw(world.gateway.adminPort, { method, path, headers, body });

  it('J19 not by a link, a form, a page of another site or a method that is none', async () => {
    const { approvalId } = await ask(world, args());
    const path = `/api/approvals/${approvalId}/approve`;
    const olivia = ['Authorization', `Bearer ${deciders.olivia.token}`] as const;
    const json = ['Content-Type', 'application/json'] as const;
    const tried = [
      [405, 'GET', path, [olivia]],
      [405, 'HEAD', path, [olivia]],
      [405, 'PUT', path, [olivia, json]],
      [405, 'GET', path, [olivia, ['X-HTTP-Method-Override', 'POST']]],
      [303, 'POST', `/approvals/${approvalId}`, [olivia, json]],
      [401, 'POST', `${path}?token=${deciders.olivia.token}`, [json]],
      [401, 'POST', path, [json, ['Cookie', `token=${deciders.olivia.token}`]]],
      [400, 'POST', `${path}?approve=true`, [olivia, json]],
      [415, 'POST', path, [olivia, ['Content-Type', 'application/x-www-form-urlencoded']], 'comment=ok'],
      [415, 'POST', path, [olivia, ['Content-Type', 'text/plain']], '{}'],
      [403, 'POST', path, [olivia, json, ['Origin', 'https://evil.example']], '{}'],
      [403, 'POST', path, [olivia, json, ['Origin', 'null']], '{}'],
      [403, 'POST', path, [olivia, json, ['Host', 'evil.example']], '{}'],
      [400, 'POST', path, [olivia, olivia, json], '{}'],
    ] as const;
    for (const [status, method, target, headers, body] of tried) {
      const answer = await adminRequest(method, target, headers, body);
      expect([method, target, answer.status]).toEqual([method, target, status]);
    }
    expect(await statusOf(world, approvalId)).toBe('pending');
  });

  it.each([
    '{"approved":true}',
    '{"status":"executed"}',
    '{"decidedBy":"otto"}',
    '{"by":"otto","comment":"ok"}',
    '{"__proto__":{"roles":["approver"]}}',
    '{"comment":"ok","comment":"no"}',
    '{"comment":{}}',
    `{"comment":"${'x'.repeat(1001)}"}`,
    '{"argsDigest":"no"}',
    '["ok"]',
    '{"comment":"ok"',
  ])('P04 not with %.40s', async (body) => {
    const { approvalId } = await ask(world, args());
    const answer = await world.gateway.admin(
      'POST',
      `/api/approvals/${approvalId}/approve`,
      body,
      deciders.olivia.token,
    );
    expect(answer.status).toBe(400);
    expect(await statusOf(world, approvalId)).toBe('pending');
  });

  it('not for arguments other than those that were looked at', async () => {
    const { approvalId } = await ask(world, args());
    const digest = { argsDigest: 'a'.repeat(64) };
    expect((await decide(world, approvalId, 'approve', deciders.olivia.token, digest)).status).toBe(409);
    expect(await statusOf(world, approvalId)).toBe('pending');
  });

  it.each<[string, (id: string) => string]>([
    ['cut', (id) => id.slice(0, -1)],
    ['in capitals', (id) => id.toUpperCase()],
    ['of nobody', (id) => id.replace(/.{8}$/, 'AAAAAAAA')],
    ['a pattern', () => '*'],
    ['a member of every object', () => '__proto__'],
    ['a path', (id) => `../approvals/${id}`],
    ['SQL', () => `x'%20OR%20'1'='1`],
    ['of 200 characters', () => 'a'.repeat(200)],
  ])('J21 not by guessing an id: %s', async (_name, change) => {
    const { approvalId } = await ask(world, args());
    expect(approvalId).toMatch(/^apr_[A-Za-z0-9_-]{22}$/);
    expect((await decide(world, change(approvalId), 'approve', deciders.olivia.token)).status).toBe(404);
    expect(await statusOf(world, approvalId)).toBe('pending');
  });

  it('not twice, and not against what was decided', async () => {
    const id = await askAndApprove();
    for (const how of ['approve', 'reject'] as const) {
      expect((await decide(world, id, how, deciders.otto.token)).status).toBe(409);
    }
    subject += 1000;
    const { approvalId } = await ask(world, args());
    expect((await decide(world, approvalId, 'reject', deciders.olivia.token)).status).toBe(200);
    expect((await decide(world, approvalId, 'approve', deciders.otto.token)).status).toBe(409);
    const before = dispatched();
    for (let round = 0; round < 3; round++)
      expect(await ask(world, args())).toEqual({ status: 'approval_rejected', approvalId });
    expect(dispatched()).toBe(before);
  });
});

describe('what an approver is shown', () => {
  it('J17 is exactly what would run, whatever is in it', async () => {
    const odd = {
      bidi: 'pay \u202e000,1\u202c to bob',
      unseen: 'bob\u200b\u{e0041}',
      escapes: '\u001b[2J\u0007\r\n\t\u0000',
      page: '<img src=x onerror=alert(1)>![x](http://evil.example)',
      long: 'x'.repeat(50_000),
      lines: Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n'),
      ['__proto__']: { to: 'eve' },
      '\u0000': null,
    };
    const { approvalId } = await ask(world, args(odd));
    const { json, text } = await world.gateway.admin(
      'GET',
      `/api/approvals/${approvalId}`,
      undefined,
      deciders.olivia.token,
    );
    expect(JSON.stringify(json['arguments'])).toBe(JSON.stringify(sorted(args(odd))));
    expect(text).toContain('application/json');
    await decide(world, approvalId, 'approve', deciders.olivia.token, { argsDigest: json['argsDigest'] });
    expect((await ask(world, args(odd))).status).toBe('ran');
    expect(JSON.stringify(world.crm.calls().at(-1)?.params['arguments'])).toBe(JSON.stringify(json['arguments']));
  });
});

/** As the canonical form has its members. */
function sorted(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describe('when it is given', () => {
  it('J09 not after it has expired', async () => {
    const { approvalId } = await ask(world, args(), { tool: 'crm__slow_w' });
    await expect.poll(async () => (await decide(world, approvalId, 'reject', 'x')).status).toBe(401);
    await new Promise((resolve) => setTimeout(resolve, SLOW_EXPIRES_S * 1000 + 50));
    expect((await decide(world, approvalId, 'approve', deciders.olivia.token)).status).toBe(409);
    expect(await statusOf(world, approvalId)).toBe('expired');
  });

  it('J09 and it does not run after that, though it was given in time', async () => {
    const { approvalId } = await ask(world, args(), { tool: 'crm__slow_w' });
    expect((await decide(world, approvalId, 'approve', deciders.olivia.token)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, SLOW_EXPIRES_S * 1000 + 50));
    const again = await ask(world, args(), { tool: 'crm__slow_w' });
    expect(again.status).toBe('approval_pending');
    expect(again.approvalId).not.toBe(approvalId);
    expect(await statusOf(world, approvalId)).toBe('expired');
    expect(world.crm.calls().filter(({ tool }) => tool === 'slow_w')).toEqual([]);
  });
});

/** A call whose answer says, on the way, that the list of tools is another; and waits until that has been read. */
async function announceNewList(): Promise<void> {
  const listsBefore = world.crm.server?.seen('tools/list').length ?? 0;
  const answerCalls = world.crm.server;
  const complete = { resultType: 'complete', content: [] };
  answerCalls?.on('tools/call', ({ message }, reply) =>
    reply.events(
      'data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n',
      `data: ${JSON.stringify({ jsonrpc: '2.0', id: message?.id, result: complete })}\n\n`,
    ),
  );
  await world.send(world.request('2026-07-28', { params: { name: 'crm__read_y' } }));
  world.crm.beHonest();
  await world.send(world.request('2026-07-28', { params: { name: 'crm__read_y' } }));
  expect(world.crm.server?.seen('tools/list').length).toBeGreaterThan(listsBefore);
}
