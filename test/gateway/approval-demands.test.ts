import { describe, expect, it } from 'vitest';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

const policy = (approval: string): string => `
version: 1
upstream: notes
classes: { write: [update] }
rules:
  - { id: change, who: { groups: [staff] }, tools: [update], effect: approve, approval: ${approval} }
`;
const alice = person('alice');
const olivia = administrator('olivia');
const asAlice = administrator('alice', { roles: ['viewer'], groups: [] });

async function ask(approval: string, args = { repo: 'acme/site' }, who = alice) {
  const rig = await createGatewayRig({ policies: [policy(approval)], upstreams: { notes: ['update'] } });
  const tokens = { tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids };
  for (const [user, role] of [
    ['olivia', 'approver'],
    ['otto', 'approver'],
    ['alice', 'viewer'],
  ] as const) {
    const request = { plane: 'admin', user, groups: [], scopes: [], roles: [role], ttlMs: 1e9 } as const;
    await issueToken(tokens, request, 'test');
  }
  const answer = await rig.call(who, 'notes__update', args);
  return { rig, answer, id: (answer.structured?.['approvalId'] ?? '') as string };
}

const runs = (rig: GatewayRig): number => rig.upstreams.get('notes')?.seen.length ?? 0;

describe('a call that the acting person confirms', () => {
  it('runs once they did, whatever their role', async () => {
    const { rig, id } = await ask('{ by: requester }');
    expect(await rig.administration.showApproval(asAlice, id)).toMatchObject({
      value: { mayDecide: { allowed: true } },
    });
    expect(await rig.administration.approve(asAlice, id, null, null)).toMatchObject({ ok: true });
    expect((await rig.call(alice, 'notes__update', { repo: 'acme/site' })).text).toContain('ran update');
    expect(runs(rig)).toBe(1);
  });

  it.each([
    ['an approver', olivia],
    ['somebody of the same name in other letters', administrator('Alice', { roles: ['viewer'] })],
    ['somebody whom an issuer calls the same', administrator('alice', { subject: 'https://login.example.com#alice' })],
  ])('is not confirmed by %s', async (_who, by) => {
    const { rig, id } = await ask('{ by: requester }');
    expect(await rig.administration.approve(by, id, null, null)).toMatchObject({ error: { kind: 'forbidden' } });
    expect(await rig.administration.reject(by, id, null)).toMatchObject({ error: { kind: 'forbidden' } });
  });

  it('is confirmed by the one whom the issuer vouches for', async () => {
    const subject = 'https://login.example.com#7';
    const seven = person('Seven', { id: subject as never, issuer: 'https://login.example.com' });
    const { rig, id } = await ask('{ by: requester }', { repo: 'x' }, seven);
    expect(await rig.administration.approve(administrator('seven', { subject }), id, null, null)).toMatchObject({
      ok: true,
    });
    expect(
      await rig.administration.showApproval(administrator('seven', { subject, roles: ['viewer'] }), id),
    ).toMatchObject({
      value: { approval: { argumentsShown: '{"repo":"x"}' } },
    });
  });

  it('is not so where another rule asks for somebody else', async () => {
    const both = policy('{ by: requester }').concat(
      '  - { id: other, who: { groups: [staff] }, tools: [update], effect: approve }\n',
    );
    const rig = await createGatewayRig({ policies: [both], upstreams: { notes: ['update'] } });
    const id = (await rig.call(alice, 'notes__update')).structured?.['approvalId'] as string;
    expect(await rig.administration.approve(asAlice, id, null, null)).toMatchObject({ error: { kind: 'forbidden' } });
    expect(await rig.administration.approve(olivia, id, null, null)).toMatchObject({ ok: true });
  });
});

describe('what a rule asks of an approver', () => {
  it.each([
    ['nothing', undefined],
    ['another value', 'acme/sites'],
    ['other letters', 'Acme/Site'],
    ['more', 'acme/site '],
  ])('a value to be typed: %s does not do', async (_what, confirm) => {
    const { rig, id } = await ask("{ confirm: '{{args.repo}}' }");
    const more = confirm === undefined ? {} : { confirm };
    expect(await rig.administration.approve(olivia, id, null, null, more)).toMatchObject({
      error: { kind: 'conflict' },
    });
    expect(await rig.administration.approve(olivia, id, null, null, { confirm: 'acme/site' })).toMatchObject({
      ok: true,
    });
  });

  it.each([{}, { repo: '' }, { repo: { a: 1 } }, { repo: 'a\u202eb' }, { repo: ' x' }, { repo: 'x'.repeat(500) }])(
    'a value to be typed that nobody could type: %j is denied',
    async (args) => {
      const { rig, answer } = await ask("{ confirm: '{{args.repo}}' }", args as never);
      expect(answer.structured).toMatchObject({ status: 'denied', reason: 'arguments_not_shown' });
      expect(await rig.store.approvals.list({ status: null, limit: 1 })).toEqual([]);
    },
  );

  it.each<[string, object, boolean]>([
    ['a token', {}, false],
    ['a session that is old', { provedAgoMs: 300_001 }, false],
    ['a session that is young', { provedAgoMs: 299_000 }, true],
  ])('a fresh sign-in: %s', async (_what, session, isFresh) => {
    const { rig, id } = await ask('{ reauthenticate: 5m }');
    const by = administrator('olivia', session);
    expect(await rig.administration.showApproval(by, id)).toMatchObject({
      value: { mayDecide: { allowed: isFresh, reauthenticate: !isFresh } },
    });
    expect((await rig.administration.approve(by, id, null, null)).ok).toBe(isFresh);
    if (!isFresh) expect((await rig.administration.reject(by, id, null)).ok).toBe(true);
  });

  it('to be one of the people that it names', async () => {
    const { rig, id } = await ask('{ by: { users: [otto] } }');
    expect(await rig.administration.approve(olivia, id, null, null)).toMatchObject({ error: { kind: 'forbidden' } });
    expect(await rig.administration.approve(administrator('otto'), id, null, null)).toMatchObject({ ok: true });
    expect((await rig.call(alice, 'notes__update', { repo: 'acme/site' })).text).toContain('ran update');
  });
});

describe('J09 a clock that is set back', () => {
  it('gives an approval no more time, pending or approved', async () => {
    const { rig, id } = await ask('{ expires: 10m }');
    rig.clock.advance(599_000);
    rig.clock.setBy(-3_600_000);
    rig.clock.advance(2000);
    expect(await rig.administration.approve(olivia, id, null, null)).toMatchObject({ error: { kind: 'conflict' } });
    const next = (await rig.call(alice, 'notes__update', { repo: 'acme/site' })).structured?.['approvalId'] as string;
    expect(next).not.toBe(id);
    await rig.administration.approve(olivia, next, null, null);
    rig.clock.setBy(-3_600_000);
    rig.clock.advance(600_000);
    await rig.call(alice, 'notes__update', { repo: 'acme/site' });
    expect(runs(rig)).toBe(0);
  });
});

describe('what an approver is told beside the request', () => {
  it('is the difference from the last approved call, and what is unusual', async () => {
    const { rig, id } = await ask('{}');
    const first = await rig.administration.showApproval(olivia, id);
    expect(first).toMatchObject({ value: { difference: null, badges: ['first-time'] } });
    await rig.administration.approve(olivia, id, null, null);
    await rig.call(alice, 'notes__update', { repo: 'acme/site' });
    const other = person('alice', { client: 'host-2' });
    const second = (await rig.call(other, 'notes__update', { repo: 'acme/app' })).structured?.['approvalId'] as string;
    expect(await rig.administration.showApproval(olivia, second)).toMatchObject({
      value: {
        difference: { against: { id }, changes: [{ place: '/repo', before: '"acme/site"', after: '"acme/app"' }] },
        badges: ['new-client'],
      },
    });
    const viewer = administrator('victor', { roles: ['viewer'] });
    expect(JSON.stringify(await rig.administration.showApproval(viewer, second))).not.toContain('acme/');
  });
});
