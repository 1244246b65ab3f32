import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Approval, ArgsDigest } from '../../../src/core/approval/approval.ts';
import { differenceInShape } from '../../../src/core/approval/same-shape.ts';
import { sampleApproval } from '../../support/store-samples.ts';

const withArguments = (value: unknown): Approval => sampleApproval('apr_1', { argumentsShown: JSON.stringify(value) });

describe('two requests', () => {
  it.each([
    ['other values', { id: 'a', amount: 1 }, { id: 'b', amount: 2.5 }],
    ['other order', { a: 1, b: 'x' }, { b: 'y', a: 2 }],
    ['longer lists', { ids: ['a'] }, { ids: ['b', 'c'] }],
    ['nothing', {}, {}],
  ])('with %s are alike', (_, one, other) => {
    expect(differenceInShape(withArguments(one), withArguments(other))).toBeNull();
  });

  it.each([
    ['another type', { a: 1 }, { a: '1' }],
    ['null', { a: 1 }, { a: null }],
    ['one more', { a: 1 }, { a: 1, force: true }],
    ['one more deep down', { a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 1, d: 2 }] } }],
    ['a name that looks like a shape', { 'a":number,"b': 1 }, { a: 1, b: 1 }],
    ['a list of other things', { a: [1] }, { a: [1, 'x'] }],
    ['an empty list', { a: [] }, { a: [1] }],
  ])('with %s are not', (_, one, other) => {
    expect(differenceInShape(withArguments(one), withArguments(other))).toBe('arguments');
  });

  it.each([
    ['tool', { binding: { tool: 'delete_deal' } }],
    ['tool', { binding: { upstream: 'mail' } }],
    ['definition', { binding: { definitionDigest: 'e'.repeat(64) as never } }],
    ['rule', { ruleId: 'other' }],
    ['rule', { reason: 'another' }],
    ['policy', { binding: { policyVersion: 'f'.repeat(64) as never } }],
    ['environment', { binding: { environment: 'dev' } }],
  ])('of another %s are not', (difference, fields) => {
    expect(differenceInShape(sampleApproval('apr_1'), sampleApproval('apr_2', fields))).toBe(difference);
  });

  it('of other people through other clients, with other digests, are', () => {
    const binding = { principal: 'bob', client: 'codex', argsDigest: 'a'.repeat(64) as ArgsDigest };
    expect(differenceInShape(sampleApproval('apr_1'), sampleApproval('apr_2', { binding }))).toBeNull();
  });

  it('are alike in both directions, and each with itself', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const [a, b] = [withArguments(one), withArguments(other)];
        expect(differenceInShape(a, a)).toBeNull();
        expect(differenceInShape(a, b)).toBe(differenceInShape(b, a));
      }),
    );
  });
});
