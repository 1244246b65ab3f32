import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, refused, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS, metaOf } from '../support/host-request.ts';

// Row 8, CVE-2026-27896 (Go SDK): `"Method"` was taken for `"method"`, and Unicode folding for more, behind a proxy that compared exactly.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe.each(HOSTS)('of a host that speaks %s', (host) => {
  const send = (envelope: string, params: string) => {
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call"${envelope},"params":{"name":"crm__read_x"${params},${metaOf(host)}}}`;
    return world.request(host, { params: { name: 'crm__read_x' }, body });
  };

  it.each(['Method', 'METHOD', 'Params', 'param\u017f', 'Id', 'jsonRPC', 'Result', 'Error'])(
    'a member that a lax reader takes for another is refused: %s',
    async (name) => {
      const seen = await attack(world, host, send(`,"${name}":{"name":"crm__delete_x"}`, ''));
      expect(seen).toEqual(refused(400, -32600, 'malformed'));
    },
  );

  it('of the params nothing goes on but what the policy has read', async () => {
    const more =
      ',"Name":"delete_x","NAME":"delete_x","Argument\u017f":{"a":2},"ARGUMENTS":{"a":3},"arguments":{"a":1}';
    await world.send(send('', more));
    const text = world.crm.calls().at(-1)?.text ?? '';
    expect(JSON.parse(text)).toMatchObject({ params: { name: 'read_x', arguments: { a: 1 } } });
    expect(text).not.toMatch(/delete_x|"Name"|"NAME"|"a":[23]/);
  });
});
