import { describe, expect, it } from 'vitest';
import type { UpstreamFault, UpstreamProgress } from '../../../src/ports/upstream.ts';
import { callOf, faultOf, resultText, saidBy, startStdioRig } from '../../support/upstream-rig.ts';

describe('a call to a process', () => {
  it('comes after the handshake, and only one', async () => {
    const { upstream, starts } = startStdioRig();
    expect(saidBy(await upstream.call(callOf()))).toEqual({ a: 1 });
    expect(saidBy(await upstream.call(callOf({ tool: 'params', traceparent: '00-x' })))).toEqual({
      name: 'params',
      arguments: { a: 1 },
      _meta: { traceparent: '00-x' },
    });
    expect(starts()).toHaveLength(1);
    expect(upstream.status()).toMatchObject({
      state: 'ready',
      transport: 'stdio',
      era: 'legacy',
      revision: '2025-06-18',
    });
  });

  it('modern: says everything itself', async () => {
    const { upstream } = startStdioRig({ setting: '2026-07-28', behaviour: { era: 'modern' } });
    const params = saidBy(await upstream.call(callOf({ tool: 'params' })));
    expect(params).toEqual({
      name: 'params',
      arguments: { a: 1 },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
        'io.modelcontextprotocol/clientInfo': { name: 'countersign', version: '0.0.0' },
      },
    });
    expect(faultOf(await upstream.call(callOf({ tool: 'task' }))).kind).toBe('invalid-answer');
  });

  it.each([
    ['a line feed', '\n'],
    ['CR LF', '\r\n'],
    ['a NUL', '\u0000'],
    ['a next line, which Python takes for a line end', '\u0085'],
    ['a line separator, which Node takes for a line end', '\u2028'],
    ['a paragraph separator, which Node takes for a line end', '\u2029'],
  ])('is one line where its arguments hold %s and a call behind it (Q02)', async (_sentence, lineEnd) => {
    const { upstream } = startStdioRig();
    const smuggled = '{"jsonrpc":"2.0","id":99,"method":"tools/call","params":{"name":"exit"}}';
    const args = { [`${lineEnd}${smuggled}`]: `é😀${lineEnd}${smuggled}${lineEnd}` };
    const line = saidBy(await upstream.call(callOf({ tool: 'last-line', argumentsJson: JSON.stringify(args) })));
    expect(JSON.parse(String(line))).toMatchObject({ params: { name: 'last-line', arguments: args } });
    expect(saidBy(await upstream.call(callOf()))).toEqual({ a: 1 });
  });

  it('reaches a program that was started without a shell', async () => {
    const { upstream } = startStdioRig();
    expect(saidBy(await upstream.call(callOf({ tool: 'argv' })))).toEqual(['one; $(two)', '*']);
  });

  it('interleaves with others, each with its own answer', async () => {
    const { upstream } = startStdioRig();
    const slow = upstream.call(callOf({ tool: 'late' }));
    const quick = Array.from({ length: 50 }, (_, n) => upstream.call(callOf({ argumentsJson: `{"n":${n}}` })));
    expect((await Promise.all(quick)).map(saidBy)).toEqual(quick.map((_, n) => ({ n })));
    expect(saidBy(await slow)).toBe('late');
  });

  it.each<readonly [sentence: string, tool: string, result: string]>([
    ['lines that are no messages before it', 'garbage', '{"content":[{"type":"text","text":"\\"still here\\""}]}'],
    ['a line end of CR LF', 'crlf', '{"content":[]}'],
    ['blanks and tabs', 'pretty', '{ "content" : [ ] }'],
    ['an answer in pieces, cut within a letter', 'pieces', '{"content":["é"]}'],
    ['a second answer', 'twice', '{"content":[]}'],
  ])('takes an answer with %s', async (_sentence, tool, result) => {
    const { upstream, starts } = startStdioRig();
    expect(resultText(await upstream.call(callOf({ tool })))).toBe(result);
    expect(saidBy(await upstream.call(callOf()))).toEqual({ a: 1 });
    expect(starts()).toHaveLength(1);
  });

  it('takes an error and a failure for what they are', async () => {
    const { upstream } = startStdioRig();
    expect(await upstream.call(callOf({ tool: 'error' }))).toMatchObject({
      ok: true,
      value: { kind: 'rpc-error', code: -32000 },
    });
    expect(await upstream.call(callOf({ tool: 'fails' }))).toMatchObject({
      ok: true,
      value: { kind: 'result', isError: true },
    });
  });

  it('takes a result of a megabyte, and none over the limit', async () => {
    const { upstream } = startStdioRig({ limits: { answerBytesMax: 1_100_000 } });
    const big = (n: number) => callOf({ tool: 'big', argumentsJson: `{"n":${n}}` });
    expect(resultText(await upstream.call(big(1_000_000)))).toHaveLength(1_000_039);
    expect(faultOf(await upstream.call(big(1_200_000)))).toMatchObject({ kind: 'unreachable', dispatched: true });
  });

  it('lets progress of this call through, and no other', async () => {
    const { upstream } = startStdioRig();
    const seen: UpstreamProgress[] = [];
    expect(
      saidBy(await upstream.call(callOf({ tool: 'progress', onProgress: (progress) => void seen.push(progress) }))),
    ).toBe('done');
    expect(seen).toEqual([{ progress: 1, total: null, message: null }]);
    expect(saidBy(await upstream.call(callOf({ tool: 'params' })))).toEqual({ name: 'params', arguments: { a: 1 } });
  });

  it('tells its listeners that the list of tools changed', async () => {
    const { upstream } = startStdioRig();
    let changes = 0;
    upstream.onNotice(() => changes++);
    resultText(await upstream.call(callOf({ tool: 'list-changed' })));
    expect(changes).toBe(1);
  });

  it('answers ping, and refuses every other request of the process', async () => {
    const { upstream, reports, uninvited } = startStdioRig();
    resultText(await upstream.call(callOf({ tool: 'asks' })));
    await expect
      .poll(async () => saidBy(await upstream.call(callOf({ tool: 'answers-to-us' }))))
      .toEqual([{}, { code: -32601, message: 'Method not found' }]);
    expect(reports).toEqual(['the upstream asked for sampling/createMessage, which was not offered; refused']);
    expect(uninvited).toEqual(['sampling/createMessage']);
  });

  it.each<readonly [sentence: string, kind: UpstreamFault['kind'], give: () => { signal?: AbortSignal }]>([
    ['is given up', 'aborted', () => ({ signal: AbortSignal.timeout(60) })],
    ['takes too long', 'timeout', () => ({})],
  ])('that %s is cancelled, and its late answer is nobody’s', async (_sentence, kind, give) => {
    const { upstream } = startStdioRig({ limits: { callTimeoutMs: 100 } });
    resultText(await upstream.call(callOf()));
    expect(faultOf(await upstream.call(callOf({ tool: 'late', ...give() })))).toMatchObject({ kind, dispatched: true });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(saidBy(await upstream.call(callOf()))).toEqual({ a: 1 });
    // `initialize`, the first call, and this one.
    expect(saidBy(await upstream.call(callOf({ tool: 'cancelled' })))).toEqual([3]);
  });

  it('lists tools', async () => {
    const { upstream } = startStdioRig();
    const listed = await upstream.listTools({ principal: 'alice' }, new AbortController().signal);
    expect(listed.ok && listed.value.map(({ name }) => name)).toEqual(['echo', 'env']);
    expect(upstream.status().tools).toBe(2);
  });
});

describe('the environment of a process', () => {
  it('is what every program needs and what was configured, and nothing else of the gateway’s (Q05)', async () => {
    process.env['COUNTERSIGN_CANARY'] = 'canary-of-the-process';
    const ownEnv = {
      PATH: '/bin',
      HOME: '/home/x',
      LANG: 'C',
      DATABASE_URL: 'canary',
      AUDIT_KEY: 'canary',
      NODE_OPTIONS: '',
    };
    const { upstream } = startStdioRig({ ownEnv, env: { API_KEY: 'for this one' } });
    const env = saidBy(await upstream.call(callOf({ tool: 'env' }))) as Record<string, string>;
    delete process.env['COUNTERSIGN_CANARY'];
    expect(env).toEqual({ PATH: '/bin', HOME: '/home/x', LANG: 'C', API_KEY: 'for this one' });
  });
});

describe('the era of a process', () => {
  it.each<readonly [sentence: string, era: string, behaviour: object]>([
    ['speaks 2026-07-28', 'modern', { era: 'modern' }],
    ['answers with an error', 'legacy', {}],
    ['ends on anything but initialize', 'legacy', { endsOnSurprise: true }],
  ])('auto: a process that %s is %s, found out with one that is thrown away', async (_sentence, era, behaviour) => {
    const { upstream, starts } = startStdioRig({ setting: 'auto', behaviour: { ...behaviour } });
    const texts = await Promise.all(
      ['alice', 'bob'].map(async (name) => saidBy(await upstream.call(callOf({}, name)))),
    );
    expect(texts).toEqual([{ a: 1 }, { a: 1 }]);
    expect(upstream.status().era).toBe(era);
    expect(starts()).toHaveLength(3);
  });

  it('2026-07-28: a process that does not speak it is not used', async () => {
    const { upstream } = startStdioRig({ setting: '2026-07-28' });
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'invalid-answer', dispatched: false });
  });
});
