import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../../src/core/json/value.ts';
import { type ArgumentPath, isWithinInput } from '../../../../src/core/policy/cel/input-limits.ts';

const PLAIN = { steps: 10, loops: 0 };

function isWithin(
  args: JsonObject,
  paths: readonly ArgumentPath[],
  cost = PLAIN,
  groups: readonly string[] = [],
): boolean {
  return isWithinInput({ args, principal: { groups, scopes: [] } }, paths, cost);
}

const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)]);
const nestedObject = (depth: number): Json => (depth === 0 ? 1 : { in: nestedObject(depth - 1) });
const items = (count: number): Json => Array.from({ length: count }, () => 1);

describe('what a condition may look at', () => {
  it.each<[string, JsonObject, readonly ArgumentPath[], boolean]>([
    ['nothing', {}, [], true],
    ['what is not there', {}, [['x'], ['x', 0, 'y']], true],
    ['a text of the longest kind', { x: 'a'.repeat(256 * 1024) }, [['x']], true],
    ['a longer one', { x: 'a'.repeat(256 * 1024 + 1) }, [['x']], false],
    ['a longer one that it does not name', { x: 'a'.repeat(256 * 1024 + 1), y: 1 }, [['y']], true],
    ['two that are too long together', { x: 'a'.repeat(200 * 1024), y: 'a'.repeat(200 * 1024) }, [['x'], ['y']], false],
    ['a name that is too long', { x: { ['a'.repeat(256 * 1024 + 1)]: 1 } }, [['x']], false],
    ['lists four deep', { x: nested(4) }, [['x']], true],
    ['lists five deep', { x: nested(5) }, [['x']], false],
    ['objects four deep', { x: nestedObject(4) }, [['x']], true],
    ['objects five deep', { x: nestedObject(5) }, [['x']], false],
    ['the inside of a deep one', { x: nested(5) }, [['x', 0]], true],
    ['a place of a list that there is not', { x: nested(5) }, [['x', 1]], true],
    ['a name of a list', { x: nested(5) }, [['x', 'y']], true],
    ['a number of an object', { x: { y: nested(5) } }, [['x', 0]], true],
    ['what is inherited and not there', { x: 1 }, [['toString']], true],
    ['many items', { x: items(99_999) }, [['x']], true],
    ['too many', { x: items(100_000) }, [['x']], false],
  ])('%s', (_what, args, paths, expected) => {
    expect(isWithin(args, paths)).toBe(expected);
  });

  it.each<[string, number, number, number, boolean]>([
    ['one loop over many', 10, 1, 9999, true],
    ['one loop over too many', 10, 1, 10_000, false],
    ['a loop in a loop', 10, 2, 99, true],
    ['a loop in a loop over too many', 10, 2, 100, false],
  ])('%s', (_what, steps, loops, count, expected) => {
    expect(isWithin({ x: items(count) }, [['x']], { steps, loops })).toBe(expected);
  });

  it('counts the groups of the person like the items of an argument', () => {
    const groups = Array.from({ length: 10_001 }, String);
    expect(isWithin({}, [], { steps: 10, loops: 1 }, groups)).toBe(false);
    expect(isWithin({}, [], PLAIN, groups)).toBe(true);
  });
});
