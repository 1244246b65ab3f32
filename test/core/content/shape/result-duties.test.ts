import { describe, expect, it } from 'vitest';
import { combineDuties, type ResultDuties } from '../../../../src/core/content/shape/result-duties.ts';

const NOTHING: ResultDuties = { keep: null, drop: [], redact: [], bytesMax: null, untrusted: false };
const keep = (...paths: readonly string[]): ResultDuties => ({
  ...NOTHING,
  keep: paths.map((path) => path.split('.')),
});

describe('duties of several rules', () => {
  it.each<[string, ResultDuties, ResultDuties, Partial<ResultDuties>]>([
    ['keep what both keep', keep('id', 'name'), keep('name', 'stage'), { keep: [['name']] }],
    ['keep the part that is further in', keep('owner'), keep('owner.email', 'id'), { keep: [['owner', 'email']] }],
    ['keep nothing that only one keeps', keep('id'), keep('name'), { keep: [] }],
    ['keep what the only one says', keep('id'), NOTHING, { keep: [['id']] }],
    [
      'drop what either drops',
      { ...NOTHING, drop: [['a']] },
      { ...NOTHING, drop: [['b'], ['a']] },
      { drop: [['a'], ['b']] },
    ],
    [
      'redact what either redacts',
      { ...NOTHING, redact: ['phone'] },
      { ...NOTHING, redact: ['email'] },
      { redact: ['email', 'phone'] },
    ],
    ['cut at the shorter length', { ...NOTHING, bytesMax: 9 }, { ...NOTHING, bytesMax: 5 }, { bytesMax: 5 }],
    ['cut where one cuts', NOTHING, { ...NOTHING, bytesMax: 5 }, { bytesMax: 5 }],
    ['mark where one marks', { ...NOTHING, untrusted: true }, NOTHING, { untrusted: true }],
  ])('%s, in either order', (_, one, other, expected) => {
    expect(combineDuties([one, other])).toEqual({ ...NOTHING, ...expected });
    expect(combineDuties([other, one])).toEqual({ ...NOTHING, ...expected });
  });
});
