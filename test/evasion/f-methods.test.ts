import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { METHODS } from '../../src/core/mcp/methods.ts';
import { attack, CRM_POLICY, refused, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS, type Host, initialize } from '../support/host-request.ts';
import { METHOD_ATTACKS, UNKNOWN_METHODS } from '../support/method-attacks.ts';
import type { RawRequest } from '../support/raw-http.ts';
import { TRANSPORTS } from '../support/recording-upstream.ts';

// Class F: every method of every revision, as a way to an upstream for somebody who has no right to anything.

const POLICY = `${CRM_POLICY}
  - { id: deals, who: { groups: [staff] }, resources: ['crm://**'], effect: allow, completion: true }
  - { id: greet, who: { groups: [staff] }, prompts: [greet], effect: allow, completion: true }
`;

it('there is an attack for every method of the table, and for nothing else', () => {
  expect([...METHOD_ATTACKS.keys()].toSorted()).toEqual([...METHODS.keys()].toSorted());
});

describe.each(TRANSPORTS)('before an upstream over %s', (transport) => {
  let world: World;
  let session: string;
  beforeAll(async () => {
    world = await startWorld({ transport, policies: { 'crm.yaml': POLICY } });
    session = await initialize(world.gateway.mcpPort, world.tokens.carol);
    // From here on the session listens, and its lists are looked at no more.
    await world.send(byCarol('2025-11-25 in a session', 'resources/unsubscribe', { uri: 'crm://deals/1' }, 'request'));
    await world.newEntries();
  });
  afterAll(() => world.close());

  /** carol's request, in a session of her own where there are sessions. */
  function byCarol(host: Host, method: string, params: JsonObject, kind: 'request' | 'notification'): RawRequest {
    const own: readonly (readonly [string, string])[] =
      host === '2025-11-25 in a session' ? [['Mcp-Session-Id', session]] : [];
    const taskId =
      typeof params['taskId'] === 'string' && host === '2026-07-28' ? [['Mcp-Name', params['taskId']] as const] : [];
    const request = world.request(host, { method, params, token: world.tokens.carol, headers: [...own, ...taskId] });
    if (kind === 'request') return request;
    const { id: _id, ...body } = JSON.parse(String(request.body)) as JsonObject;
    return { ...request, body: JSON.stringify(body) };
  }

  describe.each(HOSTS.slice(1))('a host that speaks %s', (host) => {
    const era = host === '2026-07-28' ? 'modern' : 'legacy';

    it.each([...METHOD_ATTACKS])('%s is no way past policy', async (method, { params, legacy, modern }) => {
      const kind = METHODS.get(method)?.kind ?? 'request';
      const seen = await attack(world, host, byCarol(host, method, params, kind));
      expect(seen).toEqual(era === 'modern' ? modern : legacy);
    });

    it.each([...METHODS].filter(([, { kind }]) => kind === 'request').map(([method]) => method))(
      '%s without an id is carried out for nobody',
      async (method) => {
        const params = METHOD_ATTACKS.get(method)?.params ?? {};
        const seen = await attack(world, host, byCarol(host, method, params, 'notification'));
        expect(seen).toEqual(refused(400, -32600, 'malformed'));
      },
    );

    it.each([...METHODS].filter(([, { kind }]) => kind === 'notification').map(([method]) => method))(
      '%s with an id is no method',
      async (method) => {
        const params = METHOD_ATTACKS.get(method)?.params ?? {};
        const seen = await attack(world, host, byCarol(host, method, params, 'request'));
        expect(seen).toEqual(refused(era === 'modern' ? 404 : 200, -32601, 'method_denied'));
      },
    );

    it.each(UNKNOWN_METHODS)('%s is unknown, with an id and without, also to those who may do much', async (method) => {
      const params = { name: 'crm__read_x', uri: 'crm://deals/1' };
      const asked = await attack(world, host, world.request(host, { method, params }));
      expect(asked).toEqual(refused(era === 'modern' ? 404 : 200, -32601, 'method_denied'));
      const told = await attack(world, host, byCarol(host, method, params, 'notification'));
      expect(told).toEqual(refused(202, null, 'method_denied'));
    });
  });
});
