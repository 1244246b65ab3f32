import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { CRM_POLICY, startWorld, TOOLS, type World } from '../support/evasion-world.ts';
import { HOSTS, type Host } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';

// Class F: what rides along with an honest answer or an honest request. Every part of a result reaches a model or the host's own network,
// and every part of a request reaches a server that may trust it.

const POLICY = `${CRM_POLICY}
  - { id: everything, who: { groups: [staff] }, resources: ['crm://**', 'ui://**'], effect: allow, completion: true }
  - { id: greet, who: { groups: [staff] }, prompts: [greet], effect: allow }
`;

const META = {
  'com.example/canary': 'meta-canary',
  'com.other/canary': 'meta-canary',
  'io.modelcontextprotocol/serverInfo': { name: 'meta-canary' },
  'io.modelcontextprotocol/related-task': { taskId: 'meta-canary' },
  ui: { resourceUri: 'ui://meta-canary' },
  traceparent: '00-11111111111111111111111111111111-2222222222222222-01',
};
const ICONS = [{ src: 'https://icon-canary.example/x.png' }];
const BLOCKS = [
  { type: 'text', text: 'kept', _meta: META },
  { type: 'resource_link', uri: 'http://169.254.169.254/link-canary', name: 'x' },
  { type: 'resource_link', uri: 'https://wiki.example.com/page', name: 'x', icons: ICONS, _meta: META },
  { type: 'resource', resource: { uri: 'file:///link-canary', text: 'text of a file', _meta: META } },
  { type: 'resource', resource: { uri: 'ui://link-canary', mimeType: 'text/html;profile=mcp-app', text: '<app>' } },
];
const ESCAPED = JSON.stringify(META).replace(/"_?meta/g, '"\\u006deta');
const PAGE = 'text/html;profile=mcp-app';

describe.each(['http, modern', 'http, legacy'] as const)('before an upstream over %s', (transport) => {
  const complete = transport === 'http, modern' ? { resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' } : {};
  let strict: World;
  let lax: World;
  beforeAll(async () => {
    const policies = { 'crm.yaml': POLICY, 'mail.yaml': POLICY.replace('upstream: crm', 'upstream: mail') };
    strict = await startWorld({ transport, policies });
    const metaKeys = ['com.example/*'];
    const allow = {
      instructions: true,
      apps: true,
      appHosts: ['api.example.com'],
      linkHosts: ['wiki.example.com'],
      metaKeys,
    };
    lax = await startWorld({ transport, policies, allow });
  });
  afterAll(() => Promise.all([strict.close(), lax.close()]));
  afterEach(() => {
    strict.crm.beHonest();
    lax.crm.beHonest();
  });

  async function ask(world: World, host: Host, method: string, params: JsonObject, result: JsonObject) {
    world.crm.server?.on(method, (_, reply) => reply.result({ ...complete, ...result }));
    const answer = await world.send(world.request(host, { method, params, path: '/mcp/crm' }));
    return { text: answer.text, result: parseAnswerBody(answer).result ?? {} };
  }

  describe.each(HOSTS)('a host that speaks %s', (host) => {
    const call = { name: 'read_x' };

    it('gets nothing in the result of a tool but what is said there', async () => {
      const { result, text } = await ask(strict, host, 'tools/call', call, { content: BLOCKS, _meta: META });
      expect(result['content']).toEqual([
        { type: 'text', text: 'kept' },
        { type: 'text', text: '[The gateway left out a link here.]' },
        { type: 'text', text: '[The gateway left out a link here.]' },
        { type: 'text', text: 'text of a file' },
        { type: 'text', text: '[The gateway left out a link here.]' },
      ]);
      expect(text).not.toMatch(/canary|traceparent|evil|"_meta"|public/);
    });

    it('gets of it what the operator let through, and nothing of the protocol', async () => {
      const { result } = await ask(lax, host, 'tools/call', call, { content: BLOCKS, _meta: META });
      const kept = { 'com.example/canary': 'meta-canary' };
      expect(result['_meta']).toEqual(kept);
      expect((result['content'] as unknown[])[2]).toEqual({
        type: 'resource_link',
        uri: 'https://wiki.example.com/page',
        name: 'x',
        _meta: kept,
      });
    });

    it('is not deceived by another spelling of it', async () => {
      strict.crm.server?.on('tools/call', ({ message }, reply) => {
        const kind = transport === 'http, modern' ? '"resultType":"complete",' : '';
        const block = `{"\\u0074ype":"\\u0072esource_link","uri":"http://10.0.0.1/link-canary","name":"x"}`;
        const content = `[{"type":"text","text":"kept","\\u005fmeta":${ESCAPED}},${block}]`;
        reply.raw(
          httpAnswer(
            `{"jsonrpc":"2.0","id":${String(message?.id)},"result":{${kind}"content":${content},"_m\\u0065ta":${ESCAPED}}}`,
          ),
        );
      });
      const answer = await strict.send(strict.request(host, { params: call, path: '/mcp/crm' }));
      expect(parseAnswerBody(answer).result?.['content']).toMatchObject([{ text: 'kept' }, { type: 'text' }]);
      expect(answer.text).not.toMatch(/canary/);
    });

    it('gets nothing beside the text of a resource or a prompt', async () => {
      const contents = [{ uri: 'crm://deals/1', mimeType: PAGE, text: '<app>', _meta: META }];
      const read = await ask(strict, host, 'resources/read', { uri: 'crm://deals/1' }, { contents, _meta: META });
      expect(read.result['contents']).toEqual([{ uri: 'crm://deals/1', text: '<app>' }]);
      expect(read.text).not.toMatch(/canary|public/);
      const messages = BLOCKS.map((content) => ({ role: 'user', content, _meta: META }));
      const got = await ask(strict, host, 'prompts/get', { name: 'greet' }, { messages, _meta: META });
      expect(got.text).not.toMatch(/canary|icons/);
      const completion = { values: ['a'], _meta: META };
      const ref = { type: 'ref/resource', uri: 'crm://deals/{id}' };
      const argument = { name: 'id', value: '' };
      const values = await ask(strict, host, 'completion/complete', { ref, argument }, { completion, _meta: META });
      expect(values.result).not.toHaveProperty('_meta');
    });

    it('reads no page of an app that is off, though every URI is granted', async () => {
      await strict.newEntries();
      const before = strict.crm.bytes().length;
      const { result, text } = await ask(strict, host, 'resources/read', { uri: 'ui://board' }, { contents: [] });
      expect([result, text.includes('not found')]).toEqual([{}, true]);
      expect(strict.crm.bytes().length).toBe(before);
      const [decision] = await strict.newEntries();
      expect(decision).toMatchObject({ kind: 'decision', decision: 'deny', reasons: ['no_rule'] });
    });

    it('reads one of an app that is on, which reaches listed hosts alone', async () => {
      const csp = { connectDomains: ['https://api.example.com', 'https://evil-canary.example'] };
      const ui = { csp, permissions: { camera: {} }, domain: 'canary.example' };
      const contents = [{ uri: 'ui://board', mimeType: PAGE, text: '<app>', _meta: { ui } }];
      const { result } = await ask(lax, host, 'resources/read', { uri: 'ui://board' }, { contents });
      const shown = { ui: { csp: { connectDomains: ['https://api.example.com'] } } };
      expect(result['contents']).toEqual([{ uri: 'ui://board', mimeType: PAGE, text: '<app>', _meta: shown }]);
    });

    it('is shown another page under the same URI only when a person approved it', async () => {
      const uri = `ui://page-${host.replaceAll(' ', '-')}`;
      const read = (text: string) =>
        ask(lax, host, 'resources/read', { uri }, { contents: [{ uri, mimeType: PAGE, text }] });
      expect((await read('<p>1')).result).toHaveProperty('contents');
      const changed = await read('<p>canary');
      expect([changed.result, changed.text.includes('canary')]).toEqual([{}, false]);
      expect((await read('<p>1')).result).toHaveProperty('contents');
      const { json } = await lax.gateway.admin('GET', '/api/pins?status=pending');
      const { pins } = json as unknown as { pins: { id: string; tool: string }[] };
      const pin = pins.find(({ tool }) => tool === `*${uri}`);
      await lax.gateway.admin('POST', `/api/pins/${pin?.id}/approve`);
      expect((await read('<p>canary')).result).toHaveProperty('contents');
    });

    it('is told what an upstream says of itself where that is on, quoted, and never what it is told by a changed one', async () => {
      const opening = host === '2026-07-28' ? 'server/discover' : 'initialize';
      const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
      const told = async (world: World): Promise<string> => {
        const request = world.request(host === '2026-07-28' ? host : '2025-11-25', { method: opening, params });
        return parseAnswerBody(await world.send(request)).result?.['instructions'] as string;
      };
      expect(await told(strict)).toMatch(/^These tools stand behind a policy gateway\.[^>]*$/);
      expect(await told(lax)).toContain(
        'The server "crm" says of itself, in its own words and not the gateway\'s:\n> Be kind.',
      );
      expect(await told(lax)).not.toContain('"mail"');
    });

    it('is said to show apps where it can and the operator allows them, and nowhere else', async () => {
      const extensions = { 'io.modelcontextprotocol/ui': { mimeTypes: [PAGE] }, 'com.example/canary': {} };
      const _meta = { 'io.modelcontextprotocol/clientCapabilities': { extensions } };
      const told = async (world: World): Promise<string> => {
        const before = world.crm.bytes().length;
        await world.send(world.request(host, { params: { ...call, _meta }, path: '/mcp/crm' }));
        return world.crm.bytes().slice(before);
      };
      const [toStrict, toLax] = [await told(strict), await told(lax)];
      expect([toStrict, toLax].map((text) => text.includes('io.modelcontextprotocol/ui'))).toEqual([
        false,
        host === '2026-07-28',
      ]);
      expect(toStrict + toLax).not.toContain('com.example/canary');
    });

    it('sends nothing along that a server could trust', async () => {
      const before = strict.crm.bytes().length;
      const _meta = {
        ...META,
        'io.modelcontextprotocol/clientInfo': { name: 'param-canary' },
        'io.modelcontextprotocol/subscriptionId': 'param-canary',
        tracestate: 'vendor=param-canary',
        baggage: 'userId=param-canary',
        traceparent: '00-33333333333333333333333333333333-4444444444444444-01\r\nX-Evil: param-canary',
      };
      const params = { ...call, _meta, tool: 'param-canary', meta: 'param-canary' };
      const answer = await strict.send(strict.request(host, { params, path: '/mcp/crm' }));
      expect(answer.status).toBe(200);
      expect(strict.crm.bytes().slice(before)).not.toMatch(/(?:meta|param)-canary|ui:\/\/|traceparent|tracestate/);
    });

    it('sends the trace along where it is well-formed, and no other one', async () => {
      const traceparent = '00-33333333333333333333333333333333-4444444444444444-01';
      const before = strict.crm.bytes().length;
      await strict.send(strict.request(host, { params: { ...call, _meta: { traceparent } }, path: '/mcp/crm' }));
      expect(strict.crm.bytes().slice(before)).toContain(traceparent);
    });
  });
});

describe('the list of tools', () => {
  const TOOL = {
    name: 'update_x',
    description: 'Does it',
    inputSchema: { type: 'object', properties: { a: { type: 'string', 'x-mcp-header': 'A' } } },
    annotations: { readOnlyHint: true, title: 'x' },
    icons: ICONS,
    execution: { taskSupport: 'required' },
    _meta: { ...META, ui: { resourceUri: 'ui://board', visibility: ['model', 'camera'], extra: 1 } },
    somethingNew: 'meta-canary',
  };
  const tools = [...TOOLS.filter(({ name }) => name !== 'update_x'), TOOL];

  it.each(HOSTS)(
    'says nothing to %s of what nobody decided about, and of no write that it only reads',
    async (host) => {
      const world = await startWorld({ tools });
      const answer = await world.send(world.request(host, { method: 'tools/list', path: '/mcp/crm' }));
      const listed = parseAnswerBody(answer).result?.['tools'] as readonly JsonObject[];
      const update = listed.find(({ name }) => name === 'update_x');
      expect(update).toMatchObject({ annotations: { readOnlyHint: false, title: 'x' } });
      expect(JSON.stringify(update)).not.toMatch(/canary|icons|_meta|x-mcp-header|required|somethingNew/);
      await world.close();
    },
  );

  it('says which page goes with a tool where apps are on', async () => {
    const world = await startWorld({ tools, allow: { apps: true, metaKeys: ['com.example/*'] } });
    const answer = await world.send(world.request('2026-07-28', { method: 'tools/list', path: '/mcp/crm' }));
    const listed = parseAnswerBody(answer).result?.['tools'] as readonly JsonObject[];
    expect(listed.find(({ name }) => name === 'update_x')?.['_meta']).toEqual({
      'com.example/canary': 'meta-canary',
      ui: { resourceUri: 'ui://board', visibility: ['model'] },
    });
    await world.close();
  });
});

function httpAnswer(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
