import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createGuardedFetch } from '../../../src/adapters/egress/guarded-fetch.ts';
import type { GuardedRequest } from '../../../src/ports/guarded-fetch.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** The host, with its port, of a server that answers like this. */
async function serve(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(answer as (request: unknown, response: unknown) => void);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const GET = (): GuardedRequest => ({ method: 'GET', headers: {}, body: null, deadline: AbortSignal.timeout(5000) });

describe('a guarded fetch', () => {
  it('gives what the host that the operator named answers', async () => {
    const host = await serve((request, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': 'a=b' });
      response.end(JSON.stringify([request.method, request.headers['x-a']]));
    });
    const post = { ...GET(), method: 'POST', headers: { 'x-a': '1' }, body: 'b' };
    const answer = await createGuardedFetch({ host })(`http://${host}/x`, post);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('set-cookie')]).toEqual([
      201,
      'application/json',
      null,
    ]);
    expect(await answer.json()).toEqual(['POST', '1']);
  });

  it('follows no redirect', async () => {
    let asked = 0;
    const host = await serve((_, response) => {
      asked += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await createGuardedFetch({ host })(`http://${host}/x`, GET())).status).toBe(302);
    expect(asked).toBe(1);
  });

  it('is not led to another host of this machine, by port or by name, nor to a metadata service', async () => {
    let asked = 0;
    const inside = await serve((_, response) => {
      asked += 1;
      response.end('{}');
    });
    const fetch = createGuardedFetch({ host: 'login.example.com' });
    const port = inside.split(':')[1];
    for (const url of [
      `http://${inside}/token`,
      `http://localhost:${port}/token`,
      `https://10.0.0.1/token`,
      'https://169.254.169.254/latest',
      'https://[::ffff:a9fe:a9fe]/latest',
    ]) {
      await expect(fetch(url, GET())).rejects.toThrow('out of bounds');
    }
    expect(asked).toBe(0);
  });

  it('does not leave the machine without TLS, nor reads more than any of these answers has', async () => {
    await expect(createGuardedFetch({ host: 'login.example.com' })('http://login.example.com/', GET())).rejects.toThrow(
      'is not behind https',
    );
    const host = await serve((_, response) => response.end('x'.repeat(300_000)));
    await expect(createGuardedFetch({ host })(`http://${host}/`, GET())).rejects.toThrow('is too large');
  });

  it('gives up when the time is over', async () => {
    const host = await serve(() => undefined);
    const slow = { ...GET(), deadline: AbortSignal.timeout(50) };
    await expect(createGuardedFetch({ host })(`http://${host}/`, slow)).rejects.toThrow(/timeout/i);
    for (const server of servers) server.closeAllConnections();
  });
});
