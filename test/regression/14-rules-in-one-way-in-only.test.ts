import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PEOPLE, startWorld, TOOLS, type World } from '../support/evasion-world.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';

// Row 14, Obot `/mcp-connect/{id}`: access rules held on the way through the user interface, and on no other.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const WAYS_IN = ['/mcp', '/mcp/crm', '/mcp/mail', '/token/mcp', '/token/mcp/crm', '/token/mcp/mail'];

describe.each(WAYS_IN)('through %s', (path) => {
  it.each(PEOPLE)('%s can call what is listed there, and nothing else', async (person) => {
    const host = person === 'alice' ? '2025-11-25' : '2026-07-28';
    const token = world.tokens[person];
    const answer = await world.send(world.request(host, { method: 'tools/list', path, token }));
    const { tools } = parseAnswerBody(answer).result as unknown as { tools: readonly { name: string }[] };
    const listed = tools.map(({ name }) => name).toSorted();

    const names = TOOLS.map(({ name }) => name as string).filter((name) => name !== 'slow_x');
    const [, upstream] = /\/mcp\/(\w+)$/.exec(path) ?? [];
    const candidates =
      upstream === undefined ? ['crm', 'mail'].flatMap((each) => names.map((name) => `${each}__${name}`)) : names;
    const callable = [];
    for (const name of candidates) {
      const params = { name, arguments: { action: 'get' } };
      const { error } = parseAnswerBody(await world.send(world.request(host, { params, path, token })));
      // What is only short of a scope is not listed, and says so when it is called.
      if (error === undefined && !name.endsWith('export_x')) callable.push(name);
    }
    // Everybody may ask the gateway for their own requests; whoever can have none is not told of it.
    const ofUpstreams = listed.filter((name) => name !== 'countersign__approvals');
    expect(callable.toSorted()).toEqual(ofUpstreams.filter((name) => !name.endsWith('slow_x')));
    if (person === 'carol') expect(listed).toEqual([]);
  });
});
