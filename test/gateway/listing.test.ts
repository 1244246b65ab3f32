import { describe, expect, it } from 'vitest';
import type { ListKind } from '../../src/core/catalog/listed.ts';
import type { Principal } from '../../src/core/identity/principal.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import type { Endpoint, HostList } from '../../src/gateway/gateway.ts';
import { createGatewayRig, type GatewayRig, person } from '../support/gateway-rig.ts';
import { contextFor } from '../support/host-context.ts';

const alice = person('alice');
const bob = person('bob');
const stranger = person('mallory', { groups: [] });
const POLICY = `
version: 1
upstream: crm
classes: { read: ['*'] }
rules:
  - { id: all, who: { groups: [staff] }, tools: ['*'], effect: allow }
  - { id: deals, who: { groups: [staff] }, resources: ['crm://deals/*'], effect: allow }
  - { id: prompts, who: { groups: [staff] }, prompts: ['*'], effect: allow }
`;
const OTHER = `
version: 1
upstream: wiki
classes: { read: ['*'] }
rules:
  - { id: all, who: { groups: [staff] }, tools: ['*'], effect: allow }
`;
const ALL: Endpoint = { kind: 'all' };
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `get_${index}`);

function createRig(tools: readonly string[] = ['get_0']): Promise<GatewayRig> {
  return createGatewayRig({ policies: [POLICY, OTHER], upstreams: { crm: tools, wiki: ['page'] } });
}

interface Listed {
  readonly keys: readonly string[];
  readonly cursor: string | null;
  readonly page: HostList;
}

async function list(
  rig: GatewayRig,
  { who = alice, kind = 'tools', cursor = null, endpoint = ALL }: ListRequest = {},
): Promise<Listed | number> {
  const page = await rig.gateway.list(
    contextFor({ callId: rig.deps.ids.next('call'), principal: who, revision: '2026-07-28', endpoint }),
    kind,
    cursor,
  );
  if (page.kind === 'error') return page.code;
  const items = JSON.parse(Buffer.from(page.items).toString()) as readonly JsonObject[];
  const keys = items.map((item) => (item['uri'] ?? item['uriTemplate'] ?? item['name']) as string);
  return { keys, cursor: page.nextCursor, page };
}

interface ListRequest {
  readonly who?: Principal;
  readonly kind?: ListKind;
  readonly cursor?: string | null;
  readonly endpoint?: Endpoint;
}

async function listed(rig: GatewayRig, request: ListRequest = {}): Promise<Listed> {
  const answer = await list(rig, request);
  if (typeof answer === 'number') throw new Error(`error ${answer}`);
  return answer;
}

describe('a list of more than a page', () => {
  it('is turned page by page, in order, each entry once', async () => {
    const rig = await createRig(names(2001));
    const first = await listed(rig);
    const second = await listed(rig, { cursor: first.cursor });
    const third = await listed(rig, { cursor: second.cursor });
    expect([first.keys.length, second.keys.length, third.keys.length, third.cursor]).toEqual([1000, 1000, 2, null]);
    const all = [...first.keys, ...second.keys, ...third.keys];
    expect(all).toEqual([...names(2001).map((name) => `crm__${name}`), 'wiki__page']);
  });

  it('has a cursor that says nothing, and is good for one person, list, endpoint and policy', async () => {
    const rig = await createRig(names(1100));
    const cursor = (await listed(rig)).cursor ?? '';
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toMatch(/get_|alice|tools/);
    const middle = Math.trunc(cursor.length / 2);
    const altered = `${cursor.slice(0, middle)}${cursor[middle] === 'A' ? 'B' : 'A'}${cursor.slice(middle + 1)}`;
    const wrong: readonly ListRequest[] = [
      { cursor, who: bob },
      { cursor, kind: 'prompts' },
      { cursor, endpoint: { kind: 'one', upstream: 'crm' } },
      { cursor: altered },
      { cursor: '' },
      { cursor: cursor.slice(0, -1) },
      { cursor: `${cursor}A` },
    ];
    for (const request of wrong) expect(await list(rig, request)).toBe(-32602);
    expect((await listed(rig, { cursor })).keys).toHaveLength(101);
    rig.setPolicy([POLICY, OTHER.replace('id: all', 'id: other')]);
    expect(await list(rig, { cursor })).toBe(-32602);
  });

  it('goes on behind an entry that is still there, and begins anew where it is not', async () => {
    const rig = await createRig(names(1100));
    const { cursor } = await listed(rig);
    const shorter = names(1100).filter((name) => name !== 'get_7');
    offer(rig, shorter);
    expect((await listed(rig, { cursor })).keys).toHaveLength(101);
    offer(rig, shorter.slice(0, 500));
    expect(await list(rig, { cursor })).toBe(-32602);
  });
});

function offer(rig: GatewayRig, tools: readonly string[]): void {
  rig.upstreams.get('crm')?.offer(tools.map((name) => ({ name, inputSchema: { type: 'object' } })));
  rig.deps.catalogue.forget('crm');
}

describe('a list that was given before', () => {
  it('is the same bytes for everybody who sees the same', async () => {
    const rig = await createRig(names(50));
    const [first, again, other] = [await listed(rig), await listed(rig), await listed(rig, { who: bob })];
    expect(again.page.items).toBe(first.page.items);
    expect(other.page.items).toBe(first.page.items);
    expect((await listed(rig, { who: stranger })).keys).toEqual([]);
  });

  it.each<readonly [string, (rig: GatewayRig) => Promise<unknown> | void, readonly string[]]>([
    ['another policy', (rig) => rig.setPolicy([OTHER]), ['wiki__page']],
    [
      'a kill switch',
      (rig) => rig.deps.killSwitches.pull({ scope: { upstream: 'crm' }, reason: 'x', expiresMs: null, by: 'olivia' }),
      ['wiki__page'],
    ],
    ['another list', (rig) => offer(rig, ['put']), ['crm__put', 'wiki__page']],
  ])('is not given again after %s', async (_what, change, expected) => {
    const rig = await createRig();
    expect((await listed(rig)).keys).toEqual(['crm__get_0', 'wiki__page']);
    await change(rig);
    expect((await listed(rig)).keys).toEqual(expected);
  });

  it('is not given to a credential with other groups of the same person', async () => {
    const rig = await createRig();
    await listed(rig);
    expect((await listed(rig, { who: person('alice', { groups: [] }) })).keys).toEqual([]);
  });
});

describe('an upstream that cannot be asked', () => {
  it('leaves out its own, and is named to those alone who have to do with it', async () => {
    const rig = await createRig();
    const crm = rig.upstreams.get('crm');
    if (crm !== undefined) crm.listFault = { kind: 'unreachable', dispatched: false, detail: 'no connection' };
    const seen = await listed(rig);
    expect([seen.keys, seen.page.unavailable]).toEqual([['wiki__page'], ['crm']]);
    expect((await listed(rig, { who: stranger })).page.unavailable).toEqual([]);
    expect(rig.reports.map(({ problem }) => problem)).toContainEqual(expect.stringContaining('tools of crm'));
  });
});

describe('what is offered', () => {
  it('is what some rule grants this person of this endpoint', async () => {
    const rig = await createRig();
    const offers = (who: Principal, endpoint: Endpoint = ALL) => rig.gateway.offers({ principal: who, endpoint });
    expect(offers(alice)).toEqual({ resources: true, prompts: true, completions: false, logging: false });
    expect(offers(stranger)).toEqual({ resources: false, prompts: false, completions: false, logging: false });
    const wiki = offers(alice, { kind: 'one', upstream: 'wiki' });
    expect(wiki).toEqual({ resources: false, prompts: false, completions: false, logging: false });
  });

  it('costs an upstream nothing of which no rule speaks', async () => {
    const rig = await createRig();
    const asked: string[] = [];
    for (const upstream of rig.upstreams.values()) {
      const real = upstream.list;
      upstream.list = (kind, caller, signal) => {
        asked.push(`${upstream.name} ${kind}`);
        return real(kind, caller, signal);
      };
    }
    await listed(rig, { kind: 'resources' });
    await listed(rig, { kind: 'prompts' });
    expect(asked).toEqual(['crm resources', 'crm prompts']);
  });
});

describe('what an upstream says in a list', () => {
  const GITHUB = `ghp_${'iyxcr1m73849kc0nolx2073atq26maalw6xk'}`;
  const OWN = 'the-credential-of-the-gateway';

  async function shown(kind: ListKind, entry: JsonObject): Promise<string> {
    const rig = await createGatewayRig({ policies: [POLICY], upstreams: { crm: [] }, secrets: [OWN] });
    const crm = rig.upstreams.get('crm');
    if (kind === 'tools') crm?.offer([entry]);
    else crm?.others.set(kind, [entry]);
    const { page, keys } = await listed(rig, { kind });
    expect(keys).toHaveLength(1);
    return Buffer.from(page.items).toString();
  }

  const described = `Sent with ${OWN} or ${Buffer.from(`x:${OWN}`).toString('base64')}`;
  it.each<[ListKind, JsonObject]>([
    ['tools', { name: 'get_1', description: described, inputSchema: { type: 'object', title: OWN } }],
    ['prompts', { name: 'ask', description: described, arguments: [{ name: 'a', description: described }] }],
    ['resources', { uri: `crm://deals/${OWN}`, name: OWN, title: described, description: described }],
    ['templates', { uriTemplate: 'crm://deals/{id}', name: OWN, description: described }],
  ])('holds no credential of the gateway: %s', async (kind, entry) => {
    const text = await shown(kind, entry);
    expect(text).toContain('*'.repeat(OWN.length));
    expect(text).not.toContain(OWN);
    expect(text).not.toContain(Buffer.from(OWN).toString('base64').slice(4, 20));
  });

  it('holds nothing of a resource that detectors find', async () => {
    const text = await shown('resources', {
      uri: `crm://deals/${GITHUB}`,
      name: `deal ${GITHUB}`,
      description: `with ${GITHUB}`,
      annotations: { audience: ['user'] },
    });
    expect(JSON.parse(text)).toEqual([
      {
        uri: 'crm://deals/[redacted:token]',
        name: 'deal [redacted:token]',
        description: 'with [redacted:token]',
        annotations: { audience: ['user'] },
      },
    ]);
  });
});
