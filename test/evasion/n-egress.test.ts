import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUpstream } from '../../src/compose/upstreams.ts';
import { createConfigDir, upstreamText } from '../support/config-dir.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { projectFiles, readProjectFile } from '../support/project-files.ts';

// Class N: connections that the gateway is led to make.

let server: Server;
let port = 0;
let connections = 0;
beforeAll(async () => {
  server = createServer((request, reply) => {
    if (request.url === '/redirect') reply.writeHead(307, { location: `http://127.0.0.1:${port}/inside` }).end();
    else reply.writeHead(404).end();
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

/** The fault of a listing, as a configuration with these lines makes the gateway ask for one. */
async function ask(...lines: readonly string[]): Promise<string> {
  const { parse, remove } = createConfigDir();
  const parsed = parse(upstreamText(...lines));
  remove();
  const [config] = parsed.ok ? parsed.value.upstreams : [];
  if (config === undefined) return 'refused by the configuration';
  const deps = { clock: createFixedClock(), report: () => undefined };
  const upstream = createUpstream(config, { name: 'countersign', version: '0' }, deps);
  const listed = await upstream.listTools({ principal: 'alice' }, AbortSignal.timeout(5_000));
  await upstream.close();
  return listed.ok ? 'listed' : listed.error.detail;
}

describe('N07 an address of what hands out credentials, in a notation of its own', () => {
  it.each([
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0xa9.0xfe.0xa9.0xfe',
    '0251.0376.0251.0376',
    '169.254.43518',
    '169.16689662',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:a9fe:a9fe::]',
    '[fd00:ec2::254]',
    '168.63.129.16',
    '100.100.100.200',
    '0.0.0.0',
    '0',
    '１６９.254.169.254',
    '169。254。169。254',
  ])('%s is not connected to', async (host) => {
    expect(await ask(`url: "https://${host}/mcp"`)).toContain('EGRESS_DENIED');
    expect(await ask(`url: "https://${host}/mcp"`, 'transport: sse')).not.toBe('listed');
  });
});

it('N07 another host than those that are allowed is no upstream at all', async () => {
  const lines = [`url: http://localhost:${port}/mcp`, 'egress: { allow: [wiki.example.com] }'];
  expect(await ask(...lines)).toBe('refused by the configuration');
});

it('N07 a redirect is followed nowhere', async () => {
  const before = connections;
  expect(await ask(`url: http://127.0.0.1:${port}/redirect`)).not.toBe('listed');
  expect(connections).toBeGreaterThan(before);
});

it('N07 no connection is made but through the dialler', () => {
  const sources = projectFiles().filter((file) => /^src\/.*\.ts$/.test(file));
  const texts = sources.map((file) => ({ file, text: readProjectFile(file) }));
  const pools = texts.flatMap(({ file, text }) =>
    [...text.matchAll(/new (?:Agent|Pool|Client)\(([^;]*);/g)].map(([, options = '']) => ({ file, options })),
  );
  expect(pools.length).toBeGreaterThan(4);
  expect(pools.filter(({ options }) => !/\bconnect\b/.test(options)).map(({ file }) => file)).toEqual([]);
  // The command line talks to the gateway that its user names. Everything else hands a dispatcher of those above to each request.
  const requests = texts.filter(
    ({ file, text }) => /\brequest\b.*from 'undici'/.test(text) && !file.startsWith('src/cli/'),
  );
  expect(requests.filter(({ text }) => !/\bdispatcher\b/.test(text)).map(({ file }) => file)).toEqual([]);
  const other =
    /from 'node:(?:https|tls|http2|dgram)'|\b(?:globalThis\.)?fetch\(['"`]|import \{[^}]*\b(?:get|request|connect|createConnection|Socket)\b[^}]*\} from 'node:(?:http|net)'/;
  expect(texts.filter(({ text }) => other.test(text)).map(({ file }) => file)).toEqual([]);
});
