import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { ask, decide, type Deciders, issueDeciders, statusOf } from '../support/approvals-desk.ts';
import { CRM_POLICY, MAIL_POLICY, startWorld, type World } from '../support/evasion-world.ts';

// Class J: what an approver changes is asked about anew, and runs as what its host sends or not at all.

let world: World;
let deciders: Deciders;
beforeAll(async () => {
  world = await startWorld({ policies: { 'crm.yaml': CRM_POLICY, 'mail.yaml': MAIL_POLICY } });
  deciders = await issueDeciders(world);
});
afterAll(() => world.close());

let subject = 0;
beforeEach(() => {
  subject += 1;
});
const args = (more: JsonObject = {}): JsonObject => ({ subject, ...more });
const dispatched = (): number => world.crm.calls().filter(({ tool }) => tool === 'update_x').length;

describe('arguments that an approver changes', () => {
  const edit = (id: string, token: string, body: object) =>
    world.gateway.admin('POST', `/api/approvals/${id}/edit`, body, token);

  it('never run in the place of those that were asked for, nor by the word of whoever proposed them alone', async () => {
    const { approvalId } = await ask(world, args({ amount: 1000 }));
    const { status, json } = await edit(approvalId, deciders.olivia.token, { arguments: args({ amount: 10 }) });
    expect(status).toBe(200);
    const next = String(json['id']);
    expect(json).toMatchObject({ status: 'pending', origin: { kind: 'edit', id: approvalId }, proposedBy: 'olivia' });
    const before = dispatched();
    expect((await decide(world, next, 'approve', deciders.olivia.token)).status).toBe(403);
    expect((await decide(world, next, 'approve', deciders.alice.token)).status).toBe(403);
    expect((await decide(world, next, 'approve', deciders.otto.token)).status).toBe(200);
    expect((await ask(world, args({ amount: 1000 }))).status).toBe('approval_edited');
    expect(dispatched()).toBe(before);
    expect((await ask(world, args({ amount: 10 }))).status).toBe('ran');
    expect(dispatched()).toBe(before + 1);
  });

  it('are proposed by no requester, no operator and no credential of the other plane', async () => {
    const { approvalId } = await ask(world, args({ amount: 1 }));
    const tokens = [deciders.alice.token, deciders.Alice.token, deciders.victor.token, world.tokens.alice];
    for (const token of tokens)
      expect((await edit(approvalId, token, { arguments: args({ amount: 2 }) })).status).toBe(403);
    expect((await edit(approvalId, deciders.olivia.token, { arguments: 'x' })).status).toBe(400);
    expect((await edit(approvalId, deciders.olivia.token, {})).status).toBe(400);
    expect(await statusOf(world, approvalId)).toBe('pending');
  });
});
