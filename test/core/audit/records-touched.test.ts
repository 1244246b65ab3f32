import { expect, it } from 'vitest';
import { recordsTouched } from '../../../src/core/audit/records-touched.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';

it.each<[string, JsonObject, readonly string[]]>([
  ['a text', { id: 'd1' }, ['id=d1']],
  ['a number', { id: 42 }, ['id=42']],
  ['a truth value', { id: false }, ['id=false']],
  ['what is missing names nothing', {}, []],
  ['nor does null', { id: null }, []],
  ['nor a list', { id: ['d1'] }, []],
  ['nor an object', { id: { a: 1 } }, []],
  ['a member of a member', { filter: { owner: 'alice' } }, ['filter.owner=alice']],
  ['several', { id: 1, filter: { owner: 'alice' } }, ['id=1', 'filter.owner=alice']],
  ['a long text is cut', { id: 'x'.repeat(300) }, [`id=${'x'.repeat(200)}…`]],
  ['never within a character', { id: `${'x'.repeat(199)}𝄞` }, [`id=${'x'.repeat(199)}…`]],
  ['members of the runtime are none of the call', JSON.parse('{"filter":"owner"}') as JsonObject, []],
])('names the records that a call touches: %s', (_, args, expected) => {
  expect(recordsTouched(args, [['id'], ['filter', 'owner']])).toEqual(expected);
});
