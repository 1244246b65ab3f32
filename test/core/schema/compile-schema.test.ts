import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { UPSTREAM_MESSAGE_LIMITS } from '../../../src/core/json/limits.ts';
import { readJson } from '../../../src/core/json/read-json.ts';
import type { Json } from '../../../src/core/json/value.ts';
import { compileSchema } from '../../../src/core/schema/compile-schema.ts';

/** As the gateway reads it. */
function json(value: unknown): Json {
  const read = readJson(Buffer.from(JSON.stringify(value)), UPSTREAM_MESSAGE_LIMITS);
  if (!read.ok) throw new Error(read.error.detail);
  return read.value;
}

function faultsOf(schema: unknown, value: unknown): string[] {
  const compiled = compileSchema(json(schema));
  if (!compiled.ok) return [`unusable: ${compiled.error}`];
  return (compiled.value?.(json(value)) ?? []).map(({ place, text }) => (place === '' ? text : `${place} ${text}`));
}

const TREE = {
  $ref: '#/$defs/node',
  $defs: { node: { type: 'object', properties: { left: { $ref: '#/$defs/node' }, value: { type: 'integer' } } } },
};

describe('what does not fit is said in words', () => {
  it.each<[unknown, unknown, readonly string[]]>([
    [{ type: 'object', required: ['id', 'name'] }, {}, ['id is missing', 'name is missing']],
    [{ properties: { n: { type: 'number' } } }, { n: '100' }, ['n must be a number, and is a text']],
    [{ properties: { n: { type: 'integer' } } }, { n: 1.5 }, ['n must be a whole number, and is a number']],
    [
      { properties: { n: { type: ['string', 'null'] } } },
      { n: 1 },
      ['n must be a text or null, and is a whole number'],
    ],
    [
      { properties: { n: { anyOf: [{ type: 'string' }, { type: 'null' }] } } },
      { n: [] },
      ['n must be a text or null, and is an array'],
    ],
    [{ properties: { n: { type: 'string', nullable: true } } }, { n: null }, []],
    [{ properties: { s: { enum: ['open', 'won'] } } }, { s: 'Open' }, ['s must be one of "open", "won"']],
    [{ properties: { s: { const: 1 } } }, { s: true }, ['s must be 1']],
    [
      { properties: { a: { items: { properties: { id: { type: 'string' } } } } } },
      { a: [{}, { id: 1 }] },
      ['a[1].id must be a text, and is a whole number'],
    ],
    [{ properties: { a: {} }, additionalProperties: false }, { a: 1, __proto__x: 2 }, ['__proto__x is not known here']],
    [{ additionalProperties: { type: 'string' } }, { b: 1 }, ['b must be a text, and is a whole number']],
    [
      { patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false },
      { 'x-a': 1, y: 1 },
      ['x-a must be a text, and is a whole number', 'y is not known here'],
    ],
    [{ properties: { n: { minimum: 0, exclusiveMaximum: 10 } } }, { n: 10 }, ['n must be less than 10']],
    [{ properties: { n: { multipleOf: 0.1 } } }, { n: 0.3 }, []],
    [{ properties: { s: { minLength: 2, maxLength: 2 } } }, { s: '😀😀' }, []],
    [{ properties: { s: { pattern: '^[a-z]+$' } } }, { s: 'a1' }, ['s must match ^[a-z]+$']],
    [
      { properties: { a: { uniqueItems: true } } },
      {
        a: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      },
      ['a must not hold the same item twice'],
    ],
    [
      { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      { a: 1, b: 1 },
      ['fits more than one of the forms that it may have'],
    ],
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema, of an object that nobody awaits.
    [{ if: { required: ['a'] }, then: { required: ['b'] } }, { a: 1 }, ['b is missing']],
    [{ not: { required: ['a'] } }, { a: 1 }, ['is of a form that is not allowed']],
    [{ dependentRequired: { a: ['b'] } }, { a: 1 }, ['b is missing']],
    [{ prefixItems: [{ type: 'string' }], items: false }, ['a', 1], ['[1] is not allowed here']],
    [
      { items: [{ type: 'string' }], additionalItems: { type: 'number' } },
      [1, 'b'],
      ['[0] must be a text, and is a whole number', '[1] must be a number, and is a text'],
    ],
    [TREE, { left: { left: { value: '1' } } }, ['left.left.value must be a whole number, and is a text']],
    [
      {
        $id: 'https://a.example/s',
        $defs: { b: { $anchor: 'b', type: 'string' } },
        properties: { b: { $ref: 'https://a.example/s#b' } },
      },
      { b: 1 },
      ['b must be a text, and is a whole number'],
    ],
    [{ type: 'object', properties: {} }, { anything: 1 }, []],
    [false, {}, ['is not allowed here']],
  ])('%j, %j', (schema, value, expected) => {
    expect(faultsOf(schema, value)).toEqual(expected);
  });

  it('no more than eight at once', () => {
    const required = Array.from({ length: 50 }, (_, index) => `p${index}`);
    expect(faultsOf({ required }, {})).toHaveLength(8);
  });
});

describe('no schema takes the gateway anywhere, or long', () => {
  it.each<[string, unknown, string]>([
    [
      'a reference to elsewhere',
      { properties: { a: { $ref: 'https://evil.example/schema' } } },
      'refers to something that is not in it',
    ],
    ['a file', { $ref: 'file:///etc/passwd' }, 'refers to something that is not in it'],
    ['a part that is none', { properties: { a: 7 } }, 'holds a part that is no schema'],
    [
      'a schema without end',
      { anyOf: Array.from({ length: 50_000 }, () => ({ type: 'string', minLength: 1 })) },
      'is larger than 20000 values',
    ],
    [
      'a schema without ground',
      Array.from({ length: 110 }).reduce<object>((inner) => ({ not: inner }), {}),
      'is nested deeper than 100',
    ],
  ])('%s is not used', (_, schema, problem) => {
    const compiled = compileSchema(schema as Json);
    expect(compiled.ok ? 'used' : compiled.error).toBe(problem);
  });

  const deep = Array.from({ length: 60 }).reduce<object>((inner) => ({ a: inner }), {});
  const branch = (name: string) => ({ properties: { a: { $ref: '#/$defs/n' } }, required: [name] });
  const names = Array.from({ length: 5000 }, (_, index) => `n${index}`);
  it.each<[string, unknown, unknown]>([
    ['itself', { $ref: '#' }, {}],
    ['itself, by two ways', { allOf: [{ $ref: '#' }, { $ref: '#' }] }, {}],
    [
      'twice as much with every level',
      { $defs: { n: { oneOf: [branch('a'), { ...branch('a'), minProperties: 1 }] } }, $ref: '#/$defs/n' },
      deep,
    ],
    [
      'every item with every other',
      { items: { uniqueItems: true } },
      [Array.from({ length: 150_000 }, (_, index) => index)],
    ],
    ['thousands of members of every item', { items: { required: names } }, Array.from({ length: 100_000 }, () => ({}))],
    [
      'thousands of alternatives for every item',
      { items: { oneOf: names.map(() => true) } },
      Array.from({ length: 100_000 }, () => 1),
    ],
    ['thousands of looks at one text', { allOf: names.map(() => ({ minLength: 1 })) }, 'é'.repeat(500_000)],
    [
      'thousands of looks at one object',
      { allOf: names.map(() => ({ minProperties: 1 })) },
      Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, 1])),
    ],
  ])('a schema that asks for %s ends', (_, schema, value) => {
    const started = performance.now();
    expect(faultsOf(schema, value)).toContain('would take too long to be checked');
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it.each(['^(a+)+$', '(a|a)*b', '^(?:[a-z]+)*$', 'a*a*a*b', '(?=a)a', '(a)\\1', '[', '(x+x+)+y'])(
    'the pattern %s is not tried',
    (pattern) => {
      expect(faultsOf({ properties: { s: { pattern } } }, { s: `${'a'.repeat(1000)}!` })).toEqual([]);
    },
  );

  it.each(['a*a*b', '.*.*b', '^a*a*b', '(?:a|a)'.repeat(24), 'a?'.repeat(24), '[a-z]{1000}!', `${'a'.repeat(500)}b`])(
    'a thousand long texts against the pattern %s do not take long',
    (pattern) => {
      const started = performance.now();
      faultsOf(
        { items: { pattern: `${pattern}b` } },
        Array.from({ length: 1000 }, () => 'a'.repeat(1000)),
      );
      expect(performance.now() - started).toBeLessThan(1000);
    },
  );

  it('a name too long for a pattern is neither refused nor held to what belongs to the pattern', () => {
    const schema = { patternProperties: { '^x-.*-.*b': { type: 'string' } }, additionalProperties: false };
    expect(faultsOf(schema, { [`y${'a'.repeat(20_000)}`]: 1, z: 1 })).toEqual(['z is not known here']);
  });

  it.each(['^[0-9]{4}-[0-9]{2}$', '^(get|set)$', '^[A-Z][a-z]+ [a-z]*$', '^\\d+(?:\\.\\d{2})?$', '^\\p{L}+$'])(
    'the pattern %s is',
    (pattern) => {
      expect(faultsOf({ properties: { s: { pattern } } }, { s: '!' })).toEqual([`s must match ${pattern}`]);
    },
  );
});
