import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CRM_POLICY, MAIL_POLICY, decisionsIn, startWorld, type World } from '../support/evasion-world.ts';
import { initialize } from '../support/host-request.ts';
import { type HostStream, openHostStream } from '../support/host-stream.ts';
import { type RawRequest, sendRaw } from '../support/raw-http.ts';
import { event, type Reply, type SeenRequest } from '../support/scripted-upstream.ts';

// Classes G and F: what is told beside calls, in the hands of somebody else, or of somebody who has lost the right to hear it.

const READS = `
  - { id: staff-deals, who: { groups: [staff] }, resources: ['crm://deals/*'], effect: allow }
`;
const DEAL = 'crm://deals/1';
const SECRET = 'crm://vault/3';
const UPDATED = 'notifications/resources/updated';
const TOOLS_CHANGED = 'notifications/tools/list_changed';

/** Well before the next sign of life, which would end them as well. A machine that is busy with other tests takes its time. */
const SOON_MS = 5_000;

interface Told {
  readonly request: SeenRequest;
  readonly stream: ReturnType<Reply['stream']>;
}

describe('a stream beside calls', () => {
  let world: World;
  /** Streams that the gateway has open at the upstream. */
  const upstreamStreams: Told[] = [];
  beforeAll(async () => {
    world = await startWorld({ policies: { 'crm.yaml': `${CRM_POLICY}${READS}`, 'mail.yaml': MAIL_POLICY } });
    world.crm.server?.on('subscriptions/listen', (request, reply) => {
      const stream = reply.stream();
      upstreamStreams.push({ request, stream });
      say({ request, stream }, 'notifications/subscriptions/acknowledged');
    });
  });
  afterAll(() => world.close());

  function say({ request, stream }: Told, method: string, params: object = {}): void {
    const _meta = { 'io.modelcontextprotocol/subscriptionId': request.message?.id };
    stream.write(event({ jsonrpc: '2.0', method, params: { ...params, _meta } }));
  }

  /** On every stream that the gateway has open, whoever it is for. */
  function sayEverywhere(method: string, params: object = {}): void {
    for (const told of upstreamStreams) say(told, method, params);
  }

  async function open(request: RawRequest): Promise<HostStream> {
    const stream = await openHostStream(world.gateway.mcpPort, request);
    onTestFinished(() => stream.close());
    return stream;
  }

  function listenAs(token: string, resourceSubscriptions: readonly string[] = [], path = '/mcp'): RawRequest {
    const notifications = { toolsListChanged: true, resourceSubscriptions };
    const headers = [['Accept', 'application/json, text/event-stream']] as const;
    return world.request('2026-07-28', {
      method: 'subscriptions/listen',
      params: { notifications },
      token,
      headers,
      path,
    });
  }

  const getAs = (token: string, session: string, more: readonly (readonly [string, string])[] = []): RawRequest => ({
    method: 'GET',
    headers: [
      ['Accept', 'text/event-stream'],
      ['Authorization', `Bearer ${token}`],
      ['Mcp-Session-Id', session],
      ...more,
    ],
  });

  const grantedOf = async (stream: HostStream): Promise<unknown> =>
    (await stream.received('notifications/subscriptions/acknowledged')).params?.['notifications'];

  it('G01, G06 of alice is not opened, taken up or replayed by bob', async () => {
    const session = await initialize(world.gateway.mcpPort, world.tokens.alice);
    const hers = await open(getAs(world.tokens.alice, session));
    const lastIdOfHers = (): string => hers.events.at(-1)?.id ?? '';
    await expect.poll(lastIdOfHers).not.toBe('');
    const lastEventId = lastIdOfHers();
    const asBob = await sendRaw(
      world.gateway.mcpPort,
      getAs(world.tokens.bob, session, [['Last-Event-ID', lastEventId]]),
    );
    expect(asBob.status).toBe(404);
    const own = await initialize(world.gateway.mcpPort, world.tokens.bob);
    const his = await open(getAs(world.tokens.bob, own, [['Last-Event-ID', lastEventId]]));
    await sleep(50);
    expect(his.events.map(({ id }) => id?.split('-')[0])).not.toContain(lastEventId.split('-')[0]);
    await expect(Promise.race([hers.ended, sleep(50, 'open')])).resolves.toBe('open');
  });

  it('F05 carries nothing of a resource that policy denies, and the upstream is not even asked', async () => {
    const uris = [
      DEAL,
      SECRET,
      'crm://deals/1/../../vault/3',
      'crm://deals/%2e%2e/vault',
      'file:///etc/passwd',
      'ui://board',
    ];
    const before = world.crm.bytes().length;
    const stream = await open(listenAs(world.tokens.alice, uris));
    expect(await grantedOf(stream)).toEqual({ toolsListChanged: true, resourceSubscriptions: [DEAL] });
    await sleep(200);
    expect(world.crm.bytes().slice(before)).not.toMatch(/vault|passwd|board/);
    for (const uri of uris) sayEverywhere(UPDATED, { uri });
    await stream.received(UPDATED);
    await sleep(150);
    const told = stream.events.flatMap(({ message }) => (message?.method === UPDATED ? [message.params?.['uri']] : []));
    expect(told).toEqual([DEAL]);
    const entries = decisionsIn(await world.newEntries()).filter(({ kind }) => kind === 'decision');
    expect(entries.map((entry) => ('method' in entry ? entry.method : ''))).toEqual(
      expect.arrayContaining(['subscriptions/listen', 'resources/subscribe']),
    );
  });

  it('F05 is open to a person without rights, and carries nothing', async () => {
    // What was asked for others before has been asked by now.
    await sleep(300);
    const opened = upstreamStreams.length;
    const stream = await open(listenAs(world.tokens.carol, [DEAL]));
    expect(await grantedOf(stream)).toEqual({ toolsListChanged: true });
    sayEverywhere(UPDATED, { uri: DEAL });
    sayEverywhere(TOOLS_CHANGED);
    await sleep(300);
    expect(stream.methods()).toEqual(['notifications/subscriptions/acknowledged']);
    expect(upstreamStreams).toHaveLength(opened);
  });

  it('G05 ends at once with the revocation of its credential, and carries nothing after', async () => {
    const { id, token } = await world.gateway.issue({ user: 'dave', groups: ['staff'] });
    const stream = await open(listenAs(token, [DEAL]));
    await grantedOf(stream);
    const started = performance.now();
    expect((await world.gateway.admin('DELETE', `/api/tokens/${id}`)).status).toBe(200);
    sayEverywhere(UPDATED, { uri: DEAL });
    await expect(stream.ended).resolves.toBe('end');
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    expect(stream.methods()).not.toContain(UPDATED);
    expect(stream.events.at(-1)?.message?.result).toMatchObject({ resultType: 'complete' });
  });

  it.each([
    ['everything', { all: true }, ['alice', 'bob']],
    ['one person', { principal: 'alice' }, ['alice']],
  ] as const)('K03 ends at once with a kill switch for %s', async (_what, scope, stopped) => {
    const names = ['alice', 'bob'] as const;
    const streams = await Promise.all(names.map((name) => open(listenAs(world.tokens[name]))));
    const session = await initialize(world.gateway.mcpPort, world.tokens.alice);
    const legacy = await open(getAs(world.tokens.alice, session));
    const started = performance.now();
    const pulled = await world.gateway.admin('POST', '/api/kill-switch', { scope, reason: 'test' });
    expect(pulled.status).toBe(200);
    const over = new Set<string>();
    for (const [at, { ended }] of streams.entries()) void ended.then((how) => over.add(`${names[at]} ${how}`));
    await expect(legacy.ended).resolves.toBe('end');
    await expect.poll(() => over.size).toBe(stopped.length);
    expect(performance.now() - started).toBeLessThan(SOON_MS);
    await sleep(300);
    expect([...over].toSorted()).toEqual(stopped.map((name) => `${name} end`));
    const again = await sendRaw(world.gateway.mcpPort, listenAs(world.tokens.alice));
    if ('all' in scope) expect(again.status).toBe(503);
    const { killSwitch } = pulled.json as { killSwitch?: { id: string } };
    const id = killSwitch?.id ?? (pulled.json['id'] as string);
    expect((await world.gateway.admin('DELETE', `/api/kill-switch/${id}`)).status).toBe(200);
  });

  it('G05 tells that the list is another when another policy takes rights away, and carries nothing of what is denied by then', async () => {
    const stream = await open(listenAs(world.tokens.alice, [DEAL], '/mcp/crm'));
    expect(await grantedOf(stream)).toMatchObject({ resourceSubscriptions: [DEAL] });
    world.gateway.home.writePolicy(
      'crm.yaml',
      `${CRM_POLICY}${READS}`.replaceAll('groups: [staff]', 'groups: [others]'),
    );
    await stream.received(TOOLS_CHANGED);
    sayEverywhere(UPDATED, { uri: DEAL });
    await sleep(200);
    expect(stream.methods()).not.toContain(UPDATED);
    world.gateway.home.writePolicy('crm.yaml', `${CRM_POLICY}${READS}`);
    await stream.received(TOOLS_CHANGED, 2);
    sayEverywhere(UPDATED, { uri: DEAL });
    await stream.received(UPDATED);
  });

  it('tells of a list at most about once a second, however the upstream floods', async () => {
    const stream = await open(listenAs(world.tokens.alice, [], '/mcp/crm'));
    await grantedOf(stream);
    const listed = world.crm.server?.seen('tools/list').length ?? 0;
    for (let n = 0; n < 20_000; n++) sayEverywhere(TOOLS_CHANGED);
    await sleep(1_500);
    expect(stream.methods().filter((method) => method === TOOLS_CHANGED).length).toBeLessThanOrEqual(3);
    expect((world.crm.server?.seen('tools/list').length ?? 0) - listed).toBeLessThanOrEqual(20);
  });
});
