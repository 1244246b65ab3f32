import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json/value.ts';
import { parameterHeaderValues, parseParameterHeaders } from '../../../src/core/mcp/parameter-headers.ts';

const region = { type: 'string', 'x-mcp-header': 'Region' };

function object(properties: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'object', properties, ...more };
}

describe('parameter headers of an input schema', () => {
  it.each<readonly [sentence: string, schema: Json, headers: Json]>([
    ['a tool without a schema has none', null, []],
    ['a schema without annotations has none', object({ a: { type: 'string' } }), []],
    ['one at a property', object({ a: region }), [{ header: 'Mcp-Param-Region', path: ['a'] }]],
    [
      'one at a property of a property',
      object({ a: object({ b: { type: 'integer', 'x-mcp-header': 'N' } }) }),
      [{ header: 'Mcp-Param-N', path: ['a', 'b'] }],
    ],
    ['a property may be called x-mcp-header', object({ 'x-mcp-header': { type: 'string' } }), []],
    ['a definition may be called x-mcp-header', object({}, { $defs: { 'x-mcp-header': { type: 'string' } } }), []],
    ['one inside a default is data', object({ a: { default: { 'x-mcp-header': 'Region' } } }), []],
    ['one inside an enum is data', object({ a: { enum: [{ 'x-mcp-header': 'Region' }] } }), []],
    [
      'booleans are fine',
      object({ a: { type: 'boolean', 'x-mcp-header': 'B' } }),
      [{ header: 'Mcp-Param-B', path: ['a'] }],
    ],
  ])('%s', (_sentence, schema, headers) => {
    expect(parseParameterHeaders(schema)).toEqual({ ok: true, value: headers });
  });

  it.each<readonly [sentence: string, schema: JsonObject]>([
    ['at the root', { type: 'object', 'x-mcp-header': 'Region' }],
    ['under items', object({ a: { type: 'array', items: region } })],
    ['under items of a property of a property', object({ a: object({ b: { items: object({ c: region }) } }) })],
    ['under anyOf', object({ a: { anyOf: [region, { type: 'null' }] } })],
    ['under properties of anyOf', { anyOf: [object({ a: region })] }],
    ['under if', object({}, { if: object({ a: region }) })],
    ['under $defs', object({}, { $defs: { r: region } })],
    ['under properties of $defs', object({}, { $defs: { r: object({ a: region }) } })],
    ['under patternProperties', object({}, { patternProperties: { '^x': region } })],
    ['under additionalProperties', object({}, { additionalProperties: region })],
    ['under a keyword nobody knows', object({}, { 'x-vendor': { deep: [region] } })],
    ['at a number', object({ a: { type: 'number', 'x-mcp-header': 'N' } })],
    ['at an object', object({ a: { type: 'object', 'x-mcp-header': 'N' } })],
    ['at a property without a type', object({ a: { 'x-mcp-header': 'N' } })],
    ['at a property of several types', object({ a: { type: ['string', 'null'], 'x-mcp-header': 'N' } })],
    ['with an empty name', object({ a: { type: 'string', 'x-mcp-header': '' } })],
    ['with a space in the name', object({ a: { type: 'string', 'x-mcp-header': 'a b' } })],
    ['with a colon in the name', object({ a: { type: 'string', 'x-mcp-header': 'a:b' } })],
    ['with CR LF in the name', object({ a: { type: 'string', 'x-mcp-header': 'a\r\nb' } })],
    ['with a name that is no text', object({ a: { type: 'string', 'x-mcp-header': 7 } })],
    ['with a name beyond ASCII', object({ a: { type: 'string', 'x-mcp-header': 'Régión' } })],
    ['with the same name twice but for case', object({ a: region, b: { type: 'string', 'x-mcp-header': 'rEGION' } })],
  ])('one %s makes the tool invalid', (_sentence, schema) => {
    expect(parseParameterHeaders(schema).ok).toBe(false);
  });
});

describe('parameter headers of a call', () => {
  const headers = [{ header: 'Mcp-Param-V', path: ['a', 'b'] }];

  it.each<readonly [sentence: string, args: JsonObject, value: string | null]>([
    ['a text is itself', { a: { b: 'x' } }, 'x'],
    ['a whole number is decimal', { a: { b: -7 } }, '-7'],
    ['a boolean is a word', { a: { b: false } }, 'false'],
    ['a text with a line break is encoded', { a: { b: 'x\ny' } }, '=?base64?eAp5?='],
    ['null is left out', { a: { b: null } }, null],
    ['an object is left out', { a: { b: {} } }, null],
    ['a fraction is left out', { a: { b: 0.5 } }, null],
    ['a missing argument is left out', { a: {} }, null],
    ['a missing object on the way is left out', {}, null],
    ['a text on the way is left out', { a: 'b' }, null],
  ])('%s', (_sentence, args, value) => {
    expect(parameterHeaderValues(headers, args)).toEqual(value === null ? [] : [['Mcp-Param-V', value]]);
  });

  it('does not find what only a prototype has', () => {
    const inherited = [{ header: 'Mcp-Param-V', path: ['constructor', 'name'] }];
    expect(parameterHeaderValues(inherited, JSON.parse('{}') as JsonObject)).toEqual([]);
  });
});
