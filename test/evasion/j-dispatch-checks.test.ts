import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, decide, type Deciders, issueDeciders, statusOf } from '../support/approvals-desk.ts';
import { createCookieBrowser } from '../support/cookie-browser.ts';
import { CRM_POLICY, MAIL_POLICY, startWorld, type World } from '../support/evasion-world.ts';
import { startIn } from '../support/run-gateway.ts';

// Class J: everything that made an approval possible is asked again when its call is sent. Each row changes one thing in between, over the real
// gateway, and the upstream must see nothing.

const POLICY = CRM_POLICY.replace(
  'rules:',
  `rules:
  - { id: temps-write, who: { groups: [temps] }, tools: [update_x], effect: approve, approval: { by: { groups: [bosses] } } }`,
);

let world: World;
let deciders: Deciders;
beforeAll(async () => {
  const policies = { 'crm.yaml': POLICY, 'mail.yaml': MAIL_POLICY };
  world = await startWorld({ policies, config: 'environment: prod\n' });
  deciders = await issueDeciders(world);
});
afterAll(() => world.close());

let subject = 0;
beforeEach(() => {
  subject += 1;
});
const args = () => ({ subject: `between ${subject}` });
const dispatched = (): number =>
  world.crm.calls().filter((call) => JSON.stringify(call).includes(`between ${subject}"`)).length;

/** What the requester sends with, before and after. */
interface Between {
  readonly token?: string;
  readonly approver?: string;
  /** What is different by now; gives the token that the call is sent again with, and the way to undo it. */
  change(): Promise<{ readonly token?: string; readonly undo?: () => Promise<unknown> }>;
}

async function loadPolicy(text: string): Promise<void> {
  const before = await world.gateway.entriesAfter(0);
  world.gateway.home.writePolicy('crm.yaml', text);
  await expect
    .poll(async () => {
      const entries = await world.gateway.entriesAfter(before.at(-1)?.seq ?? 0);
      return entries.some((entry) => entry['change'] === 'policy-loaded');
    })
    .toBe(true);
}

const underPolicy = (text: string) => async (): Promise<Between> => ({
  change: async () => {
    await loadPolicy(text);
    return { undo: () => loadPolicy(POLICY) };
  },
});

/** Somebody with a password, signed in: a request to the admin API as the browser would send it. */
async function signIn(user: string): Promise<{ readonly id: string; approve(id: string): Promise<number> }> {
  const password = 'correct horse battery';
  const account = { user, password, roles: ['approver'], groups: ['leads'] };
  const { json } = await world.gateway.admin('POST', '/api/accounts', account);
  const origin = `http://127.0.0.1:${world.gateway.adminPort}`;
  const browser = createCookieBrowser();
  await browser.post(`${origin}/sign-in`, { user, password });
  const page = await browser.get(`${origin}/`);
  const csrf = /data-csrf="([^"]*)"/.exec(page.body)?.[1] ?? '';
  const headers = {
    cookie: browser.cookies(origin),
    origin,
    'content-type': 'application/json',
    'x-csrf-token': csrf,
  };
  return {
    id: String(json['id']),
    approve: async (id) =>
      (await fetch(`${origin}/api/approvals/${id}/approve`, { method: 'POST', headers, body: '{}' })).status,
  };
}

const ROWS: readonly (readonly [string, () => Promise<Between>, string, string | null])[] = [
  [
    'the token of whoever approved is revoked',
    async () => {
      const wish = { user: `oona-${subject}`, plane: 'admin', roles: ['approver'], groups: ['leads'] } as const;
      const { id, token } = await world.gateway.issue(wish);
      return {
        approver: token,
        change: async () => {
          await world.gateway.admin('DELETE', `/api/tokens/${id}`);
          return {};
        },
      };
    },
    'approval_void',
    'the approver may no longer approve this',
  ],
  [
    'whoever approved holds another token by now, without the role',
    async () => {
      const wish = { user: `oskar-${subject}`, plane: 'admin', roles: ['approver'], groups: ['leads'] } as const;
      const { id, token } = await world.gateway.issue(wish);
      return {
        approver: token,
        change: async () => {
          await world.gateway.admin('DELETE', `/api/tokens/${id}`);
          await world.gateway.issue({ ...wish, roles: ['viewer'] });
          return {};
        },
      };
    },
    'approval_void',
    'the approver may no longer approve this',
  ],
  [
    'whoever approved holds another token by now, of another group',
    async () => {
      const wish = { user: `ole-${subject}`, plane: 'admin', roles: ['approver'], groups: ['leads'] } as const;
      const { id, token } = await world.gateway.issue(wish);
      return {
        approver: token,
        change: async () => {
          await world.gateway.admin('DELETE', `/api/tokens/${id}`);
          await world.gateway.issue({ ...wish, groups: ['followers'] });
          return {};
        },
      };
    },
    'approval_void',
    'the approver may no longer approve this',
  ],
  [
    'the requester is in another group, for which others approve',
    async () => {
      const { token } = await world.gateway.issue({ user: 'ruth', groups: ['staff'] });
      return {
        token,
        change: async () => ({ token: (await world.gateway.issue({ user: 'ruth', groups: ['temps'] })).token }),
      };
    },
    'approval_pending',
    null,
  ],
  [
    'the requester is in no group that may ask',
    async () => {
      const { token } = await world.gateway.issue({ user: 'rolf', groups: ['staff'] });
      return {
        token,
        change: async () => ({ token: (await world.gateway.issue({ user: 'rolf', groups: [] })).token }),
      };
    },
    '-32602',
    null,
  ],
  [
    'the policy is another one, that says the same',
    underPolicy(`${POLICY}# changed\n`.replace('staff-write', 'staff-writes')),
    'approval_pending',
    'the policy changed',
  ],
  ['a rule denies it', underPolicy(`${POLICY}  - { id: stop, tools: [update_x], effect: deny }\n`), 'denied', null],
  [
    'its class is never',
    underPolicy(
      POLICY.replace('write: [update_x]', 'write: []').replace('never: [delete_*]', 'never: [delete_*, update_x]'),
    ),
    '-32602',
    null,
  ],
  ['its class is none', underPolicy(POLICY.replace('write: [update_x]', 'write: []')), '-32602', null],
];

describe('what is asked again when an approved call is sent', () => {
  it.each(ROWS)('finds that %s', async (_what, prepare, expected, note) => {
    const { token, approver = deciders.olivia.token, change } = await prepare();
    const as = token === undefined ? {} : { token };
    const { approvalId } = await ask(world, args(), as);
    expect((await decide(world, approvalId, 'approve', approver)).status).toBe(200);
    const changed = await change();
    const again = await ask(world, args(), { ...as, ...(changed.token === undefined ? {} : { token: changed.token }) });
    expect(again.status).toBe(expected);
    expect(dispatched()).toBe(0);
    if (note !== null) {
      const { json } = await world.gateway.admin('GET', `/api/approvals/${approvalId}`);
      expect(json).toMatchObject({ status: 'void', note });
    }
    await changed.undo?.();
  });

  it('finds that the account of whoever approved is ended, and the same approved by somebody else runs', async () => {
    const person = await signIn('otilia');
    const { approvalId } = await ask(world, args());
    expect(await person.approve(approvalId)).toBe(200);
    expect((await world.gateway.admin('DELETE', `/api/accounts/${person.id}`)).status).toBe(200);
    expect((await ask(world, args())).status).toBe('approval_void');
    expect(dispatched()).toBe(0);
    const anew = await ask(world, args());
    expect((await decide(world, anew.approvalId, 'approve', deciders.olivia.token)).status).toBe(200);
    expect((await ask(world, args())).status).toBe('ran');
    expect(dispatched()).toBe(1);
  });

  it('finds that an operator has rejected the definition of its tool', async () => {
    const { approvalId } = await ask(world, args());
    await decide(world, approvalId, 'approve', deciders.olivia.token);
    const { pins } = (await world.gateway.admin('GET', '/api/pins')).json as {
      readonly pins: readonly { readonly id: string; readonly tool: string; readonly upstream: string }[];
    };
    const pin = pins.find(({ upstream, tool }) => upstream === 'crm' && tool === 'update_x');
    expect((await world.gateway.admin('POST', `/api/pins/${pin?.id}/reject`)).status).toBe(200);
    expect((await ask(world, args())).status).toBe('-32602');
    expect(dispatched()).toBe(0);
    await world.gateway.admin('POST', `/api/pins/${pin?.id}/approve`);
  });

  it('finds that the gateway works in another environment by now', async () => {
    const { approvalId } = await ask(world, args());
    await decide(world, approvalId, 'approve', deciders.olivia.token);
    await world.gateway.stop();
    const { configFile } = world.gateway.home;
    const before = readFileSync(configFile, 'utf8');
    writeFileSync(configFile, before.replace('environment: prod', 'environment: stage'));
    world.gateway = await startIn(world.gateway.home);
    const again = await ask(world, args());
    expect(again.status).toBe('approval_pending');
    expect(again.approvalId).not.toBe(approvalId);
    expect(await statusOf(world, approvalId)).toBe('void');
    expect(dispatched()).toBe(0);
  });
});
