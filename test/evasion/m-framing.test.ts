import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callHonestly, startWorld, TOOLS, type World } from '../support/evasion-world.ts';
import { HOSTS, type Host } from '../support/host-request.ts';
import { eventsOf, parseAnswerBody } from '../support/mcp-request.ts';
import type { RawAnswer } from '../support/raw-http.ts';
import type { Reply, SeenRequest } from '../support/scripted-upstream.ts';

// Class M, framing: answers of upstreams that are read by another letter than they were written. Whatever of it reaches a host is one
// answer to one request, filtered.

const ACCEPTS = ['application/json', 'application/json, text/event-stream'];
const GITHUB = `ghp_${'iyxcr1m73849kc0nolx2073atq26maalw6xk'}`;

describe.each(['http, modern', 'http, legacy'] as const)('an upstream over %s', (transport) => {
  const isModern = transport === 'http, modern';
  const complete = isModern ? { resultType: 'complete' } : {};
  let world: World;
  beforeAll(async () => {
    const crm = { timeouts: { call: '1s' }, limits: { resultSize: '64KiB' } };
    world = await startWorld({ transport, crm });
  });
  afterAll(() => world.close());
  afterEach(() => {
    world.crm.beHonest();
    world.crm.server?.on('tools/list', undefined);
  });

  const resultText = (id: unknown, text: string): string =>
    JSON.stringify({ jsonrpc: '2.0', id, result: { ...complete, content: [{ type: 'text', text }] } });

  /** What a host gets of a call that is answered so. */
  async function called(host: Host, accept: string, script: (id: unknown, reply: Reply, seen: SeenRequest) => void) {
    world.crm.server?.on('tools/call', (seen, reply) => script(seen.message?.id, reply, seen));
    const params = { name: 'crm__read_x', _meta: { progressToken: 'p' } };
    const answer = await world.send(world.request(host, { params, id: 'mine', headers: [['Accept', accept]] }));
    const { result, error } = parseAnswerBody(answer);
    const [block] = (result?.['content'] ?? []) as readonly { text: string }[];
    const text = result?.['isError'] === true ? null : (block?.text ?? null);
    // The body is held as bytes.
    return { answer, text: text && Buffer.from(text, 'latin1').toString(), error };
  }

  const answersIn = (answer: RawAnswer): readonly string[] => {
    const isStream = answer.headers.get('content-type') === 'text/event-stream';
    return (isStream ? eventsOf(answer) : [answer.body]).filter((text) => text.includes('"id":"mine"'));
  };

  describe.each(HOSTS.slice(1))('before a host that speaks %s', (host) => {
    const LISTED = { ...complete, tools: TOOLS };
    const visible = ['crm__read_x', 'crm__read_y', 'crm__update_x', 'crm__manage_x', 'crm__slow_x', 'crm__remember'];

    async function listedTo(user: string): Promise<readonly string[]> {
      const { token } = await world.gateway.issue({ user, groups: ['staff'] });
      const own: Host = host === '2026-07-28' ? host : '2025-11-25';
      const answer = await world.send(world.request(own, { method: 'tools/list', token }));
      const { tools } = parseAnswerBody(answer).result as unknown as { tools: readonly { name: string }[] };
      return tools.map(({ name }) => name).filter((name) => name.startsWith('crm__'));
    }

    it.each<[string, string, number, boolean]>([
      ['in other letters', 'Application/JSON', 200, true],
      ['with a parameter', 'application/json ;charset=utf-8', 200, true],
      ['as a text', 'text/plain', 200, false],
      ['as two types', 'text/plain, application/json', 200, false],
      ['that only contains the type', 'text/plain; x="application/json"', 200, false],
      ['as something else of JSON', 'application/json-seq', 200, false],
      ['with 201', 'application/json', 201, true],
    ])('M01 a list %s is filtered, or not taken at all', async (what, type, status, isTaken) => {
      world.crm.server?.on('tools/list', (_, reply) => reply.result(LISTED, { status, type }));
      const shown = await listedTo(`m01-${host}-${what}`.replaceAll(/[^a-z0-9]/gi, '-'));
      expect(shown.toSorted()).toEqual(isTaken ? visible.toSorted() : []);
    });

    it('M01 a list without a type is not taken at all', async () => {
      world.crm.server?.on('tools/list', ({ message }, reply) =>
        reply.status(200, JSON.stringify({ jsonrpc: '2.0', id: message?.id, result: LISTED })),
      );
      expect(await listedTo(`m01-untyped-${host}`.replaceAll(' ', '-'))).toEqual([]);
    });

    it('M02 a list behind garbage and notifications is filtered', async () => {
      world.crm.server?.on('tools/list', ({ message }, reply) => {
        const result = JSON.stringify({ jsonrpc: '2.0', id: message?.id, result: LISTED });
        const garbage = ['data: {"jsonrpc":"2.0",\n\n', 'data: \u00ff\n\n', ': comment\n\n', 'event: x\ndata: {}\n\n'];
        const notice = 'data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n';
        reply.events(...garbage, notice, `data: ${result}\n\n`);
      });
      expect((await listedTo(`m02-${host}`.replaceAll(' ', '-'))).toSorted()).toEqual(visible.toSorted());
    });

    describe.each(ACCEPTS)('that accepts %s', (accept) => {
      it.each<[string, (json: string) => readonly (string | Uint8Array)[]]>([
        ['CR alone', (json) => [`data: ${json}\r\r`]],
        ['CRLF', (json) => [`data: ${json}\r\n\r\n`]],
        ['mixed line ends', (json) => [`:x\rdata: ${json}\n\r\n`]],
        ['a byte order mark', (json) => [`\u{feff}data: ${json}\n\n`]],
        ['several data lines', (json) => [`data: ${json.slice(0, 16)}\ndata: ${json.slice(16)}\n\n`]],
        ['no blank after the colon', (json) => [`data:${json}\n\n`]],
        ['fields that nobody knows', (json) => [`foo: bar\nretry: x\nid: 1\u0000\ndata: ${json}\n\n`]],
        ['a cut inside CRLF', (json) => [`data: ${json}\r`, '\n\r', '\n']],
        ['single bytes', (json) => [...Buffer.from(`data: ${json}\n\n`)].map((byte) => Buffer.of(byte))],
      ])('M03 reads a stream with %s to the letter', async (_, chunksOf) => {
        const { text, answer } = await called(host, accept, (id, reply) => {
          const stream = reply.stream();
          for (const chunk of chunksOf(resultText(id, 'read to the letter'))) stream.write(chunk);
          stream.end();
        });
        expect(text).toBe('read to the letter');
        expect(answersIn(answer)).toHaveLength(1);
      });

      it('M03 takes no event that the end of the stream cut off', async () => {
        const { text } = await called(host, accept, (id, reply) => reply.events(`data: ${resultText(id, 'never')}\n`));
        expect(text).toBeNull();
      });

      it('M04 a text that looks like an event stays inside its string', async () => {
        const forged = `x\n\ndata: {"jsonrpc":"2.0","id":"mine","result":{"content":[]}}\r\revent: message\n\u2028data: y`;
        const { text, answer } = await called(host, accept, (id, reply) =>
          reply.events(`data: ${resultText(id, forged)}\n\n`),
        );
        expect(text).toBe(forged);
        expect(answersIn(answer)).toHaveLength(1);
      });

      it('M04 neither do raw line breaks between the tokens of a JSON text begin an event', async () => {
        const { text, answer } = await called(host, accept, (id, reply) => {
          const kind = isModern ? '"resultType":"complete",' : '';
          reply.raw(
            httpJson(
              `{"jsonrpc":"2.0",\n\n"id":${String(id)},\r\r"result":{${kind}\n\n"content":\r\n\r\n[{"type":"text","text":"one"}]}}`,
            ),
          );
        });
        expect([text, answersIn(answer).length]).toEqual(['one', 1]);
      });

      it('M05 one answer for one id, whatever follows', async () => {
        const { text, answer } = await called(host, accept, (id, reply) => {
          const failure = `data: ${JSON.stringify({ jsonrpc: '2.0', id, error: { code: -1, message: 'second' } })}\n\n`;
          const late = `data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${String(id)},"progress":1,"message":"second"}}\n\n`;
          reply.events(`data: ${resultText(id, 'first')}\n\n`, `data: ${resultText(id, 'second')}\n\n`, failure, late);
        });
        expect([text, answersIn(answer).length, answer.text.includes('second')]).toEqual(['first', 1, false]);
      });

      it.each<[string, (id: unknown, reply: Reply) => void]>([
        ['of more than it may be', (id, reply) => reply.json(JSON.parse(resultText(id, 'x'.repeat(70_000))))],
        [
          'that says to be long',
          (_, reply) =>
            reply.raw('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999999999\r\n\r\n{'),
        ],
        ['as an event without an end', (_, reply) => endless(reply, () => 'x'.repeat(8192))],
        ['behind events without an end', (_, reply) => endless(reply, () => 'data: {}\n\n'.repeat(500))],
        ['of one byte now and then', (_, reply) => endless(reply, () => ' ')],
        ['that never comes', () => undefined],
      ])('M06 an answer %s ends by itself, and takes little memory', { timeout: 60_000 }, async (_, script) => {
        const before = process.memoryUsage().rss;
        const { text, answer } = await called(host, accept, script);
        expect(text).toBeNull();
        expect(answer.text.length).toBeLessThan(2000);
        expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
        world.crm.beHonest();
        await callHonestly(world, host);
      });

      it.each<[string, (reply: Reply) => void]>([
        ['a page', (reply) => reply.status(200, '<html>internal-canary</html>', { 'Content-Type': 'text/html' })],
        [
          'an error page',
          (reply) => reply.status(500, '<html>internal-canary</html>', { 'Content-Type': 'text/html' }),
        ],
        ['a redirect inside', (reply) => reply.status(307, '', { Location: 'http://169.254.169.254/internal-canary' })],
        [
          'a challenge',
          (reply) =>
            reply.status(401, '', { 'WWW-Authenticate': 'Bearer resource_metadata="http://internal-canary/"' }),
        ],
        [
          'a cookie',
          (reply) => reply.status(200, '{}', { 'Content-Type': 'application/json', 'Set-Cookie': 'a=internal-canary' }),
        ],
        [
          'an encoded answer',
          (reply) => reply.status(200, 'x', { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }),
        ],
      ])('M07 %s stays here', async (_, script) => {
        await world.newEntries();
        const { text, answer } = await called(host, accept, (_id, reply) => script(reply));
        expect([text, answer.status]).toEqual([null, 200]);
        expect(answer.text).not.toMatch(/internal-canary|www-authenticate|set-cookie|location:/i);
        const [, outcome] = await world.newEntries();
        expect(outcome).toMatchObject({ kind: 'outcome' });
        expect(JSON.stringify(outcome)).not.toContain('internal-canary');
      });

      it('M09 a secret over the borders of chunks is found', async () => {
        const { text } = await called(host, accept, (id, reply) => {
          const stream = reply.stream();
          const event = `data: ${resultText(id, `the token is ${GITHUB}`)}\n\n`;
          for (let at = 0; at < event.length; at += 7) stream.write(event.slice(at, at + 7));
          stream.end();
        });
        expect(text).toBe('the token is [redacted:token]');
      });

      it('M09 a secret over the borders of segments of a JSON body is found', async () => {
        const { text } = await called(host, accept, (id, reply) => {
          const body = Buffer.from(httpJson(resultText(id, `the token is ${GITHUB}`)));
          const middle = body.indexOf(GITHUB) + 20;
          reply.socket.setNoDelay(true);
          reply.socket.write(body.subarray(0, middle));
          setTimeout(() => reply.socket.write(body.subarray(middle)), 20);
        });
        expect(text).toBe('the token is [redacted:token]');
      });

      it('M17 an error that holds the credential of the gateway does not show it', async () => {
        const { answer } = await called(host, accept, (_, reply) =>
          reply.error(-32000, `401 for ${world.crm.credential}`),
        );
        expect(answer.text).not.toContain(world.crm.credential);
        const said = await called(host, accept, (id, reply) =>
          reply.json(JSON.parse(resultText(id, world.crm.credential))),
        );
        expect(said.answer.text).not.toContain(world.crm.credential);
      });
    });
  });
});

function endless(reply: Reply, next: () => string): void {
  const stream = reply.stream();
  stream.write('data: ');
  const timer = setInterval(() => stream.write(next()), 20);
  reply.socket.on('close', () => clearInterval(timer));
  reply.socket.on('error', () => clearInterval(timer));
}

function httpJson(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** What an upstream can write into the stream of a call, by the id of the call. */
const WRITTEN: Readonly<Record<string, (id: unknown, text: string) => string>> = {
  result: (id, text) =>
    JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', content: [{ type: 'text', text }] } }),
  error: (id, text) => JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32000, message: text } }),
  foreign: (_, text) => JSON.stringify({ jsonrpc: '2.0', id: 'other', result: { content: [{ type: 'text', text }] } }),
  notification: () => '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}',
  request: () => '{"jsonrpc":"2.0","id":"ask","method":"roots/list"}',
  garbage: () => '{"jsonrpc":"2.0",',
  nothing: () => '',
};

it('M05 there is one answer for one id, and it is the first, whatever is written in whatever pieces', {
  timeout: 60_000,
}, async () => {
  const world = await startWorld();
  const kinds = fc.array(fc.constantFrom(...Object.keys(WRITTEN)), { minLength: 1, maxLength: 8 });
  const lineEnds = fc.constantFrom('\n', '\r', '\r\n');
  const cuts = fc.array(fc.nat(2000), { maxLength: 6 });
  const accepts = fc.constantFrom(...ACCEPTS);
  await fc.assert(
    fc.asyncProperty(kinds, lineEnds, cuts, accepts, async (written, lineEnd, places, accept) => {
      world.crm.server?.on('tools/call', ({ message }, reply) => {
        const lines = written.map(
          (kind, at) => `data: ${WRITTEN[kind]?.(message?.id, `text ${at}`)}${lineEnd}${lineEnd}`,
        );
        const bytes = Buffer.from(lines.join(''));
        const stream = reply.stream();
        let start = 0;
        for (const place of places.toSorted((a, b) => a - b)) {
          if (place >= bytes.length) break;
          if (place > start) stream.write(bytes.subarray(start, place));
          start = Math.max(start, place);
        }
        stream.write(bytes.subarray(start));
        stream.end();
      });
      const headers = [['Accept', accept]] as const;
      const answer = await world.send(
        world.request('2026-07-28', { params: { name: 'crm__read_x' }, id: 'mine', headers }),
      );
      const isStream = answer.headers.get('content-type') === 'text/event-stream';
      const messages = isStream ? eventsOf(answer) : [answer.body];
      expect(messages.filter((text) => text.includes('"id":"mine"'))).toHaveLength(1);
      const first = written.findIndex((kind) => kind === 'result' || kind === 'error');
      const { result } = parseAnswerBody(answer);
      if (written[first] === 'result') expect(result?.['content']).toEqual([{ type: 'text', text: `text ${first}` }]);
      else expect(result).toMatchObject({ isError: true });
      expect(answer.text).not.toMatch(new RegExp(`text (?!${first}\\b)\\d`));
    }),
    { numRuns: 150 },
  );
  world.crm.beHonest();
  await world.close();
});
