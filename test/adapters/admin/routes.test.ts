import { beforeEach, describe, expect, it } from 'vitest';
import type { DecisionEntry } from '../../../src/core/audit/entry.ts';
import {
  createFakeAdministration,
  type FakeAdministration,
  fakeApproval,
  fakeRecord,
} from '../../support/fake-administration.ts';
import { createFixedClock, type FixedClock } from '../../support/fixed-clock.ts';
import { type RunningAdminPlane, startAdminPlane } from '../../support/start-admin-plane.ts';

const DIGEST = '9f2c41d07a55'.padEnd(64, '0');
let clock: FixedClock;
let administration: FakeAdministration;
let plane: RunningAdminPlane;
let token: string;

beforeEach(async () => {
  clock = createFixedClock();
  administration = createFakeAdministration(() => clock.nowMs());
  plane = await startAdminPlane({ administration, clock });
  token = plane.admin('approver', 'operator', 'auditor');
});

const get = async (path: string) => (await plane.ask({ path, token })).json;
const post = async (path: string, json: unknown) => (await plane.ask({ method: 'POST', path, json, token })).json;
const asked = () => administration.calls.map(({ method, args }) => [method, ...args]);

describe('approvals', () => {
  const approval = fakeApproval(Date.UTC(2026, 10, 20, 14, 0));

  it('are listed with everything an approver must see', async () => {
    administration.approvals = [approval];
    expect(await get('/api/approvals')).toEqual({
      approvals: [
        {
          id: approval.id,
          status: 'pending',
          summary: 'alice wants to run update_deal on crm through cursor: Set amount of deal D-1 to 10',
          requester: 'alice',
          requesterName: 'alice',
          client: 'cursor',
          credentialId: 'tok_1',
          upstream: 'crm',
          tool: 'update_deal',
          class: 'write',
          arguments: { field: 'stage', id: 'D-42', value: 'won' },
          argsDigest: DIGEST,
          definitionDigest: 'd'.repeat(64),
          policyVersion: 'b'.repeat(64),
          ruleId: 'deal-updates',
          rulePlace: 'policies/crm.yaml:12:5',
          reason: 'Leads confirm changes to open deals',
          createdAt: '2026-11-20T14:00:00.000Z',
          expiresAt: '2026-11-20T14:30:00.000Z',
          by: 'approver',
          approverGroups: ['sales-leads'],
          approverUsers: [],
          approversNeeded: 1,
          approvedBy: [],
          confirm: null,
          reauthenticateSeconds: null,
          grantOffered: null,
          grant: null,
          origin: null,
          proposedBy: null,
          supersededBy: null,
          decidedBy: null,
          decidedAt: null,
          comment: null,
          note: null,
        },
      ],
      nextCursor: null,
    });
    expect(asked()).toEqual([['listApprovals', null, 50]]);
  });

  it('are listed by status and up to a limit', async () => {
    await get('/api/approvals?status=outcome-unknown&limit=200');
    expect(asked()).toEqual([['listApprovals', 'outcome-unknown', 200]]);
  });

  it('show hostile arguments as data', async () => {
    administration.approvals = [{ ...approval, argumentsShown: '{"__proto__":{"status":"approved"},"constructor":1}' }];
    const shown = await plane.ask({ path: `/api/approvals/${approval.id}`, token });
    expect(shown.body).toContain('"arguments":{"__proto__":{"status":"approved"},"constructor":1}');
    expect(shown.json.status).toBe('pending');
  });

  it('are approved with a comment and the digest of what was seen', async () => {
    administration.approvals = [approval];
    const answer = await post(`/api/approvals/${approval.id}/approve`, {
      comment: ' looks right ',
      argsDigest: DIGEST,
    });
    expect(answer).toMatchObject({ status: 'approved', decidedBy: 'olivia', decidedAt: '2026-11-20T00:00:00.000Z' });
    expect(asked()).toEqual([['approve', approval.id, 'looks right', DIGEST]]);
  });

  it('are rejected as easily', async () => {
    administration.approvals = [approval];
    expect(await post(`/api/approvals/${approval.id}/reject`, {})).toMatchObject({ status: 'rejected' });
    expect(asked()).toEqual([['reject', approval.id, null]]);
  });

  it.each(['apr_0000000000000000000002', 'nothing', '..', '%2e', '1%20OR%201'])(
    'J21 %s is not found, like any other',
    async (id) => {
      administration.approvals = [approval];
      const answer = await plane.ask({ path: `/api/approvals/${id}`, token });
      expect(answer.status).toBe(404);
      expect(answer.body).not.toContain(id);
    },
  );
});

describe('the kill switch', () => {
  it.each([
    { all: true },
    { writes: true },
    { upstream: 'crm' },
    { tool: 'crm/update_deal' },
    { principal: 'https://login.example.com#alice' },
    { client: 'cursor' },
  ])('is pulled for %j', async (scope) => {
    const answer = await post('/api/kill-switch', {
      scope,
      reason: 'runaway agent',
      expiresAt: '2026-11-20T02:00:00+01:00',
    });
    expect(answer).toEqual({
      id: 'kil_0000000000000000000001',
      scope,
      reason: 'runaway agent',
      by: 'olivia',
      createdAt: '2026-11-20T00:00:00.000Z',
      expiresAt: '2026-11-20T01:00:00.000Z',
      recorded: true,
      known: true,
      didYouMean: null,
    });
    expect(asked()).toEqual([
      ['pullKillSwitch', { scope, reason: 'runaway agent', expiresMs: Date.UTC(2026, 10, 20, 1) }],
    ]);
  });

  it.each([
    ['no scope', { reason: 'x' }],
    ['an empty scope', { scope: {}, reason: 'x' }],
    ['a scope of two members', { scope: { upstream: 'crm', client: 'cursor' }, reason: 'x' }],
    ['all that is not true', { scope: { all: 'yes' }, reason: 'x' }],
    ['all that is false', { scope: { all: false }, reason: 'x' }],
    ['a tool without its upstream', { scope: { tool: 'update_deal' }, reason: 'x' }],
    ['no reason', { scope: { all: true } }],
    ['an empty reason', { scope: { all: true }, reason: '  ' }],
    ['an end in the past', { scope: { all: true }, reason: 'x', expiresAt: '2026-11-19T23:59:59Z' }],
    ['an end at this moment', { scope: { all: true }, reason: 'x', expiresAt: '2026-11-20T00:00:00Z' }],
    ['an end without a zone', { scope: { all: true }, reason: 'x', expiresAt: '2026-11-21T00:00:00' }],
    ['an end as a number', { scope: { all: true }, reason: 'x', expiresAt: 1 }],
  ])('is not pulled with %s', async (_, json) => {
    expect((await plane.ask({ method: 'POST', path: '/api/kill-switch', json, token })).status).toBe(400);
    expect(administration.calls).toEqual([]);
  });

  it('is listed and released', async () => {
    administration.killSwitches = [
      {
        id: 'kil_1',
        scope: { writes: true },
        reason: 'deploy',
        by: 'olivia',
        createdMs: clock.nowMs(),
        expiresMs: null,
      },
    ];
    const shown = {
      id: 'kil_1',
      scope: { writes: true },
      reason: 'deploy',
      by: 'olivia',
      createdAt: '2026-11-20T00:00:00.000Z',
      expiresAt: null,
    };
    expect(await get('/api/kill-switch')).toEqual({ killSwitches: [shown] });
    expect((await plane.ask({ method: 'DELETE', path: '/api/kill-switch/kil_1', token })).json).toEqual(shown);
    expect((await plane.ask({ method: 'DELETE', path: '/api/kill-switch/kil_2', token })).status).toBe(404);
  });
});

describe('the audit log', () => {
  const entry: Partial<DecisionEntry> = { kind: 'decision', timeMs: 1, principal: 'alice', tool: 'update_deal' };

  it('is read newest last, with arguments where the payload came along, and never with its salt', async () => {
    administration.records = [
      fakeRecord(1, { ...entry, payloadDigest: 'p' }, { id: 'D-42' }),
      fakeRecord(2, { kind: 'outcome', timeMs: 2, outcome: 'ok' }),
    ];
    const answer = await plane.ask({ path: '/api/audit', token });
    expect(answer.json).toEqual({
      entries: [
        { ...entry, payloadDigest: 'p', seq: 1, arguments: { id: 'D-42' } },
        { kind: 'outcome', timeMs: 2, outcome: 'ok', seq: 2 },
      ],
    });
    expect(answer.body).not.toContain('never-shown');
    expect(asked()).toEqual([['readAudit', { limit: 50, afterSequence: null }]]);
  });

  it('is read page by page', async () => {
    await get('/api/audit?limit=500&after=0');
    expect(asked()).toEqual([['readAudit', { limit: 500, afterSequence: 0 }]]);
  });

  it('is read entry by entry', async () => {
    administration.records = [fakeRecord(7, entry)];
    expect(await get('/api/audit/7')).toEqual({ ...entry, seq: 7 });
    for (const path of [
      '/api/audit/8',
      '/api/audit/x',
      '/api/audit/-1',
      '/api/audit/7.0',
      '/api/audit/9007199254740993',
    ]) {
      expect((await plane.ask({ path, token })).status).toBe(404);
    }
  });
});

describe('tokens', () => {
  it('are issued once in clear', async () => {
    const rights = { user: 'alice@example.com', groups: ['sales'], scopes: ['crm.read'] };
    const answer = await post('/api/tokens', { ...rights, ttl: '30d' });
    expect(answer).toEqual({
      id: 'tok_0000000000000000000009',
      token: `csm_0000000000000000000009_${'s'.repeat(44)}`,
      expiresAt: '2026-12-20T00:00:00.000Z',
    });
    expect(asked()).toEqual([['createToken', { ...rights, plane: 'mcp', roles: [], ttlMs: 30 * 86_400_000 }]]);
  });

  it.each([
    ['no user', { user: undefined }],
    ['a user that could be a principal of an issuer', { user: 'https://login.example.com#alice' }],
    ['a user with a space', { user: 'alice admin' }],
    ['a user with an invisible character', { user: 'alice\u200b' }],
    ['a scope that is two', { scopes: ['crm.read crm.write'] }],
    ['groups as a text', { groups: 'sales' }],
    ['a group with a line break', { groups: ['sales\nadmins'] }],
    ['a role that there is not', { roles: ['admin'] }],
    ['a plane that there is not', { plane: 'all' }],
    ['no time to live', { ttl: undefined }],
    ['a time to live without a unit', { ttl: '30' }],
    ['a time to live as a number', { ttl: 30 }],
  ])('are not issued with %s', async (_, fields) => {
    const json = { user: 'alice', ttl: '1d', ...fields };
    expect((await plane.ask({ method: 'POST', path: '/api/tokens', json, token })).status).toBe(400);
    expect(administration.calls).toEqual([]);
  });

  it('are listed without anything of their secrets, and revoked', async () => {
    const { token: stored } = plane.tokens.issue();
    administration.tokens = [stored];
    const listed = await plane.ask({ path: '/api/tokens', token });
    expect(listed.json).toEqual({
      tokens: [
        {
          id: stored.id,
          plane: 'mcp',
          user: 'alice',
          groups: ['sales'],
          scopes: ['crm.read'],
          roles: [],
          createdAt: '1970-01-01T00:00:00.000Z',
          expiresAt: '2027-01-01T00:00:00.000Z',
          revokedAt: null,
        },
      ],
    });
    expect(listed.body).not.toContain(stored.secretHash);
    const revoked = await plane.ask({ method: 'DELETE', path: `/api/tokens/${stored.id}`, token });
    expect(revoked.json).toEqual({ id: stored.id, revoked: true });
  });
});

it('upstreams are shown as they are doing', async () => {
  expect(await get('/api/upstreams')).toMatchObject({
    upstreams: [
      { name: 'crm', state: 'ready', tools: 12 },
      { name: 'files', state: 'failing', lastFault: 'the process ended with exit code 1' },
    ],
  });
});
