import * as fc from 'fast-check';
import type { Json } from '../../src/core/json/value.ts';

/** Strings without lone surrogates, among them names that mean something to JavaScript and all that must be escaped. */
const jsonString: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '/', 'u', '\n', '\t', '\u{0}', '\u{1f}', 'é', '😹', '\u{2028}'),
    maxLength: 8,
  }),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'value', '1', '10', '2', ''),
  fc.string({ unit: 'grapheme', minLength: 30, maxLength: 200 }),
);

const jsonNumber: fc.Arbitrary<number> = fc
  .oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((number) => (number === 0 ? 0 : number));

/** Values that `readJson` can make: objects have no prototype. */
export const jsonValue: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    jsonNumber,
    jsonString,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(jsonString, tie('value'), { maxKeys: 6, noNullPrototype: false }).map(withoutPrototype),
  ),
})).value;

/** JSON texts, and texts that are nearly JSON: with white space anywhere, escapes, names twice, and damage. */
export const jsonLikeText: fc.Arbitrary<string> = fc
  .record({
    value: jsonValue,
    spaces: fc.constantFrom(0, 1, 2, '\t'),
    escaped: fc.boolean(),
    damage: fc.option(fc.record({ at: fc.nat(), remove: fc.nat({ max: 3 }), insert: fragment() }), { freq: 2 }),
  })
  .map(({ value, spaces, escaped, damage }) => {
    const plain = JSON.stringify(value, null, spaces);
    const text = escaped
      ? plain.replace(/[^\x20-\x7e\s]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : plain;
    if (damage === null) return text;
    const at = damage.at % (text.length + 1);
    return (text.slice(0, at) + damage.insert + text.slice(at + damage.remove)).toWellFormed();
  });

function fragment(): fc.Arbitrary<string> {
  const tokens = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\\u',
    '\\ud800',
    '0',
    '-',
    '.',
    'e',
    '1e400',
    'null',
    'true',
    ' ',
    '\n',
    '\u{0}',
  ];
  return fc.oneof(fc.constantFrom(...tokens), fc.constantFrom('"a":1,', '"a":1,"a":2,', '\u{a0}', '\u{feff}', ''));
}

function withoutPrototype(object: Record<string, Json>): Json {
  return Object.setPrototypeOf({ ...object }, null) as Record<string, Json>;
}
