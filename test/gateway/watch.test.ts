import { describe, expect, it } from 'vitest';
import { issueToken } from '../../src/gateway/administration/tokens.ts';
import { administrator, createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';

const POLICY = (watch: string): string => `
version: 1
upstream: crm
classes: { read: [get], never: [drop] }
rules:
  - { id: read, who: { groups: [staff] }, tools: [get], effect: allow, when: '!has(args.bad)' }
watch: [${watch}]
`;
const DENIALS = '{ on: repeated-denials, count: 3, within: 1m, then: freeze-principal }';
const IDENTICAL = '{ on: identical-calls, count: 4, within: 1m, then: deny }';
const FIRST = '{ on: first-use-of-tool, then: require-approval }';
const alice = person('alice');

async function createRig(...watch: readonly string[]): Promise<GatewayRig> {
  const rig = await createGatewayRig({ policies: [POLICY(watch.join())], upstreams: { crm: ['get', 'drop'] } });
  const request = { plane: 'admin', user: 'olivia', groups: [], scopes: [], roles: ['approver'], ttlMs: 1e9 } as const;
  await issueToken({ tokens: rig.store.tokens, clock: rig.clock, ids: rig.deps.ids }, request, 'test');
  return rig;
}

const isFrozen = (rig: GatewayRig): boolean =>
  rig.deps.killSwitches.current().some(({ scope }) => 'principal' in scope && scope.principal === 'alice');

describe('repeated denials', () => {
  it.each<[string, string, Record<string, number>]>([
    ['what a rule keeps back', 'crm__get', { bad: 1 }],
    ['what is never to be done', 'crm__drop', {}],
    ['what there is not', 'crm__guess', {}],
    ['what stands for no upstream', 'guess', {}],
  ])('stop a person who tries %s three times in a minute', async (_, tool, args) => {
    const rig = await createRig(DENIALS);
    for (let index = 0; index < 3; index += 1) {
      expect(isFrozen(rig)).toBe(false);
      await rig.call(alice, tool, args);
    }
    expect(isFrozen(rig)).toBe(true);
    expect((await rig.call(alice, 'crm__get')).error).toMatchObject({ code: -31002 });
    expect((await rig.call(person('bob'), 'crm__get')).text).toContain('ran get');
  });

  it('are recorded as a switch of the gateway, which an operator releases', async () => {
    const rig = await createRig(DENIALS);
    for (let index = 0; index < 3; index += 1) await rig.call(alice, 'crm__drop');
    const [killSwitch] = rig.deps.killSwitches.current();
    expect(killSwitch).toMatchObject({ by: 'gateway', reason: expect.stringContaining('policy-0.yaml watch.0') });
    await rig.deps.killSwitches.release(killSwitch?.id ?? '', 'olivia');
    expect((await rig.call(alice, 'crm__get')).text).toContain('ran get');
    const records = await rig.store.audit.read({ limit: 100, afterSequence: 0 });
    expect(records.filter(({ leaf }) => leaf.includes('"kind":"kill-switch"'))).toHaveLength(2);
  });

  it('count for a minute, and each person for themselves', async () => {
    const rig = await createRig(DENIALS);
    for (const name of ['alice', 'alice', 'bob', 'bob']) await rig.call(person(name), 'crm__drop');
    rig.clock.advance(61_000);
    await rig.call(alice, 'crm__drop');
    expect(rig.deps.killSwitches.current()).toEqual([]);
  });
});

describe('identical calls', () => {
  it('are denied from the fourth on, and others are not', async () => {
    const rig = await createRig(IDENTICAL);
    for (let index = 0; index < 3; index += 1) await rig.call(alice, 'crm__get', { id: 1 });
    for (let index = 0; index < 2; index += 1) {
      const denied = await rig.call(alice, 'crm__get', { id: 1 });
      expect(denied.structured).toMatchObject({ status: 'denied', reason: 'identical_calls' });
    }
    expect((await rig.call(alice, 'crm__get', { id: 2 })).text).toContain('ran get');
    expect((await rig.call(person('bob'), 'crm__get', { id: 1 })).text).toContain('ran get');
    rig.clock.advance(61_000);
    expect((await rig.call(alice, 'crm__get', { id: 1 })).text).toContain('ran get');
  });
});

describe('the first use of a tool', () => {
  async function approve(rig: GatewayRig): Promise<void> {
    const [pending] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
    await rig.administration.approve(administrator('olivia'), pending?.id ?? '', null, null);
  }

  it('waits for a person, and the second does not', async () => {
    const rig = await createRig(FIRST);
    const first = await rig.call(alice, 'crm__get', { id: 1 }, { canWait: false });
    expect(first.structured).toMatchObject({ status: 'approval_pending' });
    const other = await rig.call(alice, 'crm__get', { id: 2 }, { canWait: false });
    expect(other.structured).toMatchObject({ status: 'approval_pending' });
    const pending = await rig.store.approvals.list({ status: 'pending', limit: 5 });
    for (const { id } of pending) await rig.administration.approve(administrator('olivia'), id, null, null);
    expect((await rig.call(alice, 'crm__get', { id: 1 }, { canWait: false })).text).toContain('ran get');
    expect((await rig.call(alice, 'crm__get', { id: 3 }, { canWait: false })).text).toContain('ran get');
    expect((await rig.call(person('bob'), 'crm__get', {}, { canWait: false })).structured).toMatchObject({
      status: 'approval_pending',
    });
  });

  it('is still the first after a rejection', async () => {
    const rig = await createRig(FIRST);
    await rig.call(alice, 'crm__get', { id: 1 }, { canWait: false });
    const [pending] = await rig.store.approvals.list({ status: 'pending', limit: 1 });
    await rig.administration.reject(administrator('olivia'), pending?.id ?? '', null);
    const next = await rig.call(alice, 'crm__get', { id: 2 }, { canWait: false });
    expect(next.structured).toMatchObject({ status: 'approval_pending' });
  });

  it('is never made less of where a rule asks anyway', async () => {
    const rig = await createRig(FIRST);
    rig.setPolicy([POLICY(FIRST).replace('effect: allow', 'effect: approve')]);
    await rig.call(alice, 'crm__get', { id: 1 }, { canWait: false });
    await approve(rig);
    await rig.call(alice, 'crm__get', { id: 1 }, { canWait: false });
    const next = await rig.call(alice, 'crm__get', { id: 2 }, { canWait: false });
    expect(next.structured).toMatchObject({ status: 'approval_pending' });
  });
});
