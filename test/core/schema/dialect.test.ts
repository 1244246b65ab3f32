import { describe, expect, it } from 'vitest';
import { exposedOutputSchema } from '../../../src/core/catalog/exposed-output-schema.ts';
import { scanTools } from '../../../src/core/catalog/scan-tools.ts';
import type { Json, JsonObject } from '../../../src/core/json/value.ts';
import { compileSchema } from '../../../src/core/schema/compile-schema.ts';

const NAMES = {
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft-07': 'http://json-schema.org/draft-07/schema#',
  'draft-06': 'http://json-schema.org/draft-06/schema#',
  'draft-04': 'http://json-schema.org/draft-04/schema#',
} as const;
type Name = keyof typeof NAMES;

const fits = (schema: JsonObject, value: Json): boolean | string => {
  const compiled = compileSchema(schema);
  if (!compiled.ok) return compiled.error;
  return compiled.value === null || compiled.value(value).length === 0;
};

const ofA = (part: JsonObject): JsonObject => ({ type: 'object', properties: { a: part } });

/** What is said, a value that breaks it, and the dialects in which it means something. */
const ROWS: readonly (readonly [sentence: string, schema: JsonObject, value: Json, in_: readonly (Name | 'none')[]])[] =
  [
    ['the first items', ofA({ prefixItems: [{ type: 'string' }] }), { a: [1] }, ['none', '2020-12']],
    [
      'a list of items',
      ofA({ items: [{ type: 'string' }] }),
      { a: [1] },
      ['none', '2020-12', '2019-09', 'draft-07', 'draft-06', 'draft-04'],
    ],
    [
      'items beyond a list',
      ofA({ items: [{}], additionalItems: { type: 'string' } }),
      { a: [1, 1] },
      ['none', '2019-09', 'draft-07', 'draft-06', 'draft-04'],
    ],
    [
      'members that need others, in one word',
      { type: 'object', dependencies: { a: ['b'] } },
      { a: 1 },
      ['none', 'draft-07', 'draft-06', 'draft-04'],
    ],
    [
      'members that need others, in two',
      { type: 'object', dependentRequired: { a: ['b'] } },
      { a: 1 },
      ['none', '2020-12', '2019-09'],
    ],
    ['how often', ofA({ contains: { const: 1 }, maxContains: 1 }), { a: [1, 1] }, ['none', '2020-12', '2019-09']],
    [
      'a condition',
      ofA(JSON.parse('{ "if": { "type": "number" }, "then": { "type": "string" } }') as JsonObject),
      { a: 1 },
      ['none', '2020-12', '2019-09', 'draft-07'],
    ],
    ['one value', ofA({ const: 1 }), { a: 2 }, ['none', '2020-12', '2019-09', 'draft-07', 'draft-06']],
    [
      'what stands beside a reference',
      { type: 'object', properties: { a: { $ref: '#/definitions/any', type: 'string' } }, definitions: { any: {} } },
      { a: 1 },
      ['none', '2020-12', '2019-09'],
    ],
    [
      'what is referred to',
      { type: 'object', properties: { a: { $ref: '#/definitions/text' } }, definitions: { text: { type: 'string' } } },
      { a: 1 },
      ['none', '2020-12', '2019-09', 'draft-07', 'draft-06', 'draft-04'],
    ],
    [
      'an open end, as a number',
      ofA({ exclusiveMaximum: 5 }),
      { a: 5 },
      ['none', '2020-12', '2019-09', 'draft-07', 'draft-06'],
    ],
    ['an open end, as a flag', ofA({ maximum: 5, exclusiveMaximum: true }), { a: 5 }, ['draft-04']],
    ['a closed end', ofA({ minimum: 5, exclusiveMinimum: false }), { a: 4 }, ['draft-04']],
  ];

describe('a schema means what its dialect says', () => {
  const cases = ROWS.flatMap(([sentence, schema, value, names]) =>
    (['none', ...(Object.keys(NAMES) as Name[])] as const).map((name) => ({
      sentence,
      name,
      schema: name === 'none' ? schema : { $schema: NAMES[name], ...schema },
      value,
      isMeant: names.includes(name),
    })),
  ).filter(
    ({ sentence, name }) =>
      (!sentence.endsWith('as a flag') && !sentence.startsWith('a closed')) || name === 'draft-04',
  );
  it.each(cases)('$name: $sentence is looked at: $isMeant', ({ schema, value, isMeant }) => {
    expect(fits(schema, value)).toBe(!isMeant);
  });
});

it.each(['https://json-schema.org/draft-07/schema', 'http://json-schema.org/draft/2020-12/schema#'])(
  'the address of a dialect may be written as people do: %s',
  ($schema) => expect(fits({ $schema, ...ofA({ const: 1 }) }, { a: 2 })).toBe(false),
);

describe.each(['https://example.com/my-own', 'https://json-schema.org/draft/2031-01/schema', '', 7, null])(
  'a dialect that is not known: %s',
  ($schema) => {
    const schema: JsonObject = { $schema, ...ofA({ type: 'string' }) };

    it('cannot be checked, so calls are denied', () => {
      expect(fits(schema, {})).toBe('is written in a dialect of JSON Schema that the gateway does not know');
    });

    it('is found when definitions are looked at', () => {
      const [scanned] = scanTools([{ name: 'a', inputSchema: schema }]);
      expect(scanned?.findings.map(({ sign, place }) => `${sign} ${place}`)).toEqual([
        'invalid-schema /inputSchema/$schema',
      ]);
    });

    it('of a result is not shown, because hosts check it', () => {
      expect(exposedOutputSchema(schema)).toBeNull();
      expect(exposedOutputSchema({ ...schema, $schema: NAMES['draft-07'] })).not.toBeNull();
    });
  },
);

it('a member that is called $schema names no dialect', () => {
  expect(fits({ type: 'object', properties: { $schema: { type: 'string' } } }, { $schema: 1 })).toBe(false);
});
