import { expect, it } from 'vitest';
import { recordChanges } from '../../../src/core/approval/record-changes.ts';
import { fieldChanges } from '../../../src/core/json/field-changes.ts';

const many = (value: number) => Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`f${at}`, value]));

it('leaves no change out behind hundreds of others', () => {
  const changes = fieldChanges({ many: many(1), amount: 10 }, { many: many(2), amount: 99_999 });
  expect(changes).toHaveLength(200);
  expect(changes.at(-1)).toMatchObject({
    place: '',
    before: expect.stringContaining('"amount":10') as string,
    after: expect.stringContaining('"amount":99999') as string,
  });
});

it('never calls unchanged what a call changes', () => {
  const facts = { args: { many: many(2), amount: 99_999 }, principal: { id: 'alice', name: 'alice' } };
  const { changes, unchanged } = recordChanges({ many: many(1), amount: 10, stage: 'open' }, facts, {});
  expect(unchanged.map(({ place }) => place)).toEqual(['/stage']);
  expect(changes.at(-1)?.after).toContain('"amount":99999');
});
