import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mcpRequest, parseAnswerBody, withHeaders } from '../../support/mcp-request.ts';
import { parseAnswer, sendBytes, sendRaw } from '../../support/raw-http.ts';
import { type RunningPlane, startMcpPlane } from '../../support/start-mcp-plane.ts';

let plane: RunningPlane;
beforeAll(async () => {
  plane = await startMcpPlane({ limits: { bodyBytesMax: 10_000, headersMax: 40 } });
});
afterEach(() => plane.gateway.reset());
afterAll(() => plane.plane.close());

const CALL = mcpRequest('modern', 'tools/call', { name: 'read_x' });
const BODY = String(CALL.body);
const LENGTH = String(Buffer.byteLength(BODY));

describe('E01, E02, E03, E07 framing that two readers could take differently', () => {
  it.each<[string, readonly (readonly [string, string])[]]>([
    [
      'a length and chunks',
      [
        ['Content-Length', LENGTH],
        ['Transfer-Encoding', 'chunked'],
      ],
    ],
    [
      'chunks and a length',
      [
        ['Transfer-Encoding', 'chunked'],
        ['Content-Length', LENGTH],
      ],
    ],
    [
      'two lengths',
      [
        ['Content-Length', LENGTH],
        ['Content-Length', '5'],
      ],
    ],
    [
      'the same length twice',
      [
        ['Content-Length', LENGTH],
        ['Content-Length', LENGTH],
      ],
    ],
    ['a length with a sign', [['Content-Length', `+${LENGTH}`]]],
    ['a length in hexadecimal', [['Content-Length', `0x${Number(LENGTH).toString(16)}`]]],
    ['a list of lengths', [['Content-Length', `${LENGTH},${LENGTH}`]]],
    ['a negative length', [['Content-Length', '-1']]],
    ['an unknown coding', [['Transfer-Encoding', 'xchunked']]],
    ['chunked before another coding', [['Transfer-Encoding', 'chunked, identity']]],
    ['identity', [['Transfer-Encoding', 'identity']]],
    [
      'chunked twice',
      [
        ['Transfer-Encoding', 'chunked'],
        ['Transfer-Encoding', 'chunked'],
      ],
    ],
    ['a control character before chunked', [['Transfer-Encoding', '\u000bchunked']]],
    ['a bare CR in a value', [['X-A', 'a\rb']]],
    ['NUL in a value', [['Mcp-Param-A', 'a\u0000b']]],
    ['a bare LF in a value', [['X-A', 'a\nX-B: c']]],
    ['a blank before the colon', [['Transfer-Encoding ', 'chunked']]],
  ])('%s: nothing reaches the gateway, and nothing after it is read', async (_sentence, framing) => {
    const text = await sendBytes(
      plane.port,
      Buffer.concat([requestBytes(framing), requestBytes([['Content-Length', LENGTH]])]),
    );
    expect(parseAnswer(text).status).toBe(400);
    expect(plane.gateway.calls).toEqual([]);
  });

  it('a chunked body is a body like any other', async () => {
    const body = `${Number(LENGTH).toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
    const answer = await sendRaw(plane.port, {
      ...CALL,
      headers: [...(CALL.headers ?? []), ['Transfer-Encoding', 'chunked']],
      body,
    });
    expect([answer.status, plane.gateway.calls.length]).toEqual([200, 1]);
  });

  it('E05 an answer that is owed is not replaced by the error of what follows it', async () => {
    let answerCall = (): void => undefined;
    plane.gateway.onCall = () =>
      new Promise((resolve) => {
        answerCall = () => resolve({ kind: 'result', json: [Buffer.from('{}')] });
      });
    const sent = sendBytes(
      plane.port,
      Buffer.concat([requestBytes([['Content-Length', LENGTH]]), Buffer.from('NOT HTTP\r\n\r\n')]),
    );
    await expect.poll(() => plane.gateway.calls.length).toBe(1);
    answerCall();
    expect(await sent).not.toContain('400');
  });
});

describe('requests that llhttp is tested with', () => {
  const file = new URL('../../fixtures/http1-parsing-llhttp.json', import.meta.url);
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly CorpusCase[] };
  const refused = cases.filter(({ strict_rejects, type }) => strict_rejects || type.startsWith('request-lenient'));

  it('are never a call, and never more than the process can bear', async () => {
    expect(cases.length).toBeGreaterThan(100);
    await Promise.all(cases.map(({ http }) => sendBytes(plane.port, bytesOf(http), 15)));
    expect(plane.gateway.calls).toEqual([]);
    expect((await sendRaw(plane.port, CALL)).status).toBe(200);
  });

  it.each(refused.map((one) => [`${one.file}: ${one.name} (${one.type})`, one] as const))(
    '%s',
    async (_sentence, { http }) => {
      const text = await sendBytes(
        plane.port,
        Buffer.concat([bytesOf(http), requestBytes([['Content-Length', LENGTH]])]),
        15,
      );
      expect(plane.gateway.calls).toEqual([]);
      expect(text).not.toContain('HTTP/1.1 200');
    },
  );
});

/** Writes a case as it goes over the wire: the corpus has LF for CRLF, and spells out the CR and LF that are part of a case. */
function bytesOf(http: string): Buffer {
  return Buffer.from(http.replaceAll('\n', '\r\n').replaceAll('\\r', '\r').replaceAll('\\n', '\n'), 'latin1');
}

interface CorpusCase {
  readonly file: string;
  readonly name: string;
  readonly type: string;
  readonly http: string;
  readonly strict_rejects: boolean;
}

describe('E08, E10, E11 bodies that are not plain JSON', () => {
  it.each<[string, readonly (readonly [string, string | null])[]]>([
    ['gzip', [['Content-Encoding', 'gzip']]],
    ['deflate, gzip', [['Content-Encoding', 'deflate, gzip']]],
    ['br behind identity', [['Content-Encoding', 'identity, br']]],
    ['text with JSON in a parameter', [['Content-Type', 'text/plain; x="application/json"']]],
    ['application/json-patch', [['Content-Type', 'application/json-patch']]],
    ['application/json-rpc', [['Content-Type', 'application/json-rpc']]],
    ['application/x-www-form-urlencoded', [['Content-Type', 'application/x-www-form-urlencoded']]],
    ['text/plain', [['Content-Type', 'text/plain']]],
    ['UTF-16', [['Content-Type', 'application/json; charset=utf-16']]],
    ['another parameter', [['Content-Type', 'application/json; boundary=x']]],
    ['two parameters', [['Content-Type', 'application/json; charset=utf-8; charset=utf-16']]],
    ['a list of types', [['Content-Type', 'application/json, text/plain']]],
    ['no type', [['Content-Type', null]]],
    ['an empty type', [['Content-Type', '']]],
    [
      'two types',
      [
        ['Content-Type', 'application/json'],
        ['Content-Type', 'application/json'],
      ],
    ],
  ])('%s is refused with 415', async (_sentence, changes) => {
    const answer = await sendRaw(plane.port, withHeaders(CALL, changes));
    expect([answer.status, plane.gateway.calls, plane.gateway.refusals.length]).toEqual([415, [], 1]);
  });

  it('a host that takes no JSON is refused with 406', async () => {
    expect((await sendRaw(plane.port, withHeaders(CALL, [['Accept', 'text/html']]))).status).toBe(406);
  });
});

describe('E13 methods', () => {
  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'SEARCH', 'M-SEARCH', 'PURGE'])(
    '%s is 405',
    async (method) => {
      const answer = await sendRaw(plane.port, { ...CALL, method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, DELETE']);
      expect([plane.gateway.calls, plane.gateway.refusals.length]).toEqual([[], 1]);
    },
  );

  it('GET that wants a WebSocket is 405', async () => {
    const headers = [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
    ] as const;
    const text = await sendBytes(
      plane.port,
      `GET /mcp HTTP/1.1\r\nHost: localhost\r\n${headers.map((pair) => `${pair.join(': ')}\r\n`).join('')}\r\n`,
    );
    expect(parseAnswer(text).status).toBe(405);
  });

  it('CONNECT ends the connection', async () => {
    expect(await sendBytes(plane.port, 'CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('');
  });

  it('HTTP/2 is not spoken', async () => {
    const text = await sendBytes(plane.port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expect(parseAnswer(text).status).toBe(400);
  });
});

describe('E14 a body that is too large', () => {
  const expecting = withHeaders(CALL, [['Expect', '100-continue']]);

  it('is refused before it is asked for', async () => {
    const answer = await sendRaw(plane.port, {
      ...expecting,
      headers: [...(expecting.headers ?? []), ['Content-Length', '10001']],
      body: '',
    });
    expect([answer.status, answer.text.includes('100 Continue')]).toEqual([413, false]);
  });

  it('is refused when it comes in chunks', async () => {
    const body = `${(20_000).toString(16)}\r\n${' '.repeat(20_000)}\r\n0\r\n\r\n`;
    const answer = await sendRaw(plane.port, {
      ...CALL,
      headers: [...(CALL.headers ?? []), ['Transfer-Encoding', 'chunked']],
      body,
    });
    expect([answer.status, plane.gateway.refusals.length]).toEqual([413, 1]);
  });

  it('is asked for when it is not too large', async () => {
    const answer = await sendRaw(plane.port, expecting);
    expect(answer.text).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/);
  });

  it.each(['x', '100-continue, x', ''])(
    'nothing else can be expected, and the log hears of it: %j',
    async (expected) => {
      const answer = await sendRaw(plane.port, withHeaders(CALL, [['Expect', expected]]));
      expect([answer.status, plane.gateway.refusals.length, plane.gateway.calls.length]).toEqual([417, 1, 0]);
    },
  );

  it('is not asked for without a credential', async () => {
    const answer = await sendRaw(plane.port, withHeaders(expecting, [['Authorization', null]]));
    expect([answer.status, answer.text.includes('100 Continue')]).toEqual([401, false]);
  });

  it('of another expectation is refused', async () => {
    expect((await sendRaw(plane.port, withHeaders(CALL, [['Expect', 'magic']]))).status).toBe(417);
  });
});

describe('E15 requests that a web page made', () => {
  it.each<[string, readonly (readonly [string, string | null])[], number]>([
    ['a foreign Origin', [['Origin', 'https://evil.example']], 403],
    ['Origin null', [['Origin', 'null']], 403],
    ['an empty Origin', [['Origin', '']], 403],
    ['an Origin of another local program', [['Origin', 'http://localhost:3000']], 403],
    ['an Origin that begins like ours', [['Origin', 'http://localhost.evil.example']], 403],
    ['a Host that begins like ours', [['Host', 'localhost.evil.example']], 403],
    ['a foreign Host', [['Host', 'evil.example']], 403],
    ['a Host with a port that is none', [['Host', 'localhost:80x']], 403],
    ['a Host with a name before ours', [['Host', 'evil@localhost']], 403],
    ['a Host that is an address of another machine', [['Host', '10.0.0.1']], 403],
    ['an empty Host', [['Host', '']], 403],
  ])('%s', async (_sentence, changes, status) => {
    for (const method of ['POST', 'GET', 'DELETE', 'OPTIONS']) {
      const answer = await sendRaw(plane.port, { ...withHeaders(CALL, changes), method });
      expect(answer.status).toBe(status);
    }
    expect([plane.gateway.calls, plane.gateway.refusals.length]).toEqual([[], 4]);
  });

  it('no Host at all is refused', async () => {
    const text = await sendBytes(plane.port, `POST /mcp HTTP/1.1\r\nContent-Length: 0\r\n\r\n`);
    expect(parseAnswer(text).status).toBe(400);
    const old = await sendBytes(plane.port, `POST /mcp HTTP/1.0\r\nContent-Length: 0\r\n\r\n`);
    expect(parseAnswer(old).status).toBe(400);
  });
});

describe('E17 headers that are too many or too large', () => {
  it.each<[string, readonly (readonly [string, string])[]]>([
    ['one of 17 kB', [['X-A', 'a'.repeat(17_000)]]],
    ['40 of 1 kB', Array.from({ length: 40 }, (_, at) => [`X-${at}`, 'a'.repeat(1_000)] as const)],
    ['2,001 short ones', Array.from({ length: 2_001 }, (_, at) => [`a${at}`, ''] as const)],
    ['41', Array.from({ length: 41 }, (_, at) => [`a${at}`, ''] as const)],
  ])('%s', async (_sentence, added) => {
    const answer = await sendRaw(plane.port, withHeaders(CALL, added));
    expect([answer.status, plane.gateway.calls]).toEqual([431, []]);
  });

  it('hide no header that matters behind many that do not', async () => {
    const many = Array.from({ length: 200 }, (_, at) => [`a${at}`, ''] as const);
    const answer = await sendRaw(plane.port, { ...CALL, headers: [...many, ...(CALL.headers ?? [])] });
    expect(answer.status).toBe(431);
  });
});

it('E18 a token in the query string is refused and goes no further', async () => {
  for (const path of ['/mcp?access_token=SECRET', '/mcp?a=b&ACCESS_TOKEN=SECRET', '/mcp?access_token']) {
    const answer = await sendRaw(plane.port, { ...CALL, path });
    expect([answer.status, parseAnswerBody(answer).error?.message]).toEqual([
      401,
      expect.stringMatching(/^Unauthorized\. Send /),
    ]);
    expect(answer.text + JSON.stringify([plane.gateway.refusals, plane.reports])).not.toContain('SECRET');
  }
  expect(plane.gateway.calls).toEqual([]);
});

/** A whole call with exactly this framing, on a connection that stays open. */
function requestBytes(framing: readonly (readonly [string, string])[]): Buffer {
  const lines = [...(CALL.headers ?? []), ['Host', 'localhost'] as const, ...framing].map(
    (pair) => `${pair.join(': ')}\r\n`,
  );
  return Buffer.from(`POST /mcp HTTP/1.1\r\n${lines.join('')}\r\n${BODY}`, 'latin1');
}
