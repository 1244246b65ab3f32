import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json/value.ts';
import { parseToolCallParams, parseListParams } from '../../../src/core/mcp/tool-params.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('parseToolCallParams takes', () => {
  it.each<[string, JsonObject, object]>([
    ['a name alone', { name: 'a' }, { name: 'a', args: {}, progressToken: null, traceparent: null }],
    ['a name of 128 characters', { name: 'a'.repeat(128) }, { name: 'a'.repeat(128) }],
    ['arguments', { name: 'a', arguments: { b: [1] } }, { args: { b: [1] } }],
    ['a progress token', { name: 'a', _meta: { progressToken: 't' } }, { progressToken: 't' }],
    ['a progress token that is a number', { name: 'a', _meta: { progressToken: 0 } }, { progressToken: 0 }],
    ['a trace', { name: 'a', _meta: { traceparent: TRACEPARENT } }, { traceparent: TRACEPARENT }],
    ['a trace that is none, as no trace', { name: 'a', _meta: { traceparent: 'x\r\ny' } }, { traceparent: null }],
    ['a task, as if it were not there', { name: 'a', task: { ttl: 1 } }, { name: 'a' }],
  ])('%s', (_sentence, params, value) => {
    expect(parseToolCallParams(params)).toMatchObject({ ok: true, value });
  });

  it('no other member, whatever it is called', () => {
    const params = { name: 'a', tool: 'delete_x', toolName: 'delete_x', args: { x: 1 }, _meta: { 'com.example/x': 1 } };
    const result = parseToolCallParams(params);
    expect(result).toEqual({ ok: true, value: { name: 'a', args: {}, progressToken: null, traceparent: null } });
  });
});

describe('parseToolCallParams refuses', () => {
  it.each<[string, JsonObject | null]>([
    ['nothing', null],
    ['no name', {}],
    ['an empty name', { name: '' }],
    ['a name of 129 characters', { name: 'a'.repeat(129) }],
    ['a name of 10,000 characters', { name: 'a'.repeat(10_000) }],
    ['a list of names', { name: ['read', 'delete'] }],
    ['an object for a name', { name: { toString: 'a' } }],
    ['a number for a name', { name: 1 }],
    ['arguments that are a list', { name: 'a', arguments: [] }],
    ['arguments that are null', { name: 'a', arguments: null }],
    ['arguments that are a string', { name: 'a', arguments: '{}' }],
    ['_meta that is no object', { name: 'a', _meta: [] }],
    ['a progress token that is an object', { name: 'a', _meta: { progressToken: {} } }],
    ['a progress token with a fraction', { name: 'a', _meta: { progressToken: 1.5 } }],
    ['a progress token of 300 bytes', { name: 'a', _meta: { progressToken: 'a'.repeat(300) } }],
  ])('%s', (_sentence, params) => {
    expect(parseToolCallParams(params)).toMatchObject({
      ok: false,
      error: { code: -32602, httpStatus: 200 },
    });
  });
});

it.each<[string, JsonObject | null, object]>([
  ['nothing', null, { ok: true, value: { cursor: null } }],
  ['a cursor', { cursor: 'c' }, { ok: true, value: { cursor: 'c' } }],
  ['an empty cursor', { cursor: '' }, { ok: true, value: { cursor: '' } }],
  ['a cursor that is a number', { cursor: 1 }, { ok: false, error: { code: -32602 } }],
  ['a cursor that is too long', { cursor: 'c'.repeat(5000) }, { ok: false, error: { code: -32602 } }],
])('parseListParams: %s', (_sentence, params, result) => {
  expect(parseListParams(params)).toMatchObject(result);
});
