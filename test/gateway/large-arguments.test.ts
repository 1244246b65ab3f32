import { describe, expect, it } from 'vitest';
import { administrator, createGatewayRig, person } from '../support/gateway-rig.ts';
import { FIRST_OF_ITS_KIND, sampleApproval } from '../support/store-samples.ts';

const POLICY = `
version: 1
upstream: notes
classes: { read: [get], write: [update] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: staff-write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;
const alice = person('alice');
const olivia = administrator('olivia');
const createRig = () => createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get', 'update'] } });

describe('arguments that nobody could look at', () => {
  it.each([
    ['a quarter of a million characters', 262_144 - '{"text":""}'.length, 'approval_pending', null],
    ['one more', 262_145 - '{"text":""}'.length, 'denied', 'arguments_too_large'],
    ['four megabytes', 4_000_000, 'denied', 'arguments_too_large'],
  ])('are not put before a person: %s', async (_size, chars, status, reason) => {
    const rig = await createRig();
    const answer = await rig.call(alice, 'notes__update', { text: 'x'.repeat(chars) });
    expect(answer.structured).toMatchObject({ status, ...(reason === null ? {} : { reason }) });
    expect(await rig.store.approvals.listOpen()).toHaveLength(reason === null ? 1 : 0);
  });

  it('are no matter where nobody has to', async () => {
    const rig = await createRig();
    const answer = await rig.call(alice, 'notes__get', { text: 'x'.repeat(300_000) });
    expect(answer.isError).toBe(false);
  });
});

describe('approvals whose arguments are large together', () => {
  it('keep no kill switch on, and nobody else from running what was approved', async () => {
    const rig = await createRig();
    const argumentsShown = JSON.stringify({ text: 'x'.repeat(4_000_000) });
    for (let index = 0; index < 17; index += 1) {
      const principal = `mallory ${index}`;
      const approval = sampleApproval(`apr_${index}`, { argumentsShown, binding: { principal } });
      await rig.store.approvals.create(approval, FIRST_OF_ITS_KIND, []);
    }
    const scope = { principal: 'somebody else' };
    const pulled = await rig.administration.pullKillSwitch(olivia, { scope, reason: 'x', expiresMs: null });
    expect(rig.reports).toEqual([]);
    const id = pulled.ok ? pulled.value.killSwitch.id : '';
    expect(await rig.administration.releaseKillSwitch(olivia, id)).toMatchObject({ ok: true });
  });
});

describe('arguments of a call that is denied', () => {
  it.each([
    ['short ones are', 10, '{"text":"xxxxxxxxxx"}'],
    ['long ones are not, only that they were', 100_000, '{"[omitted]":"100011 characters"}'],
  ])('are recorded: %s', async (_which, chars, expected) => {
    const rig = await createRig();
    await rig.call(alice, 'notes__no_such_tool', { text: 'x'.repeat(chars) });
    const [record] = await rig.store.audit.read({ limit: 1, afterSequence: null });
    expect(record?.payload).toContain(`"arguments":${expected}`);
    expect(record?.leaf).toMatch(/"argsDigest":"[0-9a-f]{64}"/);
  });
});
