import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionDigest } from '../../../src/core/catalog/definition-digest.ts';
import { type ListKind, parseDefinition } from '../../../src/core/catalog/listed.ts';
import type { Json, JsonObject } from '../../../src/core/json/value.ts';

const tool: JsonObject = {
  name: 'get_deal',
  title: 'Get',
  description: 'Gets a deal',
  inputSchema: { type: 'object', properties: { id: { type: 'string', description: 'The id' } } },
  outputSchema: { type: 'object' },
  annotations: { readOnlyHint: true },
  icons: [{ src: 'data:,' }],
  _meta: { 'com.example/x': 1 },
  execution: { taskSupport: 'optional' },
};

describe('tool definition', () => {
  it('is kept whole, under its name, with the digest of its canonical form', () => {
    const digest = hash('sha256', '{"inputSchema":{"type":"object"},"name":"a"}', 'hex');
    const definition = { name: 'a', inputSchema: { type: 'object' } };
    expect(parseDefinition('tools', definition)).toEqual({ ok: true, value: { name: 'a', definition, digest } });
  });

  it.each<readonly [sentence: string, json: Json, fault: string]>([
    ['a text is no tool', 'get_deal', 'not-an-object'],
    ['an array is no tool', [tool], 'not-an-object'],
    ['null is no tool', null, 'not-an-object'],
    ['a tool needs a name', { inputSchema: {} }, 'bad-name'],
    ['a name is a text', { ...tool, name: ['get_deal'] }, 'bad-name'],
    ['a name is not empty', { ...tool, name: '' }, 'bad-name'],
    ['a name has at most 128 characters', { ...tool, name: 'a'.repeat(129) }, 'bad-name'],
    ['a name has no zero-width space', { ...tool, name: 'get_deal\u200b' }, 'bad-name'],
    ['a name has no Cyrillic letter', { ...tool, name: 'gеt_deal' }, 'bad-name'],
    ['a name has no line break', { ...tool, name: 'get\ndeal' }, 'bad-name'],
  ])('%s', (_sentence, json, fault) => {
    expect(parseDefinition('tools', json)).toEqual({ ok: false, error: fault });
  });

  it.each(Object.keys(tool))('another %s is another digest', (member) => {
    const changed = { ...tool, [member]: 'changed' };
    expect(definitionDigest(changed)).not.toBe(definitionDigest(tool));
    const { [member]: _removed, ...rest } = tool;
    expect(definitionDigest(rest)).not.toBe(definitionDigest(tool));
  });

  it('one character deep in the schema is another digest', () => {
    const changed = JSON.parse(JSON.stringify(tool).replace('The id', 'The iD')) as JsonObject;
    expect(definitionDigest(changed)).not.toBe(definitionDigest(tool));
  });

  it('the order of members is no change', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(tool), { minLength: Object.keys(tool).length }), (entries) => {
        expect(definitionDigest(Object.fromEntries(entries))).toBe(definitionDigest(tool));
      }),
    );
  });
});

describe('parseDefinition of what is no tool', () => {
  it.each<readonly [string, ListKind, JsonObject, string | null]>([
    ['a resource by its URI', 'resources', { uri: 'crm://deals/1', name: 'Deal' }, 'crm://deals/1'],
    ['none with a URI in another spelling', 'resources', { uri: 'CRM://deals/1', name: 'Deal' }, null],
    ['none without a URI', 'resources', { name: 'Deal' }, null],
    ['a template by its text', 'templates', { uriTemplate: 'crm://deals/{id}', name: 'Deal' }, 'crm://deals/{id}'],
    ['none that begins with a variable', 'templates', { uriTemplate: '{x}://deals', name: 'Deal' }, null],
    ['a prompt by its name', 'prompts', { name: 'greet' }, 'greet'],
    ['none by a name that looks like another', 'prompts', { name: 'gr\u0435et' }, null],
  ])('takes %s', (_what, kind, json, name) => {
    const parsed = parseDefinition(kind, json);
    expect(parsed.ok ? parsed.value.name : null).toBe(name);
  });
});
