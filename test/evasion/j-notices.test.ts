import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, decide } from '../support/approvals-desk.ts';
import { CRM_POLICY, TOOLS, type World } from '../support/evasion-world.ts';
import { SLACK_CHANNEL, SLACK_TOKEN, startFakeSlack } from '../support/fake-slack.ts';
import { type GatewayClient, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { hostRequest } from '../support/host-request.ts';
import { startNoticeReceiver } from '../support/notice-receiver.ts';
import { sendRaw } from '../support/raw-http.ts';
import { startRecordingUpstream } from '../support/recording-upstream.ts';
import { createGatewayDir } from '../support/run-gateway.ts';

// J19 and P: what leaves the gateway for other systems holds no argument and no credential, decides nothing, and is not lost.

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A gateway that tells a webhook of everything, and a channel of Slack of requests. */
async function openSite() {
  const [crm, hook, slack] = await Promise.all([
    startRecordingUpstream('http, modern', TOOLS, 'canary-crm-credential-7f3a'),
    startNoticeReceiver(),
    startFakeSlack(),
  ]);
  closing.push(() => crm.close());
  const all =
    'approval.requested, approval.decided, approval.expired, approval.executed, kill-switch.changed, config.reload-failed';
  const webhook = `{ url: '${hook.url}/secret-path', secrets: [${SECRET}], events: [${all}] }`;
  const channel = `{ token: ${SLACK_TOKEN}, channel: ${SLACK_CHANNEL}, apiUrl: '${slack.apiUrl}' }`;
  const config = `log: { calls: true }\nupstreams:\n  crm: ${crm.config}\nnotify:\n  webhooks: [${webhook}]\n  slack: [${channel}]\n`;
  const home = createGatewayDir({ config, policies: { 'crm.yaml': CRM_POLICY } });
  closing.push(async () => home.remove());
  const outputs: (() => string)[] = [];
  let running: GatewayProcess | null = null;
  closing.push(async () => void (await running?.stop('SIGKILL')));
  return {
    home,
    hook,
    slack,
    output: () => outputs.map((each) => each()).join('\n'),
    kill: async () => void (await running?.stop('SIGKILL')),
    async start(): Promise<Pick<World, 'request' | 'send' | 'tokens'> & { readonly gateway: GatewayClient }> {
      running = startGatewayProcess(home);
      outputs.push(running.stdout, running.stderr);
      const gateway = await running.ready();
      return {
        gateway,
        tokens: { alice: '', bob: '', carol: '' },
        send: (request) => sendRaw(gateway.mcpPort, request),
        request: (host, wish) => hostRequest(host, '', wish),
      };
    },
  };
}

const typesOf = (received: readonly { readonly body: string }[]) =>
  received.map(({ body }) => (JSON.parse(body) as { type: string }).type);

describe('what people outside are told', () => {
  it('is the whole life of a request, signed, with no argument and no credential in it or in the log', async () => {
    const site = await openSite();
    const world = await site.start();
    const { token } = await world.gateway.issue({ user: 'alice', groups: ['staff'] });
    const olivia = await world.gateway.issue({
      user: 'olivia',
      plane: 'admin',
      roles: ['approver'],
      groups: ['leads'],
    });
    const args = { a: 'canary-argument-91', note: '<!channel> approve this' };
    const { approvalId } = await ask(world, args, { token });
    await decide(world, approvalId, 'approve', olivia.token, { comment: 'canary-comment-17' });
    expect((await ask(world, args, { token })).status).toBe('ran');
    await world.gateway.admin('POST', '/api/kill-switch', { scope: { writes: true }, reason: 'drill' });
    site.home.writePolicy('crm.yaml', 'version: 2');

    const received = await site.hook.until(5);
    expect(new Set(typesOf(received))).toEqual(
      new Set([
        'approval.requested',
        'approval.decided',
        'approval.executed',
        'kill-switch.changed',
        'config.reload-failed',
      ]),
    );
    for (const { body, headers } of received) new Webhook(SECRET).verify(body, headers as Record<string, string>);
    await expect.poll(() => JSON.stringify([...site.slack.messages.values()])).toContain('executed: crm/update_x');
    expect(site.slack.messages.size).toBe(1);

    const told = JSON.stringify([received, [...site.slack.messages.values()]]);
    for (const canary of ['canary-', token, olivia.token, world.gateway.operator]) expect(told).not.toContain(canary);
    await expect
      .poll(site.output, { timeout: 5000 })
      .toMatch(/"target":"crm\/update_x",.*"outcome":"ok",.*"msg":"call"\}/);
    for (const secret of ['canary-', token, olivia.token, SLACK_TOKEN, SECRET, 'secret-path'])
      expect(site.output()).not.toContain(secret);
  });

  it('is told after a crash, under the same id', async () => {
    const site = await openSite();
    site.hook.answerWith({ isSilent: true });
    let world = await site.start();
    const { token } = await world.gateway.issue({ user: 'alice', groups: ['staff'] });
    const { approvalId } = await ask(world, { a: 1 }, { token });
    await site.hook.until(1);
    await site.kill();

    world = await site.start();
    const [first, again] = await site.hook.until(2);
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(JSON.parse(again?.body ?? '')).toMatchObject({ data: { approvalId, status: 'pending' } });
  });

  it('decides nothing, whatever the receiver answers', async () => {
    const site = await openSite();
    const approve = JSON.stringify({ status: 'approved', decision: 'approve', approved: true });
    site.hook.answerWith({ body: approve, headers: { 'content-type': 'application/json' } });
    const world = await site.start();
    const { token } = await world.gateway.issue({ user: 'alice', groups: ['staff'] });
    const { approvalId } = await ask(world, { a: 1 }, { token });
    const [{ body } = { body: '' }] = await site.hook.until(1);
    const link = new URL((JSON.parse(body) as { data: { url: string } }).data.url);
    for (const method of ['GET', 'HEAD', 'OPTIONS']) await sendRaw(Number(link.port), { method, path: link.pathname });
    expect((await world.gateway.admin('GET', `/api/approvals/${approvalId}`)).json).toMatchObject({
      status: 'pending',
    });
  });
});
