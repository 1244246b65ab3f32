import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERAS, mcpRequest, sessionRequest, withHeaders } from '../support/mcp-request.ts';
import { type PeerWorld, startPeerWorld } from '../support/peer-world.ts';
import { type RawRequest, sendRaw } from '../support/raw-http.ts';
import { connectV1, SDKS, textOf } from '../support/sdk-hosts.ts';

// What one person has of the gateway and its upstreams, and another does not.

let world: PeerWorld;
beforeAll(async () => {
  world = await startPeerWorld({ holdMs: 100 });
  writeFileSync(join(world.files, 'note.txt'), 'a note');
});
afterAll(() => world?.close());

type Person = 'alice' | 'bob' | 'carol';

const send = (who: Person, request: RawRequest) =>
  sendRaw(world.gateway.mcpPort, withHeaders(request, [['Authorization', `Bearer ${world.tokens[who]}`]]));

describe('a tool that is out of reach', () => {
  const ways = ERAS.flatMap((era) => ['/mcp', '/token/mcp', '/mcp/filesystem'].map((path) => [era, path] as const));

  it.each(ways)('answers a %s call at %s byte for byte like one that does not exist', async (era, path) => {
    const isOne = path.endsWith('/filesystem');
    const answerTo = async (who: Person, tool: string): Promise<string> => {
      const name = isOne ? tool : `filesystem__${tool}`;
      const params = {
        name,
        arguments: { source: join(world.files, 'note.txt'), destination: '/tmp/x', path: '/tmp' },
      };
      const { text } = await send(who, { ...mcpRequest(era, 'tools/call', params, 7), path });
      return text.replace(/^Date: .*\r\n/im, '');
    };
    const unknown = await answerTo('alice', 'q7_no_such_tool');
    expect(unknown).toContain('"error":{"code":-32602,"message":"Unknown tool"}');
    // Never, for everybody.
    expect(await answerTo('alice', 'move_file')).toBe(unknown);
    // Hidden from who is not of the staff.
    expect(await answerTo('carol', 'read_text_file')).toBe(unknown);
    expect(await answerTo('carol', 'write_file')).toBe(unknown);
    expect(await answerTo('carol', 'move_file')).toBe(unknown);
  });

  it.each(SDKS)('looks to %s like one that does not exist, and is not listed', async (_name, connect) => {
    const host = await connect(world.url('/mcp'), world.tokens.alice);
    const listed = await host.listTools();
    const failure = (tool: string): Promise<unknown> => host.call(tool, {}).catch((error: unknown) => error);
    const unknown = await failure('everything__no-such-tool');
    expect(unknown).toMatchObject({ code: -32602 });
    for (const tool of ['filesystem__move_file', 'everything__get-env', 'everything__trigger-sampling-request']) {
      expect(listed).not.toContain(tool);
      expect(await failure(tool)).toEqual(unknown);
    }
    await host.close();
  });
});

describe('a session', () => {
  it('is of no use to anybody else, and no one else can end it', async () => {
    const host = await connectV1(world.url('/mcp'), world.tokens.alice);
    const bob = await connectV1(world.url('/mcp'), world.tokens.bob);
    const session = host.sessionId ?? '';
    expect(bob.sessionId).not.toBe(session);
    const ping = sessionRequest(session, 'ping');
    const end: RawRequest = {
      method: 'DELETE',
      headers: [
        ['Authorization', ''],
        ['Mcp-Session-Id', session],
      ],
    };
    expect((await send('bob', ping)).status).toBe(404);
    expect((await send('bob', sessionRequest('no-such-session', 'ping'))).body).toBe((await send('bob', ping)).body);
    expect((await send('bob', end)).status).toBe(404);
    expect((await send('alice', ping)).status).toBe(200);
    expect(await host.listTools()).not.toEqual([]);
    expect((await send('alice', end)).status).toBe(204);
    expect((await send('alice', ping)).status).toBe(404);
    expect(await bob.listTools()).not.toEqual([]);
    await Promise.all([host.close(), bob.close()]);
  });
});

describe('two people', () => {
  it('have a session each at server-everything, and a process each of server-filesystem', async () => {
    const people: Person[] = ['alice', 'bob'];
    for (const [, connect] of SDKS) {
      for (const who of people) {
        const host = await connect(world.url('/mcp'), world.tokens[who]);
        expect(textOf(await host.call('everything__echo', { message: who }))).toBe(`Echo: ${who}`);
        const read = await host.call('filesystem__read_text_file', { path: join(world.files, 'note.txt') });
        expect(textOf(read)).toBe('a note');
        await host.close();
      }
    }
    expect(new Set(world.everything.sessions()).size).toBe(people.length);
    expect(world.filesystemPids().filter(isAlive)).toHaveLength(people.length);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
