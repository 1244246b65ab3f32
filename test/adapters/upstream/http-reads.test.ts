import { describe, expect, it } from 'vitest';
import type { ListKind } from '../../../src/core/catalog/listed.ts';
import { callOf, faultOf, resultText, startHttpRig } from '../../support/upstream-rig.ts';

const signal = AbortSignal.timeout(10_000);
const caller = { principal: 'alice' };
const BOTH = [
  ['modern', '2026-07-28'],
  ['legacy', 'legacy'],
] as const;

describe.each(BOTH)('an upstream of the %s era', (era, setting) => {
  it.each<readonly [Exclude<ListKind, 'tools'>, string, string, string, string]>([
    ['resources', 'resources/list', 'resources', 'uri', 'crm://deals/1'],
    ['templates', 'resources/templates/list', 'resourceTemplates', 'uriTemplate', 'crm://deals/{id}'],
    ['prompts', 'prompts/list', 'prompts', 'name', 'greet'],
  ])(
    'lists %s: all pages, without what cannot be governed or is there twice',
    async (kind, method, member, named, name) => {
      const { server, upstream, reports } = await startHttpRig({ setting, era });
      const manners = era === 'modern' ? { resultType: 'complete' } : {};
      server.on(method, ({ message }, reply) => {
        const isFirst = message?.params?.['cursor'] === undefined;
        const items = isFirst
          ? [{ [named]: name, title: 'x' }, { [named]: 'b\u0435d' }]
          : [{ [named]: `${name}2` }, {}];
        const twice = { [named]: `${name}3` };
        reply.result({ ...manners, [member]: [...items, twice], ...(isFirst && { nextCursor: '' }) });
      });
      const listed = await upstream.list(kind, caller, signal);
      expect(listed).toMatchObject({ ok: true, value: [{ name, definition: { title: 'x' } }, { name: `${name}2` }] });
      expect(reports.join()).toMatch(new RegExp(`2 listed ${member} .*listed ${member} left out`, 's'));
    },
  );

  it('that has none of a kind offers none', async () => {
    const { upstream } = await startHttpRig({ setting, era });
    for (const kind of ['resources', 'templates', 'prompts'] as const) {
      expect(await upstream.list(kind, caller, signal)).toEqual({ ok: true, value: [] });
    }
  });

  it('that fails to list offers nothing for sure', async () => {
    const { server, upstream } = await startHttpRig({ setting, era });
    server.on('resources/list', (_request, reply) => reply.error(-32603));
    expect(faultOf(await upstream.list('resources', caller, signal)).kind).toBe('invalid-answer');
  });

  it('is asked for a URI as it is, and what it says of caching stays behind', async () => {
    const { server, upstream } = await startHttpRig({ setting, era });
    const uri = 'crm://deals/Z%C3%BCrich';
    const manners = { resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' };
    server.on('resources/read', (_request, reply) => reply.result({ ...manners, contents: [{ uri, text: 'x' }] }));
    const target = { method: 'resources/read', name: uri, paramsJson: JSON.stringify({ uri }) } as const;
    const text = resultText(await upstream.call({ ...callOf(), target }));
    expect(JSON.parse(text)).toEqual({ contents: [{ uri, text: 'x' }] });
    const [asked] = server.seen('resources/read');
    expect(asked?.message?.params?.['uri']).toBe(uri);
    expect(asked?.headers.get('mcp-name')).toBe(era === 'modern' ? uri : undefined);
    expect(asked?.headers.get('mcp-method')).toBe(era === 'modern' ? 'resources/read' : undefined);
  });

  it('is asked for completion without a name in the headers', async () => {
    const { server, upstream } = await startHttpRig({ setting, era });
    const manners = era === 'modern' ? { resultType: 'complete' } : {};
    server.on('completion/complete', (_request, reply) => reply.result({ ...manners, completion: { values: ['a'] } }));
    const target = { method: 'completion/complete', name: null, paramsJson: '{"argument":{},"ref":{}}' } as const;
    expect(resultText(await upstream.call({ ...callOf(), target }))).toBe('{"completion":{"values":["a"]}}');
    expect(server.seen('completion/complete')[0]?.headers.has('mcp-name')).toBe(false);
    // No tool is looked up for what is no tool.
    expect(server.seen('tools/list')).toEqual([]);
  });
});
