import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { attack, refused, startWorld, type World } from '../support/evasion-world.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { HOSTS, hostRequest } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { createGatewayDir, type GatewayDir } from '../support/run-gateway.ts';

// Class I, arguments, limits and reloads: I07, I09, I10 and I13, over the wire.

const MODERN = '2026-07-28';
const POLICY = `
version: 1
upstream: crm
classes: { read: [read_x, read_y, export_x], write: [update_x] }
rules:
  - { id: read, who: { groups: [staff] }, tools: [read_x], effect: allow }
  - { id: small, who: { groups: [staff] }, tools: [export_x], when: 'args.amount <= 100.0', effect: allow }
  - { id: own, who: { groups: [staff] }, tools: [read_y], effect: allow, bind: { owner: principal.id } }
  - { id: write, who: { groups: [staff] }, tools: [update_x], effect: allow, unattended: true }
limits:
  - { tools: { class: write }, calls: 10/1h }
`;

describe('arguments under a condition', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ policies: { 'crm.yaml': POLICY } });
  });
  afterAll(() => world.close());

  const callOf = (host: (typeof HOSTS)[number], name: string, args: string) => {
    const request = world.request(host, { params: { name, arguments: {} } });
    return { ...request, body: String(request.body).replace('"arguments":{}', `"arguments":${args}`) };
  };

  it.each<[string, string, 'condition_unevaluable' | 'condition_not_met']>([
    ['nothing', '{}', 'condition_unevaluable'],
    ['null', '{"amount":null}', 'condition_unevaluable'],
    ['a number in quotes', '{"amount":"1"}', 'condition_unevaluable'],
    ['an empty text', '{"amount":""}', 'condition_unevaluable'],
    ['a list', '{"amount":[1]}', 'condition_unevaluable'],
    ['an object', '{"amount":{"$lte":1}}', 'condition_unevaluable'],
    ['a truth value', '{"amount":true}', 'condition_unevaluable'],
    ['another case', '{"AMOUNT":1}', 'condition_unevaluable'],
    ['a second spelling beside a harmless one', '{"amount":1,"Amount":1000000}', 'condition_unevaluable'],
    ['a second spelling with another sign', '{"amount":1,"am_ount":1000000}', 'condition_unevaluable'],
    ['a second spelling in another script', '{"amount":1,"\uff21mount":1000000}', 'condition_unevaluable'],
    ['full-width digits as a name', '{"\uff41mount":1}', 'condition_unevaluable'],
    ['a prototype', '{"__proto__":{"amount":1}}', 'condition_unevaluable'],
    ['a constructor', '{"constructor":{"amount":1}}', 'condition_unevaluable'],
    ['a little more', '{"amount":100.00000001}', 'condition_not_met'],
    ['a huge number', '{"amount":1e300}', 'condition_not_met'],
  ])('I09 deny %s', async (_, args, reason) => {
    const seen = await attack(world, MODERN, callOf(MODERN, 'crm__export_x', args));
    expect(seen).toEqual(refused(200, 'isError', reason));
  });

  it.each<[string, string]>([
    ['somebody else', '{"owner":"bob"}'],
    ['nobody', '{"owner":null}'],
    ['a second spelling', '{"Owner":"bob"}'],
    ['a second spelling beside the right one', '{"owner":"alice","OWNER":"bob"}'],
    ['a list of both', '{"owner":["alice","bob"]}'],
    ['a letter of another script', '{"owner":"\u0430lice"}'],
  ])('deny an owner that is %s', async (_, args) => {
    for (const host of HOSTS) {
      const seen = await attack(world, host, callOf(host, 'crm__read_y', args));
      expect(seen).toEqual(refused(200, 'isError', 'argument_bound'));
    }
  });

  it('send the caller as the owner, and nobody else', async () => {
    await world.send(callOf(MODERN, 'crm__read_y', '{"id":1}'));
    const sent = world.crm
      .calls()
      .filter((call) => call.tool === 'read_y')
      .at(-1);
    expect(sent?.params['arguments']).toEqual({ id: 1, owner: 'alice' });
  });

  it('I10 hold up nobody, however they are made', async () => {
    const long = `{"amount":"${'a'.repeat(1_000_000)}"}`;
    const deep = `{"amount":${'['.repeat(50)}${']'.repeat(50)}}`;
    for (const args of [long, deep]) {
      const seen = await attack(world, MODERN, callOf(MODERN, 'crm__export_x', args));
      expect(seen).toEqual(refused(200, 'isError', 'condition_unevaluable'));
    }
  });
});

describe('a policy that is replaced while a call is on its way', () => {
  it('I07 decides about it anew, so that nothing runs by what is no longer in force', async () => {
    const world = await startWorld({ policies: { 'crm.yaml': POLICY } });
    try {
      const { server } = world.crm;
      const waiting: (() => void)[] = [];
      const tools = ['read_x', 'export_x'].map((name) => ({ name, inputSchema: { type: 'object' } }));
      const listed = { resultType: 'complete', tools, ttlMs: 9, cacheScope: 'private' };
      server?.on('tools/list', (_request, reply) => void waiting.push(() => reply.result(listed)));
      // Nobody has listed the tools for this person, so the call waits for the list.
      const { token } = await world.gateway.issue({ user: 'nora', groups: ['staff'] });
      const called = world.send(
        world.request(MODERN, { params: { name: 'crm__read_x', arguments: { by: 'nora' } }, token }),
      );
      await expect.poll(() => waiting.length).toBe(1);

      world.gateway.home.writePolicy('crm.yaml', POLICY.replace('[read_x], effect: allow', '[read_x], effect: deny'));
      const loaded = async () => (await world.newEntries()).filter(({ change }) => change === 'policy-loaded').length;
      await expect.poll(loaded).toBe(1);
      for (const answer of waiting) answer();
      expect((await called).body).toContain('rule_denies');
      expect(world.crm.calls().filter(({ text }) => text.includes('nora'))).toEqual([]);
    } finally {
      await world.close();
    }
  });
});

describe('a gateway with limits', () => {
  let home: GatewayDir;
  let crm: RecordingUpstream;
  let running: GatewayProcess | null = null;
  afterEach(async () => {
    await running?.stop('SIGKILL');
    await crm.close();
    home.remove();
  });

  async function start() {
    running = startGatewayProcess(home);
    return running.ready();
  }

  const write = (token: string) => hostRequest(MODERN, '', { token, params: { name: 'crm__update_x' } });
  const writes = (): number => crm.calls().filter(({ tool }) => tool === 'update_x').length;

  it('I13 lets exactly ten of hundreds of writes through, also over the death of its process', async () => {
    const tools = ['read_x', 'update_x'].map((name) => ({ name, inputSchema: { type: 'object' } }));
    crm = await startRecordingUpstream('http, modern', tools, 'canary-crm-credential-7f3a');
    home = createGatewayDir({ config: `upstreams:\n  crm: ${crm.config}\n`, policies: { 'crm.yaml': POLICY } });
    let gateway = await start();
    const { token } = await gateway.issue({ user: 'alice', groups: ['staff'] });
    for (let index = 0; index < 4; index += 1) await sendRaw(gateway.mcpPort, write(token));
    expect(writes()).toBe(4);
    await running?.stop('SIGKILL');

    gateway = await start();
    const answers = await Promise.all(Array.from({ length: 300 }, () => sendRaw(gateway.mcpPort, write(token))));
    expect(writes()).toBe(10);
    const denied = answers.filter((answer) => JSON.stringify(parseAnswerBody(answer)).includes('limit_reached'));
    expect(denied).toHaveLength(294);
  }, 30_000);

  it('I05 I07 takes over a changed policy while it runs, and none that is wrong', async () => {
    const tools = [{ name: 'update_x', inputSchema: { type: 'object' } }];
    crm = await startRecordingUpstream('http, modern', tools, 'canary-crm-credential-7f3a');
    home = createGatewayDir({ config: `upstreams:\n  crm: ${crm.config}\n`, policies: { 'crm.yaml': POLICY } });
    const gateway = await start();
    const { token } = await gateway.issue({ user: 'alice', groups: ['staff'] });
    const answer = async () => JSON.stringify(parseAnswerBody(await sendRaw(gateway.mcpPort, write(token))));
    const versions = async () => {
      const entries = await gateway.entriesAfter(0);
      return entries.filter(({ change }) => change === 'policy-loaded').length;
    };

    home.writePolicy('crm.yaml', POLICY.replace('effect: allow, unattended', 'effect: alow, unattended'));
    await expect.poll(() => running?.stderr() ?? '').toContain('those from before stay in force');
    expect(await answer()).not.toContain('isError":true');
    expect(await versions()).toBe(1);

    home.writePolicy('crm.yaml', POLICY.replace('effect: allow, unattended: true', 'effect: deny'));
    await expect.poll(answer).toContain('rule_denies');
    expect(await versions()).toBe(2);
  }, 60_000);
});
