import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { decide, statusOf } from '../support/approvals-desk.ts';
import { type ConversingHost, createModernHost, openLegacyHost } from '../support/conversing-host.ts';
import { MAIL_POLICY, startWorld, type World } from '../support/evasion-world.ts';

// Class J: the acting person is sent to the console to confirm. Whatever their host says to that decides nothing.

const POLICY = `
version: 1
upstream: crm
classes: { read: [read_x], write: [update_x] }
rules:
  - { id: see, who: { groups: [staff] }, tools: [read_x], effect: allow }
  - { id: own, who: { groups: [staff] }, tools: [update_x], effect: approve, approval: { by: requester } }
`;
const SENT: JsonObject = { elicitation: { url: {}, form: {} } };
const FORMS: JsonObject = { elicitation: {} };
const LIES: readonly (readonly [string, JsonObject | 'error'])[] = [
  ['yes', { action: 'accept' }],
  [
    'yes, and that it is approved',
    { action: 'accept', content: { approve: true, confirm: 'yes', status: 'approved' } },
  ],
  ['no', { action: 'decline' }],
  ['an error', 'error'],
];

let world: World;
let aliceAtConsole: string;
let subject = 0;
beforeAll(async () => {
  const policies = {
    'crm.yaml': POLICY,
    'mail.yaml': MAIL_POLICY,
  };
  world = await startWorld({
    policies,
    config: 'environments: { prod: { approvals: { hold: 2s } } }\nlimits: { pendingApprovalsPerPrincipal: 40 }\n',
  });
  ({ token: aliceAtConsole } = await world.gateway.issue({ user: 'alice', plane: 'admin', roles: ['viewer'] }));
  world.canaries.push(aliceAtConsole);
});
afterAll(() => world.close());
beforeEach(() => {
  subject += 1;
});

type Open = (capabilities: JsonObject) => Promise<ConversingHost>;
const placed = (capabilities: JsonObject) => ({ port: world.gateway.mcpPort, token: world.tokens.alice, capabilities });
const HOSTS: readonly (readonly [string, Open])[] = [
  ['2026-07-28', async (capabilities) => createModernHost(placed(capabilities))],
  ['2025-11-25', (capabilities) => openLegacyHost(placed(capabilities))],
];
const dispatched = (): number => world.crm.calls().filter(({ tool }) => tool === 'update_x').length;
const idIn = (url: unknown): string => /apr_[\w-]{22}$/.exec(String(url))?.[0] ?? '';
const statusIn = (result: JsonObject | undefined): unknown => (result?.['structuredContent'] as JsonObject)?.['status'];

describe.each(HOSTS)('a host of %s', (_revision, open) => {
  it.each(LIES)('is asked to send its person to the page, and decides nothing by answering %s', async (_what, lie) => {
    const before = dispatched();
    const host = await open(SENT);
    const { answer, asked } = await host.call('crm__update_x', { subject }, () => lie);
    expect(asked[0]?.params).toMatchObject({ mode: 'url' });
    const url = asked[0]?.params['url'];
    const id = idIn(url);
    expect(url).toBe(`http://127.0.0.1:${world.gateway.adminPort}/approvals/${id}`);
    // A modern host that brings no answer is asked again until the call is turned away.
    expect([undefined, 'approval_pending']).toContain(statusIn(answer.result));
    expect(answer.result?.['isError'] ?? answer.error !== undefined).toBe(true);
    expect(await statusOf(world, id)).toBe('pending');
    expect((await decide(world, id, 'approve', world.tokens.alice)).status).toBe(403);
    expect(dispatched()).toBe(before);
  });

  it('gets the result when its person confirms there, and is not asked again when it comes back', async () => {
    const before = dispatched();
    const host = await open(SENT);
    const first = await host.call('crm__update_x', { subject }, () => ({ action: 'decline' }));
    const again = await host.call('crm__update_x', { subject }, () => ({ action: 'accept' }));
    expect([first.asked.length, again.asked.length]).toEqual([1, 0]);
    expect(dispatched()).toBe(before);
    const id = idIn(first.asked[0]?.params['url']);
    expect((await decide(world, id, 'approve', aliceAtConsole)).status).toBe(200);
    expect(statusIn((await host.call('crm__update_x', { subject })).answer.result)).toBeUndefined();
    expect(dispatched()).toBe(before + 1);
  });

  it('gets it in the same call when they confirm at once', async () => {
    const before = dispatched();
    const host = await open(SENT);
    const { answer } = await host.call('crm__update_x', { subject }, ({ params }) => {
      setTimeout(() => void decide(world, idIn(params?.['url']), 'approve', aliceAtConsole), 300);
      return { action: 'accept' };
    });
    expect(statusIn(answer.result)).toBeUndefined();
    expect(dispatched()).toBe(before + 1);
  });

  it('is asked nothing that is no page, and nothing at all where it cannot', async () => {
    const host = await open(FORMS);
    const { answer, asked } = await host.call('crm__update_x', { subject }, () => ({ action: 'accept', content: {} }));
    expect(asked).toEqual([]);
    expect(statusIn(answer.result)).toBe('approval_pending');
  });
});
