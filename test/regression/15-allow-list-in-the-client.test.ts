import { afterAll, beforeAll, expect, it } from 'vitest';
import { attack, refused, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS } from '../support/host-request.ts';

// Row 15, gh-aw #22908 and #25105: which tools an agent may use was only told to its client.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it.each(HOSTS)('a tool that was never listed is refused when it is called all the same: %s', async (host) => {
  for (const name of ['crm__read_hidden', 'crm__odd_x', 'crm__delete_x', 'mail__read_y']) {
    const { reasons, ...rest } = await attack(world, host, world.request(host, { params: { name, arguments: {} } }));
    expect({ reasons, ...rest }).toEqual(refused(200, -32602, ...reasons));
    expect(reasons).toHaveLength(1);
  }
});
