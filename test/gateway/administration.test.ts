import { describe, expect, it } from 'vitest';
import type { AdminRole } from '../../src/core/identity/principal.ts';
import { administrator, createGatewayRig, person } from '../support/gateway-rig.ts';

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
