import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exposedName } from '../../src/core/catalog/exposed-name.ts';
import {
  attack,
  attackAndAnswer,
  CRM_POLICY,
  refused,
  sampleOf,
  startWorld,
  TOOLS,
  type World,
} from '../support/evasion-world.ts';
import { HOSTS, type Host, type HostRequest } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { TRANSPORTS } from '../support/recording-upstream.ts';

// Class D: names that look like other names, and lists that show less than can be called.

const tool = (name: unknown, description = 'x') => ({ name, description, inputSchema: { type: 'object' } });

async function listed(world: World, host: Host, path = '/mcp', token = world.tokens.alice): Promise<readonly string[]> {
  const answer = await world.send(world.request(host, { method: 'tools/list', path, token }));
  const { tools } = parseAnswerBody(answer).result as unknown as { tools: readonly { name: string }[] };
  // What the gateway itself offers is no upstream's.
  return tools.map(({ name }) => name).filter((name) => !name.startsWith('countersign__'));
}

describe.each(TRANSPORTS)('before an upstream over %s', (transport) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ transport });
  });
  afterAll(() => world.close());

  const hosts = transport === 'http, modern' ? HOSTS.slice(1) : HOSTS.slice(1, 2);
  describe.each(hosts)('a host that speaks %s', (host) => {
    const SPELLINGS: readonly (readonly [string, string])[] = [
      ['D01 capitals', 'read_X'],
      ['D01 all capitals', 'READ_X'],
      ['D02 a space behind', 'read_x '],
      ['D02 a space before', ' read_x'],
      ['D02 a tab behind', 'read_x\t'],
      ['D02 a line feed behind', 'read_x\n'],
      ['D02 NUL behind', 'read_x\u0000'],
      ['D02 a no-break space', 'read_x\u00a0'],
      ['D02 a zero-width space', 'read\u200b_x'],
      ['D02 a byte order mark', '\ufeffread_x'],
      ['D02 a soft hyphen', 'read\u00ad_x'],
      ['D02 a right-to-left override', '\u202ex_daer'],
      ['D02 tag characters', 'read_x\u{e0041}'],
      ['D02 a variation selector', 'read_x\ufe0f'],
      ['D03 a Cyrillic e', 'r\u0435ad_x'],
      ['D03 full width', '\uff52\uff45\uff41\uff44_x'],
      ['D03 a long s', 'li\u017ft_x'],
      ['D03 a combining accent', 're\u0301ad_x'],
      ['D06 129 characters', `read_z${'z'.repeat(123)}`],
      ['D06 10,000 characters', `read_z${'z'.repeat(10_000)}`],
      ['D14 everything', '*'],
      ['D14 a pattern of the policy', 'read_z*'],
      ['D14 a glob', 'read_?'],
      ['D14 a regular expression', '.*'],
      ['D14 alternatives', 'read_x|delete_x'],
      ['D14 a class', 'read_[xy]'],
      ['a path', '../mail/read_x'],
      ['a path with the tool in front', 'read_x/../delete_x'],
      ['a query', 'read_x?x=1'],
      ['an escape', 'read%5fx'],
      ['a backslash', 'read\\_x'],
      ['a shell', 'read_x;delete_x'],
      ['a substitution', '$(read_x)'],
      ['JSON', '{"name":"read_x"}'],
      ['a tool that only the policy knows', 'read_zebra'],
      ['D13 a tool that is there and that no rule gives', 'read_hidden'],
      ['a tool that is never to be called', 'delete_x'],
    ];

    it.each(transport === 'http, modern' ? SPELLINGS : sampleOf(SPELLINGS))(
      '%s is no tool, in the catalogue of all and of one',
      async (_name, name) => {
        for (const path of ['/mcp', '/mcp/crm']) {
          const exposed = path === '/mcp' ? `crm__${name}` : name;
          const { seen } = await attackAndAnswer(world, host, world.request(host, { path, params: { name: exposed } }));
          const isTooLong = exposed.length > 128;
          expect(seen.reasons).toEqual([isTooLong ? 'malformed' : expect.stringMatching(/unknown|no_rule|class_/)]);
          expect(seen).toEqual(refused(200, -32602, ...seen.reasons));
        }
      },
    );

    it('D13 the three kinds of hidden tool, the unknown one and the one of no upstream are answered alike', async () => {
      const names = [
        'crm__read_hidden',
        'crm__delete_x',
        'crm__odd_x',
        'crm__no_such',
        'nobody__read_x',
        'read_x',
        'crm__',
      ];
      const answers = await Promise.all(names.map((name) => world.send(world.request(host, { params: { name } }))));
      const texts = answers.map(({ text }) => text.replace(/^Date: .*$/m, ''));
      expect(new Set(texts).size).toBe(1);
      expect(texts[0]).toContain('"code":-32602,"message":"Unknown tool"');
    });

    it('D07 a name without its upstream is routed to none of them', async () => {
      const seen = await attack(world, host, world.request(host, { params: { name: 'read_x' } }));
      expect(seen).toEqual(refused(200, -32602, 'tool_unknown'));
    });

    it.each([
      ['/mcp', 'crm__mail__read_x', 'class_unclassified'],
      ['/mcp', '__read_x', 'tool_unknown'],
      ['/mcp', 'crm_read_x', 'tool_unknown'],
      ['/mcp', 'crm___read_x', 'class_unclassified'],
      ['/mcp', 'CRM__read_x', 'tool_unknown'],
      ['/mcp', 'crm/read_x', 'tool_unknown'],
      ['/mcp', 'crm.read_x', 'tool_unknown'],
      ['/mcp/crm', 'crm__read_x', 'class_unclassified'],
      ['/mcp/crm', 'mail__read_x', 'class_unclassified'],
      ['/mcp/mail', 'crm__read_x', 'class_unclassified'],
      ['/mcp/mail', 'read_y', 'class_unclassified'],
    ])('D08 to %s, %s reaches no other upstream', async (path, name, reason) => {
      const seen = await attack(world, host, world.request(host, { path, params: { name } }));
      expect(seen).toEqual(refused(200, -32602, reason));
    });

    it('D12 a cursor that was never given out is no cursor', async () => {
      for (const cursor of ['', '0', 'eyJwYWdlIjoyfQ==', '../../mail', 'x'.repeat(4096)]) {
        const seen = await attack(world, host, world.request(host, { method: 'tools/list', params: { cursor } }));
        expect(seen).toEqual(refused(200, -32602, 'method_allowed'));
      }
      for (const cursor of [0, [], {}, true, 'x'.repeat(4097)]) {
        const seen = await attack(world, host, world.request(host, { method: 'tools/list', params: { cursor } }));
        expect(seen).toEqual(refused(200, -32602, 'malformed'));
      }
    });

    it('D13 what each person is shown is what they can call', async () => {
      expect(await listed(world, host, '/mcp/mail')).toEqual(['read_x', 'update_x']);
      const shown = await listed(world, host);
      const crm = ['read_x', 'read_y', 'update_x', 'manage_x', 'slow_x', 'remember'].map((name) => `crm__${name}`);
      expect(shown).toEqual([...crm, 'mail__read_x', 'mail__update_x']);
      // carol owns no session, and needs none.
      const own: Host = host === '2026-07-28' ? host : '2025-11-25';
      expect(await listed(world, own, '/mcp', world.tokens.carol)).toEqual([]);
      for (const name of shown) {
        const params = { name, arguments: { action: 'get' } };
        const request = world.request(own, { params, token: world.tokens.carol });
        expect(await attack(world, own, request)).toEqual(refused(200, -32602, 'no_rule'));
      }
    });
  });
});

describe('an upstream whose list is not what it should be', () => {
  const ODD_TOOLS: readonly unknown[] = [
    ...TOOLS.filter(({ name }) => name !== 'read_y'),
    tool('read_y', 'the first'),
    tool('read_y', 'the second'),
    tool('read_x '),
    tool('read\u200b_z'),
    tool('r\u0435ad_z'),
    tool('read_z\u0000'),
    tool('read_z*'),
    tool('read_zz\u202e'),
    tool(''),
    tool('read_z'.padEnd(129, 'z')),
    tool(['read_zz']),
    { description: 'no name' },
    'read_zz',
    null,
    tool('read_z.dotted'),
    tool('read_z_dotted'),
    tool('__proto__'),
  ];
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ tools: ODD_TOOLS });
  });
  afterAll(() => world.close());

  it.each(HOSTS)('D02, D03, D10 shows %s none of the tools that cannot be told apart', async (host) => {
    const dotted = exposedName({ upstream: 'crm', tool: 'read_z.dotted' });
    const crm = (await listed(world, host)).filter((name) => name.startsWith('crm'));
    const plain = ['read_x', 'update_x', 'manage_x', 'slow_x', 'remember'].map((name) => `crm__${name}`);
    expect(crm).toEqual([...plain, dotted, 'crm__read_z_dotted']);
  });

  it.each(HOSTS)('D02, D03, D10 lets %s call none of them', async (host) => {
    for (const name of ['read_y', 'read_x ', 'read\u200b_z', 'r\u0435ad_z', 'read_z\u0000', 'read_z*', 'read_zz']) {
      for (const path of ['/mcp', '/mcp/crm']) {
        const params = { name: path === '/mcp' ? `crm__${name}` : name };
        const seen = await attack(world, host, world.request(host, { path, params }));
        expect(seen).toEqual(refused(200, -32602, ...seen.reasons));
        expect(seen.reasons).toHaveLength(1);
      }
    }
  });

  it('D08 a name that had to be changed stands for one tool alone', async () => {
    const dotted = exposedName({ upstream: 'crm', tool: 'read_z.dotted' });
    const calls: readonly (readonly [string, string])[] = [
      [dotted, 'read_z.dotted'],
      ['crm__read_z_dotted', 'read_z_dotted'],
    ];
    for (const [name, upstreamName] of calls) {
      await world.send(world.request('2026-07-28', { params: { name } }));
      expect(world.crm.calls().at(-1)?.tool).toBe(upstreamName);
    }
    const seen = await attack(
      world,
      '2026-07-28',
      world.request('2026-07-28', { params: { name: 'crm__read_z.dotted' } }),
    );
    expect(seen).toEqual(refused(200, -32602, 'tool_unknown'));
  });
});

describe('D15 an upstream that lists without end', () => {
  const page = (start: number, size: number): readonly unknown[] =>
    Array.from({ length: size }, (_, index) => tool(`read_z${start + index}`));
  let world: World;
  let listers = 0;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it.each<[string, (round: number) => object]>([
    ['a page that leads to itself', () => ({ tools: [], nextCursor: 'again' })],
    ['pages without end', (round) => ({ tools: page(round * 10, 10), nextCursor: `page ${round}` })],
    ['10,001 tools', () => ({ tools: page(0, 10_001) })],
    ['a cursor of 10 kB', () => ({ tools: [], nextCursor: 'x'.repeat(10_000) })],
    ['a cursor that is no text', () => ({ tools: [], nextCursor: 7 })],
  ])('%s costs its own tools and nobody else’s', async (_name, pageOf) => {
    let round = 0;
    world.crm.server?.on('tools/list', (_request, reply) => {
      reply.result({ resultType: 'complete', ttlMs: 0, cacheScope: 'private', ...pageOf(round++) });
    });
    // A person whose list is not known yet.
    const { token } = await world.gateway.issue({ user: `lister-${++listers}`, groups: ['staff'] });
    expect(await listed(world, '2026-07-28', '/mcp', token)).toEqual(['mail__read_x', 'mail__update_x']);
    expect(round).toBeLessThanOrEqual(100);
    const call = world.request('2026-07-28', { params: { name: 'crm__read_x' }, token });
    const callsBefore = world.crm.calls().length;
    expect(parseAnswerBody(await world.send(call)).result).toMatchObject({
      isError: true,
      structuredContent: { reason: 'upstream_unavailable' },
    });
    expect(world.crm.calls().length).toBe(callsBefore);
  });
});

it('D12 a cursor is good for whom it was given to, where it was given, and under the policy of then', async () => {
  const many = Array.from({ length: 1200 }, (_, at) => ({ name: `read_z${at}`, inputSchema: { type: 'object' } }));
  const world = await startWorld({ tools: [...TOOLS, ...many] });
  const page = async (cursor: string | null, more: Pick<HostRequest, 'token' | 'path'> = {}) => {
    const params = cursor === null ? {} : { cursor };
    return parseAnswerBody(await world.send(world.request('2026-07-28', { method: 'tools/list', params, ...more })));
  };
  const first = (await page(null)).result ?? {};
  const cursor = first['nextCursor'] as string;
  expect(first['tools']).toHaveLength(1000);
  const second = (await page(cursor)).result ?? {};
  expect([(second['tools'] as unknown[]).length, second['nextCursor']]).toEqual([209, undefined]);
  expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toMatch(/read_z|alice/);
  for (const more of [{ token: world.tokens.bob }, { token: world.tokens.carol }, { path: '/mcp/crm' }]) {
    expect((await page(cursor, more)).error?.code).toBe(-32602);
  }
  expect((await page('')).error?.code).toBe(-32602);
  world.gateway.home.writePolicy(
    'crm.yaml',
    `${CRM_POLICY}  - { id: later, who: { groups: [other] }, tools: [read_y], effect: allow }\n`,
  );
  await expect.poll(async () => (await page(cursor)).error?.code).toBe(-32602);
  await world.close();
});
