import { describe, expect, it } from 'vitest';
import { definitionDigest } from '../../../src/core/catalog/definition-digest.ts';
import type { ScriptedUpstream } from '../../support/scripted-upstream.ts';
import { callOf, faultOf, resultText, startHttpRig } from '../../support/upstream-rig.ts';

const caller = { principal: 'alice' };
const never = new AbortController().signal;
const tool = (name: string, more: object = {}): { name: string } => ({ name, ...more });

/** Answers `tools/list` page by page. A page is the text of `tools`, so that it can be anything. */
function offerPages(
  server: ScriptedUpstream,
  pages: readonly string[],
  cursorOf = (page: number): string => `page-${page}`,
): void {
  server.on('tools/list', (request, reply) => {
    const cursor = request.message?.params?.['cursor'];
    const page = cursor === undefined ? 0 : pages.findIndex((_tools, index) => cursorOf(index) === cursor);
    const next = page + 1 < pages.length ? `,"nextCursor":${JSON.stringify(cursorOf(page + 1))}` : '';
    reply.json(`{"jsonrpc":"2.0","id":${request.message?.id},"result":{"tools":${pages[page]}${next}}}`);
  });
}

describe('a tool list', () => {
  it.each(['legacy', '2026-07-28'] as const)('%s: has all pages, in order, with digests', async (setting) => {
    const { server, upstream } = await startHttpRig({ setting });
    const pages = [[tool('b', { x: [1] }), tool('a')], [], [tool('c')]];
    offerPages(
      server,
      pages.map((page) => JSON.stringify(page)),
      (page) => (page === 1 ? '' : `page ${page}`),
    );
    const listed = await upstream.listTools(caller, never);
    expect(listed).toEqual({
      ok: true,
      value: pages.flat().map((definition) => ({
        name: definition.name,
        definition,
        digest: definitionDigest(definition),
      })),
    });
    expect(server.seen('tools/list').map(({ message }) => message?.params?.['cursor'])).toEqual([
      undefined,
      '',
      'page 2',
    ]);
    expect(upstream.status().tools).toBe(3);
  });

  it.each([
    ['a name with a zero-width space', JSON.stringify(tool('get\u200b'))],
    ['a name with a Cyrillic letter', JSON.stringify(tool('gеt'))],
    ['a name of 129 characters', JSON.stringify(tool('x'.repeat(129)))],
    ['no name', '{}'],
    ['no object', '"get"'],
    ['a name twice in its definition', '{"name":"get","description":"a","description":"b"}'],
    ['a name twice deep in its schema', '{"name":"get","inputSchema":{"properties":{"a":1,"a":2}}}'],
    ['a number no double can hold', '{"name":"get","inputSchema":{"maximum":9007199254740993}}'],
    ['half a surrogate pair', '{"name":"get","description":"\\ud800"}'],
    ['more depth than is read', `{"name":"get","x":${'['.repeat(70)}${']'.repeat(70)}}`],
  ])('leaves out a tool with %s, and only that', async (_sentence, bad) => {
    const { server, upstream, reports } = await startHttpRig({ setting: 'legacy' });
    offerPages(server, [
      ` [ ${JSON.stringify(tool('a', { d: '],{"\\"' }))} , ${bad},\n${JSON.stringify(tool('b'))} ] `,
    ]);
    const listed = await upstream.listTools(caller, never);
    expect(listed.ok && listed.value.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(reports).toEqual(['1 listed tools have no readable definition or no usable name']);
  });

  it('leaves out a name that is listed twice, both times, also over two pages (D10)', async () => {
    const { server, upstream, reports } = await startHttpRig({ setting: 'legacy' });
    offerPages(server, [
      JSON.stringify([tool('a'), tool('get', { v: 1 })]),
      JSON.stringify([tool('get', { v: 2 }), tool('b')]),
    ]);
    const listed = await upstream.listTools(caller, never);
    expect(listed.ok && listed.value.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(reports).toEqual(['listed tools left out: get (listed 2 times), get (listed 2 times)']);
  });

  it.each<readonly [sentence: string, kind: string, answer: (server: ScriptedUpstream) => void]>([
    [
      'never ends',
      'too-large',
      (server) => {
        let page = 0;
        server.on('tools/list', (_request, reply) =>
          reply.result({ tools: [tool(`t${page++}`)], nextCursor: `${page}` }),
        );
      },
    ],
    [
      'leads back to the same page',
      'invalid-answer',
      (server) => {
        server.on('tools/list', (_request, reply) => reply.result({ tools: [], nextCursor: 'again' }));
      },
    ],
    [
      'has one tool too many',
      'too-large',
      (server) => offerPages(server, [JSON.stringify(Array.from({ length: 21 }, (_, i) => tool(`t${i}`)))]),
    ],
    [
      'has one tool too many over two pages',
      'too-large',
      (server) => {
        const half = (from: number): string =>
          JSON.stringify(Array.from({ length: 11 }, (_, i) => tool(`t${from + i}`)));
        offerPages(server, [half(0), half(11)]);
      },
    ],
    [
      'has half a million unreadable tools',
      'too-large',
      (server) => offerPages(server, [`[${'0,'.repeat(500_000)}0]`]),
    ],
    [
      'is larger than is taken, all pages together',
      'too-large',
      (server) => {
        const page = JSON.stringify([tool('a', { description: 'x'.repeat(1_500_000) })]);
        offerPages(server, [page, page.replace('"a"', '"b"')]);
      },
    ],
    [
      'has a cursor that is too long',
      'too-large',
      (server) => {
        server.on('tools/list', (_request, reply) => reply.result({ tools: [], nextCursor: 'x'.repeat(101) }));
      },
    ],
    [
      'has a cursor that is no text',
      'invalid-answer',
      (server) => {
        server.on('tools/list', (_request, reply) => reply.result({ tools: [], nextCursor: 7 }));
      },
    ],
    ['has no tools', 'invalid-answer', (server) => server.on('tools/list', (_request, reply) => reply.result({}))],
    [
      'has tools that are no array',
      'invalid-answer',
      (server) => server.on('tools/list', (_request, reply) => reply.result({ tools: {} })),
    ],
    ['is an error', 'invalid-answer', (server) => server.on('tools/list', (_request, reply) => reply.error(-32603))],
    [
      'is a page of HTML',
      'invalid-answer',
      (server) => {
        server.on('tools/list', (_request, reply) => reply.status(200, '<h1>', { 'Content-Type': 'text/html' }));
      },
    ],
    [
      'takes too long',
      'timeout',
      (server) => {
        let page = 0;
        server.on('tools/list', (_request, reply) =>
          setTimeout(() => reply.result({ tools: [], nextCursor: `${page++}` }), 30),
        );
      },
    ],
  ])('that %s is no list', async (_sentence, kind, answer) => {
    const limits = {
      pagesMax: 20,
      toolsMax: 20,
      listBytesMax: 2_000_000,
      cursorBytesMax: 100,
      listTimeoutMs: kind === 'timeout' ? 200 : 10_000,
    };
    const { server, upstream } = await startHttpRig({ setting: 'legacy', limits });
    answer(server);
    expect(faultOf(await upstream.listTools(caller, never)).kind).toBe(kind);
    server.on('tools/list', undefined);
    expect((await upstream.listTools(caller, never)).ok).toBe(true);
  });

  it('ends when it is given up', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy' });
    const controller = new AbortController();
    server.on('tools/list', () => controller.abort());
    expect(faultOf(await upstream.listTools(caller, controller.signal)).kind).toBe('aborted');
  });
});

describe('arguments that are mirrored into headers', () => {
  const region = { type: 'string', 'x-mcp-header': 'Region' };
  const query = (properties: object) => tool('query', { inputSchema: { type: 'object', properties } });

  it('modern: are sent as the tool wants, after its list is fetched once', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28', tools: [query({ region })] });
    const call = (argumentsJson: string) => callOf({ tool: 'query', argumentsJson });
    resultText(await upstream.call(call('{"region":"Zürich","sql":"x"}')));
    resultText(await upstream.call(call('{"region":"us"}')));
    resultText(await upstream.call(call('{}')));
    expect(server.seen('tools/list')).toHaveLength(1);
    expect(server.seen('tools/call').map(({ headers }) => headers.get('mcp-param-region'))).toEqual([
      '=?base64?WsO8cmljaA==?=',
      'us',
      undefined,
    ]);
  });

  it('modern: a tool whose headers are invalid is left out', async () => {
    const tools = [query({ region: { ...region, type: 'number' } }), tool('other')];
    const { upstream, reports } = await startHttpRig({ setting: '2026-07-28', tools });
    const listed = await upstream.listTools(caller, never);
    expect(listed.ok && listed.value.map(({ name }) => name)).toEqual(['other']);
    expect(reports).toEqual([
      'listed tools left out: query (x-mcp-header stands at a property that is no string, integer or boolean)',
    ]);
  });

  it('legacy: mean nothing', async () => {
    const { server, upstream } = await startHttpRig({
      setting: 'legacy',
      tools: [query({ region: { ...region, type: 'number' } })],
    });
    const listed = await upstream.listTools(caller, never);
    expect(listed.ok && listed.value).toHaveLength(1);
    resultText(await upstream.call(callOf({ tool: 'query', argumentsJson: '{"region":"us"}' })));
    expect(server.seen('tools/call')[0]?.headers.has('mcp-param-region')).toBe(false);
  });

  it('modern: are looked up again when the upstream refuses them, and the call is sent once more', async () => {
    const tools: unknown[] = [query({})];
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28', tools });
    resultText(await upstream.call(callOf({ tool: 'query', argumentsJson: '{"region":"us"}' })));
    tools[0] = query({ region });
    server.on('tools/call', (request, reply) =>
      request.headers.has('mcp-param-region')
        ? reply.result({ content: [] })
        : reply.error(-32020, 'no', { status: 400 }),
    );
    expect(resultText(await upstream.call(callOf({ tool: 'query', argumentsJson: '{"region":"us"}' })))).toBe(
      '{"content":[]}',
    );
    expect(server.seen('tools/call')).toHaveLength(3);
  });

  it('modern: a refusal that no other headers could mend is final', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28', tools: [query({ region })] });
    server.on('tools/call', (_request, reply) => reply.error(-32020, 'no', { status: 400 }));
    expect(await upstream.call(callOf({ tool: 'query' }))).toMatchObject({
      ok: true,
      value: { kind: 'rpc-error', code: -32020 },
    });
    expect(server.seen('tools/call')).toHaveLength(1);
  });

  it('modern: are remembered for each principal alone', async () => {
    const tools: unknown[] = [query({ region })];
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28', tools });
    const call = { tool: 'query', argumentsJson: '{"region":"us"}' };
    resultText(await upstream.call(callOf(call, 'alice')));
    tools[0] = query({});
    resultText(await upstream.call(callOf(call, 'bob')));
    resultText(await upstream.call(callOf(call, 'alice')));
    expect(server.seen('tools/call').map(({ headers }) => headers.get('mcp-param-region'))).toEqual([
      'us',
      undefined,
      'us',
    ]);
  });
});
