import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildExposedNames, exposedName, UPSTREAM_NAME } from '../../../src/core/catalog/exposed-name.ts';
import type { ToolRef } from '../../../src/core/catalog/tool.ts';

const upstream = fc
  .tuple(
    fc.string({ unit: fc.constantFrom('a', 'b', '1'), minLength: 1, maxLength: 1 }),
    fc.string({ unit: fc.constantFrom('a', '-', '1'), maxLength: 19 }),
  )
  .map(([first, rest]) => `${first}${rest}`);
const tool = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'A', '_', '-', '.', ' ', '0', 'é'), minLength: 1, maxLength: 60 }),
  fc.string({ minLength: 1, maxLength: 128 }),
  fc
    .tuple(
      fc.string({ unit: fc.constantFrom('a', '_'), maxLength: 20 }),
      fc.string({ unit: fc.constantFrom('0', 'f'), minLength: 12, maxLength: 12 }),
    )
    .map(([text, hex]) => `${text}-${hex}`),
);
const ref: fc.Arbitrary<ToolRef> = fc.record({ upstream, tool });

describe('exposedName', () => {
  it.each<[string, ToolRef, string | RegExp]>([
    ['a plain name', { upstream: 'crm', tool: 'get_deal' }, 'crm__get_deal'],
    ['a name that begins with the separator', { upstream: 'a', tool: '_b' }, 'a___b'],
    ['a name that holds the separator', { upstream: 'a', tool: 'b__c' }, 'a__b__c'],
    ['capital letters', { upstream: 'crm', tool: 'getDeal' }, 'crm__getDeal'],
    ['48 characters', { upstream: 'crm', tool: 'x'.repeat(43) }, `crm__${'x'.repeat(43)}`],
    ['49 characters', { upstream: 'crm', tool: 'x'.repeat(44) }, /^crm__x{30}-[0-9a-f]{12}$/],
    ['a dot', { upstream: 'crm', tool: 'deal.get' }, /^crm__deal_get-[0-9a-f]{12}$/],
    ['a space', { upstream: 'crm', tool: 'Summarize Detection' }, /^crm__Summarize_Detection-[0-9a-f]{12}$/],
    [
      'a name that ends like a cut one',
      { upstream: 'crm', tool: 'x-0123456789ab' },
      /^crm__x-0123456789ab-[0-9a-f]{12}$/,
    ],
    ['a letter that only looks plain', { upstream: 'crm', tool: 'd\u0435lete' }, /^crm__d_lete-[0-9a-f]{12}$/],
  ])('%s', (_what, given, expected) => {
    expect(exposedName(given)).toMatch(typeof expected === 'string' ? new RegExp(`^${expected}$`) : expected);
  });

  it('is short and plain, whatever the tool is called', () => {
    fc.assert(
      fc.property(ref, (given) => {
        expect(exposedName(given)).toMatch(/^[a-zA-Z0-9_-]{1,48}$/);
      }),
    );
  });

  it('never gives one name to two tools', () => {
    fc.assert(
      fc.property(ref, ref, (a, b) => {
        const isSame = a.upstream === b.upstream && a.tool === b.tool;
        expect(exposedName(a) === exposedName(b)).toBe(isSame);
      }),
      { numRuns: 5000 },
    );
  });

  it('gives no tool the name that another was given for its length or its characters', () => {
    fc.assert(
      fc.property(ref, (given) => {
        const [, name = ''] = /^[^_]*__(.*)$/s.exec(exposedName(given)) ?? [];
        const imposter = { upstream: given.upstream, tool: name };
        expect(exposedName(imposter) === exposedName(given)).toBe(name === given.tool);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps the upstream readable: the first __ ends its part', () => {
    fc.assert(
      fc.property(ref, (given) => {
        const name = exposedName(given);
        expect(name.slice(0, name.indexOf('__'))).toBe(given.upstream);
      }),
    );
  });
});

describe('names of upstreams', () => {
  it.each(['a', 'crm', '1st', 'a-b', 'x'.repeat(20)])('%j is one', (name) =>
    expect(UPSTREAM_NAME.test(name)).toBe(true),
  );
  it.each(['', 'a_b', 'a__b', 'A', '-a', 'x'.repeat(21), 'a b', 'a.b', '__proto__', 'a\n'])('%j is none', (name) =>
    expect(UPSTREAM_NAME.test(name)).toBe(false),
  );
});

describe('buildExposedNames', () => {
  it('finds each tool by its exposed name', () => {
    const refs = [
      { upstream: 'a', tool: 'search' },
      { upstream: 'b', tool: 'search' },
      { upstream: 'a', tool: '__proto__' },
    ];
    const { byExposedName, collisions } = buildExposedNames(refs);
    expect([...byExposedName]).toEqual([
      ['a__search', refs[0]],
      ['b__search', refs[1]],
      ['a____proto__', refs[2]],
    ]);
    expect(collisions).toEqual([]);
  });

  it('gives a name to neither of two that claim it', () => {
    const twice = { upstream: 'a', tool: 'search' };
    const { byExposedName, collisions } = buildExposedNames([twice, { upstream: 'a', tool: 'get' }, { ...twice }]);
    expect([...byExposedName.keys()]).toEqual(['a__get']);
    expect(collisions).toEqual([{ exposedName: 'a__search', refs: [twice, twice] }]);
  });
});
