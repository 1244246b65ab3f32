import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Host, hostRequest, initialize } from '../support/host-request.ts';
import { type HostStream, openHostStream } from '../support/host-stream.ts';
import { runGateway, type TestGateway } from '../support/run-gateway.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

// Class G: of a policy that is loaded anew and of a kill switch are told exactly those whose own list is another, exactly which list it is,
// and in both eras.

interface Rights {
  readonly sales: { readonly tools: string; readonly prompts: string; readonly resources: string };
}

const SALES: Rights['sales'] = { tools: 'deal', prompts: 'pitch', resources: 'crm://deals/1' };
const policyOf = ({ sales }: Rights): string => `
version: 1
upstream: crm
classes: { read: ['*'] }
rules:
  - { id: sales-tools, who: { groups: [sales] }, tools: [shared, ${sales.tools}], effect: allow }
  - { id: sales-prompts, who: { groups: [sales] }, prompts: [${sales.prompts}], effect: allow }
  - { id: sales-reads, who: { groups: [sales] }, resources: ['${sales.resources}'], effect: allow }
  - { id: support-tools, who: { groups: [support] }, tools: [shared, ticket], effect: allow }
  - { id: support-prompts, who: { groups: [support] }, prompts: [greeting], effect: allow }
  - { id: support-reads, who: { groups: [support] }, resources: ['crm://tickets/1'], effect: allow }
`;

const LISTS = ['tools', 'prompts', 'resources'] as const;
const PEOPLE = { alice: 'sales', bob: 'support' } as const;
type Person = keyof typeof PEOPLE;

let upstream: ScriptedUpstream;
let gateway: TestGateway;
/** Two for each person: one of either era. */
const streams: { readonly person: Person; readonly era: string; readonly stream: HostStream }[] = [];

beforeAll(async () => {
  const tools = ['shared', 'deal', 'offer', 'ticket'].map((name) => ({ name, inputSchema: { type: 'object' } }));
  upstream = await startScriptedUpstream({ era: 'modern', tools });
  const prompts = ['pitch', 'farewell', 'greeting'].map((name) => ({ name }));
  const resources = ['crm://deals/1', 'crm://deals/2', 'crm://tickets/1'].map((uri) => ({ uri, name: uri }));
  upstream.on('prompts/list', (_request, reply) => reply.result({ resultType: 'complete', prompts }));
  upstream.on('resources/list', (_request, reply) => reply.result({ resultType: 'complete', resources }));
  gateway = await runGateway({
    config: `upstreams:\n  crm: ${JSON.stringify({ url: upstream.url })}\n`,
    policies: { 'crm.yaml': policyOf({ sales: SALES }) },
  });
  for (const [person, group] of Object.entries(PEOPLE)) {
    const { token } = await gateway.issue({ user: person, groups: [group] });
    const session = await initialize(gateway.mcpPort, token);
    const notifications = Object.fromEntries(LISTS.map((list) => [`${list}ListChanged`, true]));
    const modern = hostRequest('2026-07-28', '', {
      method: 'subscriptions/listen',
      params: { notifications },
      token,
      headers: [['Accept', 'application/json, text/event-stream']],
    });
    const legacy = {
      method: 'GET',
      headers: [
        ['Accept', 'text/event-stream'],
        ['Authorization', `Bearer ${token}`],
        ['Mcp-Session-Id', session],
      ] as const,
    };
    for (const [era, request] of Object.entries({ modern, legacy })) {
      const stream = await openHostStream(gateway.mcpPort, request);
      if (stream.status !== 200) throw new Error(`no stream: HTTP ${stream.status}`);
      streams.push({ person: person as Person, era, stream });
    }
    // What somebody never saw cannot have changed for them.
    for (const list of LISTS) await listed('2026-07-28', '', token, list);
  }
});
afterAll(async () => {
  for (const { stream } of streams) stream.close();
  await gateway.close();
  await upstream.close();
});

async function listed(host: Host, session: string, token: string, list: string): Promise<void> {
  const answer = await openHostStream(gateway.mcpPort, hostRequest(host, session, { method: `${list}/list`, token }));
  await answer.ended;
}

const told = (): readonly (readonly string[])[] =>
  streams.map(({ stream }) => stream.methods().filter((method) => method.endsWith('/list_changed')));

/** Each stream is told so much because of a change, however late, and nothing more in the time in which more would come. */
async function expectTold(
  change: () => unknown,
  expected: Readonly<Record<string, readonly string[]>>,
  asCounted = (lists: readonly string[]): readonly string[] => lists,
): Promise<void> {
  const before = told();
  const since = () =>
    Object.fromEntries(
      streams.map(({ person, era }, index) => {
        const methods = (told()[index] ?? []).slice(before[index]?.length);
        return [`${person}, ${era}`, asCounted(methods.map((method) => method.split('/')[1] ?? ''))];
      }),
    );
  await change();
  await expect.poll(since).toEqual(expected);
  await sleep(1_600);
  expect(since()).toEqual(expected);
}

const only = (person: Person, ...lists: readonly string[]) =>
  Object.fromEntries(streams.map((each) => [`${each.person}, ${each.era}`, each.person === person ? lists : []]));

const load = (sales: Partial<Rights['sales']>) => () =>
  gateway.home.writePolicy('crm.yaml', policyOf({ sales: { ...SALES, ...sales } }));

it('is told to those whose list it is, and of that list alone', { timeout: 120_000 }, async () => {
  await expectTold(load({ tools: 'offer' }), only('alice', 'tools'));
  await expectTold(load({ tools: 'offer', prompts: 'farewell' }), only('alice', 'prompts'));
  await expectTold(
    load({ tools: 'offer', prompts: 'farewell', resources: 'crm://deals/2' }),
    only('alice', 'resources'),
  );
  const kill = async (scope: object) =>
    (await gateway.admin('POST', '/api/kill-switch', { scope, reason: 'test' })).json['id'] as string;
  const release = (id: string) => () => gateway.admin('DELETE', `/api/kill-switch/${id}`);
  let id = '';
  const stop = (scope: object) => async () => {
    id = await kill(scope);
  };
  // It stops calls and hides nothing, so no list is another.
  const before = told();
  await stop({ tool: 'crm/ticket' })();
  await sleep(1_600);
  expect(told()).toEqual(before);
  await release(id)();
  const each = (lists: readonly string[]) => [...new Set(lists)].toSorted();
  const everybody = Object.fromEntries(streams.map(({ person, era }) => [`${person}, ${era}`, each(LISTS)]));
  await expectTold(stop({ upstream: 'crm' }), everybody, each);
  await expectTold(() => release(id)(), everybody, each);
});
