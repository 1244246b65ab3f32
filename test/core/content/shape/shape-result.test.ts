import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../src/core/json/value.ts';
import { createFieldPicker } from '../../../../src/core/content/shape/field-picker.ts';
import { bytesOf, partText } from '../../../../src/core/content/shape/result-parts.ts';
import { shapeResult } from '../../../../src/core/content/shape/shape-result.ts';

const SSN = '078-05-1120';
const dropping = createFieldPicker({ keep: null, drop: [['ssn'], ['owner', 'phone']] });

function shaped(result: object, picker = dropping): { readonly text: string; readonly result: Record<string, Json> } {
  if (picker === null) throw new Error('nothing is picked');
  const shaping = shapeResult([Buffer.from(JSON.stringify(result))], picker);
  for (;;) {
    const { done, value } = shaping.next();
    if (done !== true) continue;
    expect(bytesOf(value.json)).toBeGreaterThan(0);
    const text = value.json.map(partText).join('');
    return { text, result: JSON.parse(text) as Record<string, Json> };
  }
}

const text = (words: string) => ({ content: [{ type: 'text', text: words }] });
const inner = JSON.stringify({ id: 1, ssn: SSN });

describe('a field that is taken out is gone', () => {
  it.each<[string, object]>([
    ['from a text', text(inner)],
    ['under a name in escapes', text(`{"s\\u0073n":"${SSN}"}`)],
    ['under a name in escapes, in what is no JSON', text(`\u{feff}{"s\\u0073n":"${SSN}"}`)],
    ['under a name in escapes, in lines of JSON', text(`{"id":1}\n{"\\u0073sn":"${SSN}"}`)],
    ['under a name in escapes, in JSON within a string', text(JSON.stringify({ raw: `{"s\\u0073n":"${SSN}"}` }))],
    [
      'under a name in escapes, in JSON within JSON within a string',
      text(JSON.stringify({ raw: JSON.stringify({ raw: `{"s\\u0073n":"${SSN}"}` }) })),
    ],
    ['from a text beside an empty resource', { content: [{ type: 'text', text: inner, resource: {} }] }],
    ['from a text beside an empty content', { content: [{ type: 'text', text: inner, content: {} }] }],
    ['from items within an item', { content: [{ type: 'tool_result', content: [{ type: 'text', text: inner }] }] }],
    ['from messages', { messages: [{ role: 'user', content: { type: 'text', text: inner } }] }],
    ['from a message of several parts', { messages: [{ role: 'user', content: [{ type: 'text', text: inner }] }] }],
    ['from a member that nobody knows', { content: [{ type: 'text', text: '{}', record: { ssn: SSN } }] }],
    ['as a member that nobody knows', { content: [{ type: 'text', text: '{}', SSN }] }],
    ['from notes about an item', { content: [{ type: 'text', text: '{}', annotations: { owner: { ssn: SSN } } }] }],
    ['from what rides along', { content: [{ type: 'text', text: '{}', _meta: { ssn: SSN } }] }],
    ['from a resource', { contents: [{ uri: 'x:1', text: inner }] }],
    ['from a resource within an item', { content: [{ type: 'resource', resource: { uri: 'x:1', text: inner } }] }],
    ['from bytes', { contents: [{ uri: 'x:1', blob: Buffer.from(inner).toString('base64') }] }],
    ['from a list at the top', { structuredContent: [{ ssn: SSN }], content: [] }],
    ['from a list in a text', text(`[${inner}]`)],
    ['twice', text(`{"ssn":"${SSN}","id":1,"ssn":"${SSN}"}`)],
  ])('%s', (_, result) => {
    const { text: shown } = shaped(result);
    expect(shown).not.toContain(SSN);
    expect(shown).not.toContain(Buffer.from(inner).toString('base64').slice(8, 30));
  });

  it('and the rest stays as it was', () => {
    const result = {
      content: [
        { type: 'text', text: 'withheld', annotations: { audience: ['user'], priority: 1 } },
        { type: 'image', data: 'c3NuIHNzbiBzc24=', mimeType: 'image/png' },
        { type: 'resource', resource: { uri: 'x:ssn', mimeType: 'text/plain', text: 'fine', blob: '/9j/4AAQ' } },
      ],
      isError: false,
    };
    expect(shaped(result).result).toEqual(result);
  });

  it('also where it is called like what an item must have', () => {
    const picker = createFieldPicker({ keep: null, drop: [['type'], ['data'], ['uri']] });
    const item = { type: 'image', data: 'AAAA', mimeType: 'image/png' };
    expect(shaped({ content: [item], structuredContent: { type: 'secret', id: 1 } }, picker).result).toEqual({
      content: [item],
      structuredContent: { id: 1 },
    });
  });
});
