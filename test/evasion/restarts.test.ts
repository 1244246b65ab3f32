import { afterEach, describe, expect, it } from 'vitest';
import { ask, decide, statusOf } from '../support/approvals-desk.ts';
import { CRM_POLICY, TOOLS, type World } from '../support/evasion-world.ts';
import { type GatewayClient, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { hostRequest } from '../support/host-request.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { createGatewayDir } from '../support/run-gateway.ts';

// J11, J12 and K04: the gateway as a process that is killed, without a chance to say goodbye, between one step and the next.

interface Site {
  readonly crm: RecordingUpstream;
  /** What the processes wrote, all of them. */
  output(): string;
  /** Starts the gateway, or starts it again. */
  start(): Promise<Restarted>;
  killDead(): Promise<void>;
  close(): Promise<void>;
}

type Restarted = Pick<World, 'request' | 'send' | 'tokens'> & { readonly gateway: GatewayClient };

const SLOW = 'slow_w';
const TOOLS_AND_SLOW = [...TOOLS, { name: SLOW, description: 'x', inputSchema: { type: 'object' } }];
const POLICY = CRM_POLICY.replaceAll('[update_x]', `[update_x, ${SLOW}]`);

let site: Site;
afterEach(() => site.close());

async function openSite(): Promise<Site> {
  const crm = await startRecordingUpstream('http, modern', TOOLS_AND_SLOW, 'canary-crm-credential-7f3a');
  const config = `upstreams:\n  crm: ${crm.config}\n`;
  const home = createGatewayDir({ config, policies: { 'crm.yaml': POLICY } });
  let running: GatewayProcess | null = null;
  const outputs: string[] = [];
  const killDead = async (): Promise<void> => {
    await running?.stop('SIGKILL');
    outputs.push(running?.stdout() ?? '', running?.stderr() ?? '');
    running = null;
  };
  return {
    crm,
    killDead,
    output: () => outputs.join('\n'),
    async start() {
      running = startGatewayProcess(home);
      const gateway = await running.ready();
      return {
        gateway,
        tokens: { alice: '', bob: '', carol: '' },
        send: (request) => sendRaw(gateway.mcpPort, request),
        request: (host, wish) => hostRequest(host, '', wish),
      };
    },
    async close() {
      await killDead();
      await crm.close();
      home.remove();
    },
  };
}

const dispatched = (tool: string): number => site.crm.calls().filter((call) => call.tool === tool).length;

describe('a gateway that is killed', () => {
  it('J11 after an approval runs nothing by itself, and the call when it is sent again, once', async () => {
    site = await openSite();
    let world = await site.start();
    const { token } = await world.gateway.issue({ user: 'alice', groups: ['staff'] });
    const olivia = await world.gateway.issue({
      user: 'olivia',
      plane: 'admin',
      roles: ['approver'],
      groups: ['leads'],
    });
    const { approvalId } = await ask(world, { a: 1 }, { token });
    expect((await decide(world, approvalId, 'approve', olivia.token)).status).toBe(200);
    await site.killDead();

    world = await site.start();
    expect(await statusOf(world, approvalId)).toBe('approved');
    expect(dispatched('update_x')).toBe(0);
    for (let round = 0; round < 2; round++) expect((await ask(world, { a: 1 }, { token })).status).toBe('ran');
    expect(dispatched('update_x')).toBe(1);
    expect(await statusOf(world, approvalId)).toBe('executed');
  });

  it('J12 after a dispatch says that the outcome is unknown, and never runs the call again', async () => {
    site = await openSite();
    let world = await site.start();
    const { token } = await world.gateway.issue({ user: 'alice', groups: ['staff'] });
    const olivia = await world.gateway.issue({
      user: 'olivia',
      plane: 'admin',
      roles: ['approver'],
      groups: ['leads'],
    });
    const tool = `crm__${SLOW}`;
    const { approvalId } = await ask(world, { a: 1 }, { token, tool });
    await decide(world, approvalId, 'approve', olivia.token);
    const cutOff = ask(world, { a: 1 }, { token, tool }).catch(() => 'cut off');
    await expect.poll(() => dispatched(SLOW)).toBe(1);
    await site.killDead();
    expect(await cutOff).toBe('cut off');

    world = await site.start();
    expect(await statusOf(world, approvalId)).toBe('outcome-unknown');
    const again = await ask(world, { a: 1 }, { token, tool });
    expect(again).toEqual({ status: 'approval_outcome_unknown', approvalId });
    expect(dispatched(SLOW)).toBe(1);
    const entries = await world.gateway.entriesAfter(0);
    const own = entries.filter((entry) => entry['approvalId'] === approvalId && entry.kind === 'outcome');
    expect(own).toMatchObject([{ outcome: 'unknown' }]);
  });

  it('K04 keeps its switches and its refusals, and has written no secret down', async () => {
    site = await openSite();
    let world = await site.start();
    const { id, token } = await world.gateway.issue({ user: 'alice', groups: ['staff'] });
    const bob = await world.gateway.issue({ user: 'bob', groups: ['staff'] });
    const pulled = await world.gateway.admin('POST', '/api/kill-switch', { scope: { all: true }, reason: 'drill' });
    expect(pulled.status).toBe(200);
    await world.gateway.admin('DELETE', `/api/tokens/${id}`);
    await site.killDead();

    world = await site.start();
    const read = { tool: 'crm__read_x' };
    expect((await ask(world, {}, { ...read, token: bob.token })).status).toBe('-31002');
    expect((await ask(world, {}, { ...read, token })).status).toBe('-31004');
    await world.gateway.admin('DELETE', `/api/kill-switch/${String(pulled.json['id'])}`);
    expect((await ask(world, {}, { ...read, token: bob.token })).status).toBe('ran');
    expect((await ask(world, {}, { ...read, token })).status).toBe('-31004');
    await site.killDead();
    const secrets = [token, bob.token, world.gateway.operator, site.crm.credential];
    expect(secrets.filter((secret) => site.output().includes(secret))).toEqual([]);
  });
});
