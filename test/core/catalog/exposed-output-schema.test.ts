import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/client/validators/cf-worker';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { describe, expect, it } from 'vitest';
import { exposedOutputSchema } from '../../../src/core/catalog/exposed-output-schema.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';

/** What hosts check results with. */
const VALIDATORS = [
  ['the one of the legacy SDK', new AjvJsonSchemaValidator()],
  ['the one of the split SDK for workers', new CfWorkerJsonSchemaValidator()],
] as const;

const PENDING = { status: 'approval_pending', approvalId: 'apr_1', url: 'http://127.0.0.1:8421/approvals/apr_1' };
const DENIED = { status: 'denied', reason: 'rule_denies', nextStep: 'Ask.' };

/** What upstreams promise, with a result that keeps the promise and one that breaks it. */
const PROMISES: readonly (readonly [sentence: string, schema: JsonObject, kept: object, broken: object])[] = [
  [
    'nothing but what is named',
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { content: { type: 'string' } },
      required: ['content'],
      additionalProperties: false,
    },
    { content: 'x' },
    { content: 1 },
  ],
  [
    'definitions that point at each other',
    {
      type: 'object',
      properties: { root: { $ref: '#/$defs/Node' } },
      required: ['root'],
      $defs: { Node: { type: 'object', properties: { next: { $ref: '#/$defs/Node' } }, required: ['name'] } },
    },
    { root: { name: 'a', next: { name: 'b' } } },
    { root: { name: 'a', next: {} } },
  ],
  [
    'definitions under their old name',
    {
      type: 'object',
      properties: { n: { $ref: '#/definitions/N' } },
      required: ['n'],
      definitions: { N: { type: 'integer' } },
    },
    { n: 1 },
    { n: 'one' },
  ],
  [
    'a status of its own',
    { type: 'object', properties: { status: { enum: ['open'] }, id: { type: 'string' } }, required: ['status', 'id'] },
    { status: 'open', id: '1' },
    { id: '1' },
  ],
];

describe.each(VALIDATORS)('to %s', (_name, validator) => {
  it.each(PROMISES)('%s may be promised', (_sentence, schema, kept, broken) => {
    const exposed = exposedOutputSchema(schema);
    expect(exposed?.['type']).toBe('object');
    const check = validator.getValidator(exposed as object);
    expect([kept, PENDING, DENIED, broken].map((content) => check(content).valid)).toEqual([true, true, true, false]);
  });
});

it.each<[string, JsonObject[string] | undefined]>([
  ['none', undefined],
  ['none but a yes', true],
  ['an array', { type: 'array', items: {} }],
  ['no type, which legacy hosts refuse', { properties: {} }],
  ['one that points at the whole', { type: 'object', properties: { next: { $ref: '#' } } }],
  ['one that points at a property', { type: 'object', properties: { a: {}, b: { $ref: '#/properties/a' } } }],
  ['one that points elsewhere', { type: 'object', allOf: [{ $ref: 'https://example.com/schema.json' }] }],
  ['one with a name', { $id: 'https://example.com/x', type: 'object' }],
  ['one with an anchor', { type: 'object', $defs: { a: { $anchor: 'a' } } }],
])('is not shown: %s', (_sentence, schema) => {
  expect(exposedOutputSchema(schema)).toBeNull();
});
