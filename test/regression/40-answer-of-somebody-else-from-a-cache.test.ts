import { describe, expect, it } from 'vitest';
import { PEOPLE, startWorld, TOOLS } from '../support/evasion-world.ts';
import { HOSTS } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';

// Row 40, Asana MCP 2025-06: an answer that was kept for one tenant was given to the next.

describe.each(['http, modern', 'http, legacy'] as const)(
  'before an upstream over %s that shows everybody other tools',
  (transport) => {
    it('nobody is shown the list, or given the result, that another got first', async () => {
      const world = await startWorld({ transport });
      try {
        const complete =
          transport === 'http, modern' ? { resultType: 'complete', ttlMs: 3_600_000, cacheScope: 'public' } : {};
        let calls = 0;
        world.crm.server?.on('tools/call', (_request, reply) => {
          calls += 1;
          const content = [{ type: 'text', text: `answer ${calls}` }];
          reply.result({ ...(transport === 'http, modern' ? { resultType: 'complete' } : {}), content });
        });
        const results = [];
        for (const person of [...PEOPLE.slice(0, 2), ...PEOPLE.slice(0, 2)]) {
          const params = { name: 'crm__read_x', arguments: { same: 'question' } };
          const answer = await world.send(world.request('2026-07-28', { params, token: world.tokens[person] }));
          results.push(JSON.stringify(parseAnswerBody(answer).result?.['content']));
        }
        expect(new Set(results).size).toBe(4);

        let lists = 0;
        world.crm.server?.on('tools/list', (_request, reply) => {
          lists += 1;
          reply.result({
            ...complete,
            tools: TOOLS.filter(({ name }) => name === (lists === 1 ? 'read_x' : 'read_y')),
          });
        });
        const shown = [];
        for (const person of ['paul', 'rita']) {
          const { token } = await world.gateway.issue({ user: person, groups: ['staff'] });
          for (const host of [HOSTS[0], HOSTS[2]]) {
            const answer = await world.send(world.request(host, { method: 'tools/list', path: '/mcp/crm', token }));
            const { tools } = parseAnswerBody(answer).result as unknown as { tools: readonly { name: string }[] };
            shown.push(`${person}: ${tools.map(({ name }) => name).join()}`);
          }
        }
        expect(shown).toEqual(['paul: read_x', 'paul: read_x', 'rita: read_y', 'rita: read_y']);
      } finally {
        await world.close();
      }
    });
  },
);
