import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/json/value.ts';
import { argumentTypes, checkArgumentTypes } from '../../../../src/core/policy/cel/check-argument-types.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    amount: { type: 'number' },
    count: { type: 'integer' },
    id: { type: 'string' },
    done: { type: 'boolean' },
    to: { type: 'array' },
    deal: { type: 'object' },
    either: { type: ['string', 'null'] },
    open: {},
    'with-dash': { type: 'string' },
  },
};

function check(text: string, schema: JsonObject): string | null {
  const names = [...new Set([...text.matchAll(/args\.(\w+)/g)].map(([, name]) => name ?? ''))];
  const types = argumentTypes(schema, names);
  return types === null ? null : checkArgumentTypes(text, types);
}

describe('a condition held against an input schema', () => {
  it.each([
    'args.amount <= 10000.0',
    'args.amount <= 10000',
    'args.count == 3',
    'args.count != 3',
    'args.id == "x" && args.id.startsWith("y")',
    'args.done',
    'args.to.all(each, each.endsWith("x"))',
    '"x" in args.to',
    'args.deal.owner == principal.id',
    'args.either == "x"',
    'args.either > 3',
    'args.open > 3',
    'has(args.amount) && args.amount < 3.0',
    'args.id == principal.id',
    'args.elsewhere > 3',
  ])('fits: %s', (text) => {
    expect(check(text, SCHEMA)).toBeNull();
  });

  it.each([
    ['args.amount <= "x"', 'no such overload: double <= string'],
    ['args.id == 3', 'no such overload: string == int'],
    ['args.done == "yes"', 'no such overload: bool == string'],
    ['args.count.startsWith("3")', "found no matching overload for 'double.startsWith(string)'"],
    ['args.to == "x"', 'no such overload: list<dyn> == string'],
  ])('does not fit: %s', (text, expected) => {
    expect(check(text, SCHEMA)).toBe(expected);
  });

  it.each([{}, { properties: 'none' }, { properties: { amount: true } }])('says nothing of the schema %j', (schema) => {
    expect(check('args.amount <= "x"', schema)).toBeNull();
  });

  it('says nothing of a name that is no identifier', () => {
    expect(argumentTypes(SCHEMA, ['amount', 'with-dash'])).toBeNull();
  });

  it('leaves to others what is no expression', () => {
    expect(check('args.amount <=', SCHEMA)).toBeNull();
  });
});
