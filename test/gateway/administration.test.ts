import { describe, expect, it } from 'vitest';
import type { AdminRole } from '../../src/core/identity/principal.ts';
import type { KillScope } from '../../src/core/kill-switch/kill-switch.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules:
  - { id: staff-write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;

describe('the arguments of a call that waits for approval', () => {
  it.each<[AdminRole, boolean]>([
    ['approver', true],
    ['auditor', true],
    ['operator', false],
    ['viewer', false],
  ])('shown to an administrator with the role %s: %s', async (role, isShown) => {
    const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update'] } });
    await rig.call(person('alice'), 'notes__update', { diagnosis: 'measles' });
    const by = administrator('wanda', { roles: [role] });
    const listed = await rig.administration.listApprovals(by, null, 10);
    const id = listed.ok ? (listed.value[0]?.id ?? '') : '';
    const shown = await rig.administration.showApproval(by, id);
    expect(shown).toMatchObject({ ok: true, value: { approval: { id, status: 'pending' } } });
    expect(JSON.stringify([listed, shown]).includes('measles')).toBe(isShown);
  });
});

describe('a kill switch that would stop nothing', () => {
  it.each([
    ['an upstream that is not there', { upstream: 'note' }, false],
    ['a tool of one', { tool: 'note/update' }, false],
    ['an upstream that is there', { upstream: 'notes' }, true],
    ['a tool of one that is there, whether it has it or not', { tool: 'notes/purge' }, true],
    ['a person whom nobody has seen yet', { principal: 'mallory' }, true],
  ])('is refused, and only that: %s', async (_what, scope, isPulled) => {
    const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update'] } });
    const pulled = await rig.administration.pullKillSwitch(administrator('olivia'), {
      scope,
      reason: 'a drill',
      expiresMs: null,
    });
    expect(pulled).toMatchObject(isPulled ? { ok: true } : { ok: false, error: { kind: 'invalid' } });
  });
});

describe('what is known of the name in a kill switch', () => {
  const olivia = administrator('olivia');
  const lookUp = async (rig: GatewayRig, scope: KillScope) => {
    const pulled = await rig.administration.pullKillSwitch(olivia, { scope, reason: 'a drill', expiresMs: null });
    return pulled.ok ? pulled.value.name : pulled.error;
  };
  const start = async (): Promise<GatewayRig> => {
    const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update', 'list'] } });
    const alice = person('alice');
    const sub = person('https://login.example.com#8841', { name: 'Anna', client: 'app-seven' });
    await rig.call(alice, 'notes__update');
    await rig.call(sub, 'notes__update');
    const wish = { plane: 'mcp', user: 'bettina', groups: [], scopes: [], roles: [], ttlMs: 1e6 } as const;
    await rig.administration.createToken(olivia, wish);
    await rig.administration.createToken(olivia, { ...wish, plane: 'admin', user: 'oscar', roles: ['operator'] });
    return rig;
  };

  it('is told of each scope', async () => {
    const rig = await start();
    const rows: readonly (readonly [string, KillScope, boolean, string | null])[] = [
      ['everything', { all: true }, true, null],
      ['every write', { writes: true }, true, null],
      ['an upstream that is there', { upstream: 'notes' }, true, null],
      ['somebody who called', { principal: 'alice' }, true, null],
      ['somebody who has a token', { principal: 'bettina' }, true, null],
      ['somebody misspelt', { principal: 'alcie' }, false, 'alice'],
      ['somebody in capitals', { principal: 'Bettina' }, false, 'bettina'],
      [
        'somebody by the name that their claims give them',
        { principal: 'anna' },
        false,
        'https://login.example.com#8841',
      ],
      ['somebody who administers and never calls', { principal: 'oscar' }, false, null],
      ['nobody who is like anybody', { principal: 'zacharias' }, false, null],
      ['a client that somebody used', { client: 'app-seven' }, true, null],
      ['a client misspelt', { client: 'app-sevne' }, false, 'app-seven'],
      ['a tool that the policy names', { tool: 'notes/update' }, true, null],
      ['a tool misspelt', { tool: 'notes/updaet' }, false, 'notes/update'],
      ['a name of a length that nobody has', { principal: 'alice'.repeat(100) }, false, null],
    ];
    const told: unknown[] = [];
    for (const [what, scope] of rows) told.push([what, await lookUp(rig, scope)]);
    expect(told).toEqual(rows.map(([what, , known, didYouMean]) => [what, { known, didYouMean }]));
  });

  it('is known after a restart as well, by the log', async () => {
    const before = await start();
    const restarted = await createGatewayRig({
      policies: [POLICY],
      upstreams: { notes: ['update'] },
      world: { store: before.store, clock: before.clock, ids: before.deps.ids },
    });
    expect(await lookUp(restarted, { principal: 'https://login.example.com#8841' })).toMatchObject({ known: true });
    expect(await lookUp(restarted, { client: 'app-sven' })).toEqual({ known: false, didYouMean: 'app-seven' });
  });

  it('is not told where the store does not answer, and the switch is in force all the same', async () => {
    const rig = await start();
    await rig.store.close();
    const pulling = rig.administration.pullKillSwitch(olivia, {
      scope: { principal: 'x' },
      reason: 'y',
      expiresMs: null,
    });
    expect(rig.deps.killSwitches.current()).toHaveLength(1);
    expect(await pulling).toMatchObject({ ok: true, value: { name: { known: null, didYouMean: null } } });
  });

  it('says which upstream was meant', async () => {
    expect(await lookUp(await start(), { upstream: 'note' })).toMatchObject({
      help: 'Did you mean notes? There are: notes.',
    });
  });
});
