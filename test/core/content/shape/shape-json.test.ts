import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFieldPicker } from '../../../../src/core/content/shape/field-picker.ts';
import { createJsonShaping } from '../../../../src/core/content/shape/shape-json.ts';

interface Fields {
  readonly keep?: readonly string[];
  readonly drop?: readonly string[];
}

function shape(text: string, { keep, drop = [] }: Fields, chars = 7): string | null {
  const paths = (names: readonly string[]) => names.map((name) => name.split('.'));
  const picker = createFieldPicker({ keep: keep === undefined ? null : paths(keep), drop: paths(drop) });
  if (picker === null) throw new Error('nothing is picked');
  const shaping = createJsonShaping(text, picker);
  while (!shaping.step(chars));
  return shaping.finish();
}

const shaped = (value: unknown, fields: Fields): unknown =>
  JSON.parse(shape(JSON.stringify(value, null, 1), fields) ?? 'null');

describe('keep', () => {
  it.each<[string, unknown, readonly string[], unknown]>([
    ['a record', { id: 1, name: 'x', ssn: 2 }, ['id', 'name'], { id: 1, name: 'x' }],
    ['records in a wrapper', { total: 2, deals: [{ id: 1, ssn: 2 }] }, ['id'], { deals: [{ id: 1 }] }],
    ['an array of records', [{ id: 1, ssn: 2 }, { ssn: 3 }], ['id'], [{ id: 1 }, {}]],
    ['arrays of arrays', [[{ id: 1, ssn: 2 }]], ['id'], [[{ id: 1 }]]],
    ['a field whole', { id: { a: [1, { b: 2 }] }, ssn: 3 }, ['id'], { id: { a: [1, { b: 2 }] } }],
    ['a path', { id: 1, owner: { email: 'e', ssn: 2 } }, ['id', 'owner.email'], { id: 1, owner: { email: 'e' } }],
    ['a path through an array', { items: [{ id: 1, ssn: 2 }] }, ['items.id'], { items: [{ id: 1 }] }],
    ['nothing beside the fields of a record', { customer: { id: 5 }, id: 1 }, ['id'], { id: 1 }],
    ['nothing of a record found late', { a: { id: 5 }, b: [{ id: 6 }], id: 1 }, ['id'], { id: 1 }],
    ['nothing of what only seems to be on the way', { owner: 'Bob', id: 1 }, ['id', 'owner.email'], { id: 1 }],
    ['no names of what holds nothing', { by_ssn: { '123': { x: 1 } } }, ['id'], {}],
    ['names exactly', { ID: 1, id: 2 }, ['id'], { id: 2 }],
    ['the empty rest', { deals: [], x: 1 }, ['id'], { deals: [] }],
  ])('shows %s', (_, value, keep, expected) => {
    expect(shaped(value, { keep })).toEqual(expected);
  });

  it('reads a name as JSON does', () => {
    expect(shape('{"\\u0069d":1,"\\u0073sn":2}', { keep: ['id'] })).toBe('{"\\u0069d":1}');
  });

  it('leaves numbers and texts as they are written', () => {
    expect(shape('{"id": 9007199254740993 , "x":1}', { keep: ['id'] })).toBe('{"id":9007199254740993}');
    expect(shape('{"id":"a\\"},{\\"b"}', { keep: ['id'] })).toBe('{"id":"a\\"},{\\"b"}');
  });

  it.each([
    '',
    'ssn: 1',
    '"id"',
    '7',
    '{"id":1,}',
    '[1,]',
    '{"id":1} x',
    '{"id":1}{"id":2}',
    '{"id" 1}',
    '{id:1}',
    '{"id":01}',
    '[',
    '{"a":{"id":1}',
    '{"x":"',
  ])('takes %j for no JSON', (text) => {
    expect(shape(text, { keep: ['id'] })).toBeNull();
  });

  it('gives up on what is nested deeper than any record', () => {
    expect(shape(`${'['.repeat(200)}${']'.repeat(200)}`, { keep: ['id'] })).toBeNull();
  });

  it('shows no value that is under no kept name, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.integer({ min: 1, max: 50 }), (value, chars) => {
        const marked = replaceLeaves([value]);
        const text = shape(JSON.stringify(marked), { keep: ['kept'] }, chars);
        expect(text).not.toBeNull();
        expect(text).not.toContain('leaf');
        expect(shape(JSON.stringify(marked), { keep: ['kept'] }, Infinity)).toBe(text);
        expect(() => JSON.parse(text ?? '') as unknown).not.toThrow();
      }),
    );
  });
});

function replaceLeaves(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(replaceLeaves);
  if (typeof value !== 'object' || value === null) return 'leaf';
  return Object.fromEntries(
    Object.entries(value).map(([name, inner], index) => [`n${index}${name.length}`, replaceLeaves(inner)]),
  );
}

describe('drop', () => {
  it.each<[string, unknown, readonly string[], unknown]>([
    ['a field wherever it stands', { a: [{ ssn: 1, k: 2 }], ssn: 3 }, ['ssn'], { a: [{ k: 2 }] }],
    ['a field in any spelling', { SSN: 1, S_s_N: 2, k: 3 }, ['ssn'], { k: 3 }],
    ['a path, and not its last name elsewhere', { a: { b: 1, c: 2 }, b: 3 }, ['a.b'], { a: { c: 2 }, b: 3 }],
    ['a path through arrays', { a: [{ b: 1 }, { c: 2 }] }, ['a.b'], { a: [{}, { c: 2 }] }],
    ['JSON in a text', { a: '{"ssn":1,"k":2}' }, ['ssn'], { a: '{"k":2}' }],
    ['JSON in a text in a text', { a: JSON.stringify({ b: '[{"ssn":1}]' }) }, ['ssn'], { a: '{"b":"[{}]"}' }],
    ['broken JSON in a text', { a: '{"ssn":1' }, ['ssn'], { a: '[redacted:withheld]' }],
  ])('takes out %s', (_, value, drop, expected) => {
    expect(shaped(value, { drop })).toEqual(expected);
  });

  it('goes before what is kept', () => {
    expect(shaped({ id: { ssn: 1, k: 2 }, ssn: 3 }, { keep: ['id'], drop: ['ssn'] })).toEqual({ id: { k: 2 } });
  });

  it('changes nothing else of any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(shaped([value], { drop: ['no such name'] })).toEqual(JSON.parse(JSON.stringify([value])));
      }),
    );
  });
});
