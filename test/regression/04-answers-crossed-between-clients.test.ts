import { describe, expect, it } from 'vitest';
import { startWorld } from '../support/evasion-world.ts';
import { HOSTS } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';

// Row 4, CVE-2026-25536 (TypeScript SDK): one transport served many clients, and equal JSON-RPC ids got each other's answers.

const PEOPLE = 40;
const ROUNDS = 3;

describe.each(['http, modern', 'http, legacy'] as const)(
  'before an upstream over %s that answers in any order',
  (transport) => {
    it('everybody gets their own answer, though all send the same id', async () => {
      const world = await startWorld({ transport });
      try {
        const complete = transport === 'http, modern' ? { resultType: 'complete' } : {};
        world.crm.server?.on('tools/call', ({ message }, reply) => {
          const text = JSON.stringify(message?.params?.['arguments']);
          const answer = (): void => reply.result({ ...complete, content: [{ type: 'text', text }] });
          setTimeout(answer, Math.random() * 20);
        });
        const issued = await Promise.all(
          Array.from({ length: PEOPLE }, (_, index) =>
            world.gateway.issue({ user: `person-${index}`, groups: ['staff'] }),
          ),
        );
        const answers = await Promise.all(
          issued.flatMap(({ token }, index) =>
            Array.from({ length: ROUNDS }, async (_, round) => {
              const canary = `canary of person ${index} in round ${round}`;
              const host = HOSTS[(index + round) % 2 === 0 ? 0 : 2];
              const params = { name: 'crm__read_x', arguments: { canary } };
              const answer = await world.send(world.request(host, { id: 1, params, token }));
              const { id, result } = parseAnswerBody(answer);
              return { id, canary, isOwn: JSON.stringify(result).includes(canary), status: answer.status };
            }),
          ),
        );
        expect(answers.filter(({ id, isOwn, status }) => id !== 1 || !isOwn || status !== 200)).toEqual([]);
        expect(answers).toHaveLength(PEOPLE * ROUNDS);
      } finally {
        await world.close();
      }
    });
  },
);
