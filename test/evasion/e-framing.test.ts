import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callHonestly, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS, type Host } from '../support/host-request.ts';
import type { Header } from '../support/mcp-request.ts';
import { parseAnswer, sendBytes } from '../support/raw-http.ts';

// Class E, framing: bytes that two readers of HTTP could take for different requests, in front of the whole gateway.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const PARAMS = { name: 'crm__read_x', arguments: { smuggled: true } };

/** A call of alice's, with other framing than that of an honest one. */
function bytesOf(host: Host, framing: readonly Header[], body = bodyOf(host), method = 'POST'): string {
  const { path = '/mcp', headers = [] } = world.request(host, { params: PARAMS });
  const lines = [...headers, ...framing].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${world.gateway.mcpPort}\r\n${lines}\r\n${body}`;
}

const bodyOf = (host: Host): string => String(world.request(host, { params: PARAMS }).body);
const lengthOf = (host: Host): string => String(Buffer.byteLength(bodyOf(host)));

/** What comes back of some bytes, how many calls they made of themselves, and whether an honest one still gets through. */
async function seen(host: Host, bytes: string | Uint8Array): Promise<readonly [number, number]> {
  const before = world.crm.calls().length;
  const text = await sendBytes(world.gateway.mcpPort, bytes);
  const calls = world.crm.calls().length - before;
  await callHonestly(world, host);
  return [text === '' ? 0 : parseAnswer(text).status, calls];
}

describe.each(HOSTS)('a host that speaks %s', (host) => {
  it.each<[string, (length: string) => readonly Header[]]>([
    [
      'E01 a length and chunks',
      (length) => [
        ['Content-Length', length],
        ['Transfer-Encoding', 'chunked'],
      ],
    ],
    [
      'E01 chunks and a length',
      (length) => [
        ['Transfer-Encoding', 'chunked'],
        ['Content-Length', length],
      ],
    ],
    [
      'E02 two lengths',
      (length) => [
        ['Content-Length', length],
        ['Content-Length', '5'],
      ],
    ],
    ['E02 a length with a sign', (length) => [['Content-Length', `+${length}`]]],
    ['E02 a length in hexadecimal', (length) => [['Content-Length', `0x${Number(length).toString(16)}`]]],
    ['E02 a length of two numbers', (length) => [['Content-Length', `${length} ${length}`]]],
    ['E02 a list of lengths', (length) => [['Content-Length', `${length},${length}`]]],
    ['E03 an unknown coding', () => [['Transfer-Encoding', 'xchunked']]],
    ['E03 chunks before another coding', () => [['Transfer-Encoding', 'chunked, identity']]],
    ['E03 chunks behind a control character', () => [['Transfer-Encoding', '\u000bchunked']]],
    [
      'E03 chunks twice',
      () => [
        ['Transfer-Encoding', 'chunked'],
        ['Transfer-Encoding', 'chunked'],
      ],
    ],
    [
      'E07 a bare CR in a header that is passed on',
      (length) => [
        ['Content-Length', length],
        ['traceparent', '00-\r1'],
      ],
    ],
    [
      'E07 a bare LF in a header that is passed on',
      (length) => [
        ['Content-Length', length],
        ['traceparent', '00-\n1: 1'],
      ],
    ],
    [
      'E07 NUL in a header',
      (length) => [
        ['Content-Length', length],
        ['Mcp-Param-A', 'a\u0000b'],
      ],
    ],
  ])('%s is no call, and neither is what follows it (E05)', async (_, framing) => {
    const length = lengthOf(host);
    const honest = bytesOf(host, [['Content-Length', length]]);
    expect(await seen(host, `${bytesOf(host, framing(length))}${honest}`)).toEqual([400, 0]);
  });

  it('E03 chunks in a version that has none are no call, and neither is what follows them', async () => {
    const chunk = `${Buffer.byteLength(bodyOf(host)).toString(16)}\r\n${bodyOf(host)}\r\n0\r\n\r\n`;
    const chunked = bytesOf(host, [['Transfer-Encoding', 'chunked']], chunk).replace(' HTTP/1.1', ' HTTP/1.0');
    const honest = bytesOf(host, [['Content-Length', lengthOf(host)]]);
    expect(await seen(host, `${chunked}${honest}`)).toEqual([400, 0]);
    expect(await seen(host, honest.replace(' HTTP/1.1', ' HTTP/1.0'))).toEqual([200, 1]);
  });

  it('E05 a call inside the body of another is a part of that body', async () => {
    const inner = bytesOf(host, [['Content-Length', lengthOf(host)]]);
    expect(await seen(host, bytesOf(host, [['Content-Length', String(inner.length)]], inner))).toEqual([400, 0]);
  });

  it('E08 what is packed is not unpacked', async () => {
    const headers: readonly Header[] = [
      ['Content-Encoding', 'gzip'],
      ['Content-Length', lengthOf(host)],
    ];
    expect(await seen(host, bytesOf(host, headers))).toEqual([415, 0]);
  });

  it.each(['PUT', 'PATCH', 'OPTIONS', 'TRACE', 'HEAD', 'QUERY', 'GET'])('E13 %s is no call', async (method) => {
    const [status, calls] = await seen(host, bytesOf(host, [['Content-Length', lengthOf(host)]], bodyOf(host), method));
    expect(calls).toBe(0);
    expect(status).toBeGreaterThanOrEqual(400);
  });

  it.each([
    [
      'an upgrade to a WebSocket',
      [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
      ],
    ],
    [
      'an upgrade to HTTP/2',
      [
        ['Connection', 'Upgrade, HTTP2-Settings'],
        ['Upgrade', 'h2c'],
        ['HTTP2-Settings', 'AAAA'],
      ],
    ],
  ] as const)('E13 %s changes no protocol', async (_, headers) => {
    const before = world.crm.calls().length;
    const text = await sendBytes(world.gateway.mcpPort, bytesOf(host, headers, '', 'GET'));
    expect([text.startsWith('HTTP/1.1 101'), world.crm.calls().length - before]).toEqual([false, 0]);
    await callHonestly(world, host);
  });

  it('E13 CONNECT opens no way through, and what follows it is no call', async () => {
    const honest = bytesOf(host, [['Content-Length', lengthOf(host)]]);
    for (const target of ['/mcp', `127.0.0.1:${world.gateway.mcpPort}`]) {
      const connect = `${bytesOf(host, [], '', 'CONNECT').replace('/mcp', target)}${honest}`;
      const [status, calls] = await seen(host, connect);
      // Nobody takes it, so the connection ends without a word.
      expect([status, calls]).toEqual([0, 0]);
    }
  });

  it('E13 HTTP/2 is not spoken', async () => {
    expect(await seen(host, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).toEqual([400, 0]);
  });

  it('E14 a body that is too large is refused before it is sent', async () => {
    const headers: readonly Header[] = [
      ['Expect', '100-continue'],
      ['Content-Length', '99999999'],
    ];
    const before = world.crm.calls().length;
    const text = await sendBytes(world.gateway.mcpPort, bytesOf(host, headers, ''));
    expect([parseAnswer(text).status, text.includes('100 Continue')]).toEqual([413, false]);
    expect(world.crm.calls().length).toBe(before);
  });

  it.each([
    ['of 17 kB', [['X-A', 'a'.repeat(17_000)]]],
    ['2,001 of them', Array.from({ length: 2001 }, (_, at): Header => [`a${at}`, ''])],
    ['16 kB a hundred times', Array.from({ length: 100 }, (_, at): Header => [`a${at}`, 'x'.repeat(16_000)])],
  ] as readonly [string, readonly Header[]][])('E17 headers %s are refused', async (_, headers) => {
    const [status, calls] = await seen(host, bytesOf(host, [...headers, ['Content-Length', lengthOf(host)]]));
    // The connection may be gone before all of them are sent.
    expect([[431, 0].includes(status), calls]).toEqual([true, 0]);
  });
});

interface CorpusCase {
  readonly type: string;
  readonly http: string;
  readonly strict_rejects: boolean;
}

it('E03 no request that llhttp refuses hides a call behind itself', { timeout: 60_000 }, async () => {
  const file = join(import.meta.dirname, '../fixtures/http1-parsing-llhttp.json');
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly CorpusCase[] };
  const refused = cases.filter(({ strict_rejects, type }) => strict_rejects || type.startsWith('request-lenient'));
  expect(refused.length).toBeGreaterThan(40);
  const [, , host] = HOSTS;
  const honest = bytesOf(host, [['Content-Length', lengthOf(host)]]);
  const before = world.crm.calls().length;
  for (const { http } of refused) {
    // The corpus has LF for CRLF, and spells out the CR and LF that are part of a case.
    const bytes = http.replaceAll('\n', '\r\n').replaceAll('\\r', '\r').replaceAll('\\n', '\n');
    await sendBytes(world.gateway.mcpPort, Buffer.from(`${bytes}${honest}`, 'latin1'), 15);
  }
  expect(world.crm.calls().length).toBe(before);
  await callHonestly(world, host);
});
