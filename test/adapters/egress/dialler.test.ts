import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createDialler, type DiallerOptions } from '../../../src/adapters/egress/dialler.ts';
import { createDocumentFetcher } from '../../../src/adapters/egress/document-fetcher.ts';

let server: Server;
let port = 0;
let connections = 0;

beforeAll(async () => {
  server = createServer((_req, res) => res.end('reached'));
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => server.close());

/** What came back, or the code of the error. */
async function dial(options: Pick<DiallerOptions, 'chosenBy' | 'hosts'>, host: string): Promise<string> {
  const agent = new Agent({ connect: createDialler({ ...options, connectTimeoutMs: 2000 }) });
  onTestFinished(() => agent.destroy());
  try {
    return await (await request(`http://${host}:${port}/`, { dispatcher: agent })).body.text();
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

it('connects to what the operator chose, by address and by name', async () => {
  expect(await dial({ chosenBy: 'operator', hosts: null }, '127.0.0.1')).toBe('reached');
  expect(await dial({ chosenBy: 'operator', hosts: ['localhost'] }, 'localhost')).toBe('reached');
});

// `URL` has made an ordinary address of the odd ones before the dialler sees them; it is that address which is checked.
it.each(['127.0.0.1', 'localhost', '[::1]', '0x7f.1', '2130706433', '0177.0.0.1', '127.1', '[::ffff:127.0.0.1]'])(
  'does not connect where a peer names %s',
  async (host) => {
    const before = connections;
    expect(await dial({ chosenBy: 'peer', hosts: null }, host)).toBe('EGRESS_DENIED');
    expect(connections).toBe(before);
  },
);

it.each(['169.254.169.254', '[fe80::1]', '0.0.0.0', '[::ffff:169.254.169.254]', '[64:ff9b::a9fe:a9fe]'])(
  'does not connect to %s, whoever names it',
  async (host) => {
    expect(await dial({ chosenBy: 'operator', hosts: null }, host)).toBe('EGRESS_DENIED');
  },
);

it.each(['127.0.0.1', 'localhost.', 'LOCALHOST.example'])(
  'does not connect to %s, which is not in the list',
  async (host) => {
    const before = connections;
    expect(await dial({ chosenBy: 'operator', hosts: ['localhost'] }, host)).toBe('EGRESS_DENIED');
    expect(connections).toBe(before);
  },
);

it('fetches no document from the own network where a peer chose the host', async () => {
  const fetcher = createDocumentFetcher();
  const fetchAs = (chosenBy: 'operator' | 'peer') =>
    fetcher.fetch({
      url: `http://127.0.0.1:${port}/`,
      accept: '*/*',
      bytesMax: 100,
      deadline: AbortSignal.timeout(2000),
      chosenBy,
    });
  expect(await fetchAs('peer')).toEqual({ ok: false, error: 'no answer: EGRESS_DENIED' });
  expect((await fetchAs('operator')).ok).toBe(true);
});
