import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '../../src/adapters/admin/admin-routes.ts';
import { startWorld, type World } from '../support/evasion-world.ts';
import { sendRaw } from '../support/raw-http.ts';

// Row 11, CVE-2026-42271 (litellm) and CVE-2026-48710 (Starlette): a "test this server" endpoint ran the caller's command, for any
// key; and the check of rights saw another path than the router.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it.each(ADMIN_ROUTES.filter(({ method }) => method === 'POST').map(({ path }) => path))(
  'no operator can have a program run at %s',
  async (path) => {
    const target = path.replace('{id}', 'apr_AAAAAAAAAAAAAAAAAAAAAA');
    for (const body of [{ command: ['sh', '-c', 'id'] }, { command: 'sh', args: ['-c', 'id'], env: {} }]) {
      expect((await world.gateway.admin('POST', target, body)).status).toBe(400);
    }
  },
);

describe('what a request says of its own address', () => {
  const HOSTS = [
    'localhost/api/tokens',
    'localhost/../readyz',
    'localhost?x=',
    'localhost#',
    'a@localhost',
    '/readyz',
    '',
  ];
  it.each(HOSTS)('does not change where it goes, nor who may: Host %j', async (host) => {
    for (const path of ['/api/tokens', '/readyz']) {
      const answer = await sendRaw(world.gateway.adminPort, { method: 'GET', path, headers: [['Host', host]] });
      expect([400, 403]).toContain(answer.status);
    }
  });

  it.each(['http://localhost/readyz', 'http://readyz/api/tokens', '//readyz/api/tokens', '/readyz/../api/tokens'])(
    'as a target of another form opens nothing: %s',
    async (path) => {
      const answer = await sendRaw(world.gateway.adminPort, { method: 'GET', path });
      expect([200, 401, 404]).toContain(answer.status);
      expect(answer.body).not.toContain('"tokens"');
    },
  );
});
