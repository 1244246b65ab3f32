import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, refused, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS, metaOf } from '../support/host-request.ts';

// Row 29, clawpatrol #200 and #633: what was too long for the buffer of the inspection, or could not be parsed, matched no rule, and no
// rule meant go.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const MIB = 1024 * 1024;
const nested = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
const wide = (members: number): string =>
  `{${Array.from({ length: members }, (_, index) => `"k${index}":0`).join(',')}}`;

describe.each(HOSTS)('of a host that speaks %s', (host) => {
  const attackWith = (args: string) => {
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"crm__read_x","arguments":${args},${metaOf(host)}}}`;
    return attack(world, host, world.request(host, { params: { name: 'crm__read_x' }, body }));
  };

  it.each<[string, string, number, number]>([
    ['just longer than what is read', `{"a":"${'x'.repeat(4 * MIB)}"}`, 413, -32600],
    ['deeper than what is read', nested(70), 400, -32700],
    ['wider than what is read', wide(20_001), 400, -32700],
    ['cut off', '{"a":', 400, -32700],
    ['in no encoding that is read', '{"a":"\\ud800"}', 400, -32700],
  ])('arguments that are %s are refused', async (_name, args, status, code) => {
    expect(await attackWith(args)).toEqual(refused(status, code, 'malformed'));
  });

  it('arguments that are just as long, deep and wide as may be are decided on like all others', async () => {
    for (const args of [`{"a":"${'x'.repeat(3 * MIB)}"}`, nested(60), wide(19_000)]) {
      const { reasons } = await attackWith(args);
      expect(reasons).toEqual(['rule_allows']);
      const params = { name: 'crm__delete_x', arguments: JSON.parse(args) as never };
      expect(await attack(world, host, world.request(host, { params }))).toEqual(refused(200, -32602, 'class_never'));
    }
  });
});
