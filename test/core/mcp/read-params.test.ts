import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json/value.ts';
import { parseCompletionParams, parsePromptParams, parseReadParams } from '../../../src/core/mcp/read-params.ts';

const META = { progressToken: 7, traceparent: 'no trace', 'io.modelcontextprotocol/x': 1 };
const taken = { progressToken: 7, traceparent: null };
const REF = { type: 'ref/prompt', name: 'greet' };
const ARGUMENT = { name: 'who', value: '' };

describe('of what reaches an upstream, only this is taken', () => {
  it.each<readonly [string, typeof parseReadParams, JsonObject, JsonObject]>([
    [
      'the URI',
      parseReadParams,
      { uri: 'crm://1', arguments: { a: 1 }, x: 1 },
      { kind: 'resource', name: 'crm://1', args: {} },
    ],
    [
      'a prompt and its texts',
      parsePromptParams,
      { name: 'greet', arguments: { a: 'b' }, x: 1 },
      { kind: 'prompt', name: 'greet', args: { a: 'b' } },
    ],
    ['a prompt without any', parsePromptParams, { name: 'greet' }, { kind: 'prompt', name: 'greet', args: {} }],
    [
      'what is completed',
      parseCompletionParams,
      { ref: { ...REF, x: 1 }, argument: { ...ARGUMENT, x: 1 }, context: { x: 1 }, x: 1 },
      { kind: 'prompt-argument', name: 'greet', args: { argument: ARGUMENT } },
    ],
    [
      'what was chosen before',
      parseCompletionParams,
      {
        ref: { type: 'ref/resource', uri: 'crm://{id}' },
        argument: ARGUMENT,
        context: { arguments: { a: 'b' }, x: 1 },
      },
      {
        kind: 'template-argument',
        name: 'crm://{id}',
        args: { argument: ARGUMENT, context: { arguments: { a: 'b' } } },
      },
    ],
  ])('%s', (_what, parse, params, call) => {
    expect(parse({ ...params, _meta: META })).toEqual({ ok: true, value: { ...call, ...taken } });
  });
});

describe('what is no request', () => {
  it.each<readonly [string, typeof parseReadParams, JsonObject | null]>([
    ['no parameters', parseReadParams, null],
    ['no URI', parseReadParams, { name: 'crm://1' }],
    ['an empty URI', parseReadParams, { uri: '' }],
    ['a URI that is no text', parseReadParams, { uri: ['crm://1'] }],
    ['a URI longer than any', parseReadParams, { uri: `crm://${'a'.repeat(2048)}` }],
    ['_meta that is no object', parseReadParams, { uri: 'crm://1', _meta: [] }],
    ['no prompt', parsePromptParams, null],
    ['a number for a text', parsePromptParams, { name: 'greet', arguments: { a: 1 } }],
    ['a list for the texts', parsePromptParams, { name: 'greet', arguments: ['a'] }],
    ['no reference', parseCompletionParams, { argument: ARGUMENT }],
    ['a reference to a tool', parseCompletionParams, { ref: { type: 'ref/tool', name: 'x' }, argument: ARGUMENT }],
    ['a prompt named by a URI', parseCompletionParams, { ref: { type: 'ref/prompt', uri: 'x' }, argument: ARGUMENT }],
    ['no argument', parseCompletionParams, { ref: REF }],
    ['an argument without a value', parseCompletionParams, { ref: REF, argument: { name: 'who' } }],
    [
      'a value longer than anybody types',
      parseCompletionParams,
      { ref: REF, argument: { name: 'who', value: 'x'.repeat(4097) } },
    ],
    ['a context that is no object', parseCompletionParams, { ref: REF, argument: ARGUMENT, context: 'x' }],
    ['a context of numbers', parseCompletionParams, { ref: REF, argument: ARGUMENT, context: { arguments: { a: 1 } } }],
  ])('%s', (_what, parse, params) => {
    expect(parse(params)).toMatchObject({ ok: false, error: { code: -32602, httpStatus: 200 } });
  });
});
