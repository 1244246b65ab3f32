import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/json/canonical-json.ts';
import { REQUEST_LIMITS } from '../../../src/core/json/limits.ts';
import { readJson } from '../../../src/core/json/read-json.ts';
import { skimNestedObject } from '../../../src/core/json/skim-object.ts';
import { type Json, isJsonArray, isJsonObject } from '../../../src/core/json/value.ts';
import { jsonLikeText, jsonValue } from '../../support/json-arbitraries.ts';

const RUNS = { numRuns: 3000 };
const read = (text: string) => readJson(Buffer.from(text), REQUEST_LIMITS);

describe('readJson and canonicalJson', () => {
  it('what is written is read as the same value', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        const result = read(canonicalJson(value));
        expect(result.ok && isDeepStrictEqual(result.value, value)).toBe(true);
      }),
      RUNS,
    );
  });

  it('the canonical text does not depend on the order of names', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
      RUNS,
    );
  });

  it('names stand in the order of UTF-16 code units, and nothing else is in the text that JSON.stringify would not write', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(canonicalJson(value)).toBe(slowCanonical(value));
      }),
      RUNS,
    );
  });

  it('accept only what JSON.parse accepts, as the same value, and then write a text that is read as itself', () => {
    let accepted = 0;
    fc.assert(
      fc.property(jsonLikeText, (text) => {
        const result = read(text);
        if (!result.ok) return;
        accepted++;
        expect(isSame(JSON.parse(text), result.value)).toBe(true);
        const canonical = canonicalJson(result.value);
        expect(isDeepStrictEqual(read(canonical), result)).toBe(true);
      }),
      RUNS,
    );
    expect(accepted).toBeGreaterThan(RUNS.numRuns / 4);
  });

  it('refuse of what JSON.parse accepts only duplicates, lone surrogates and inexact numbers', () => {
    fc.assert(
      fc.property(jsonLikeText, (text) => {
        const result = read(text);
        const refusal = result.ok || !isParsed(text) ? null : result.error.kind;
        expect([null, 'duplicate-key', 'lone-surrogate', 'inexact-number']).toContain(refusal);
      }),
      RUNS,
    );
  });
});

describe('skimObject', () => {
  const limits = { bytesMax: 100_000, depthMax: 64, membersMax: 100 };

  it('accepts only what JSON.parse accepts, and finds each member where it is', () => {
    let accepted = 0;
    fc.assert(
      fc.property(jsonLikeText, jsonLikeText, fc.nat({ max: 8 }), (outer, inner, shift) => {
        const text = `{"before":${outer},"result":${inner}}`;
        // The place in memory decides how the bytes fall into words.
        const bytes = Buffer.from(' '.repeat(shift) + text).subarray(shift);
        const skimmed = skimNestedObject(bytes, limits, 'result');
        if (!skimmed.ok) return;
        accepted++;
        const value = JSON.parse(text) as Record<string, Json>;
        expect(isDeepStrictEqual(membersAt(bytes, skimmed.value.members), new Map(Object.entries(value)))).toBe(true);
        const own = value.result;
        const innerMembers = skimmed.value.inner && membersAt(bytes, skimmed.value.inner);
        expect(isDeepStrictEqual(innerMembers, isJsonObject(own) ? new Map(Object.entries(own)) : null)).toBe(true);
      }),
      RUNS,
    );
    expect(accepted).toBeGreaterThan(RUNS.numRuns / 8);
  });

  it('refuses of what JSON.parse accepts only a name twice, or with half a character', () => {
    fc.assert(
      fc.property(jsonLikeText, (inner) => {
        const text = `{"result":${inner}}`;
        const skimmed = skimNestedObject(Buffer.from(text), limits, 'result');
        const refusal = skimmed.ok || !isParsed(text) ? null : skimmed.error.kind;
        expect([null, 'duplicate-key', 'lone-surrogate']).toContain(refusal);
      }),
      RUNS,
    );
  });
});

function membersAt(bytes: Buffer, members: ReadonlyMap<string, { readonly start: number; readonly end: number }>) {
  return new Map(
    [...members].map(([name, { start, end }]) => [name, JSON.parse(bytes.toString('utf8', start, end)) as Json]),
  );
}

function isParsed(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function reversed(value: Json): Json {
  if (isJsonArray(value)) return value.map(reversed);
  if (!isJsonObject(value)) return value;
  const copy = Object.create(null) as Record<string, Json>;
  for (const name of Object.keys(value).reverse()) copy[name] = reversed(value[name] as Json);
  return copy;
}

/** RFC 8785 in the plainest words. */
function slowCanonical(value: Json): string {
  if (isJsonArray(value)) return `[${value.map(slowCanonical).join()}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).toSorted((a, b) => compareUnits(a, b));
  return `{${names.map((name) => `${JSON.stringify(name)}:${slowCanonical(value[name] as Json)}`).join()}}`;
}

function compareUnits(a: string, b: string): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    if (a.charCodeAt(index) !== b.charCodeAt(index)) return a.charCodeAt(index) - b.charCodeAt(index);
  }
  return a.length - b.length;
}

/** Whatever the prototypes, and with no difference between zero and minus zero. */
function isSame(parsed: unknown, value: Json): boolean {
  if (typeof parsed !== 'object' || parsed === null) return parsed === value;
  if (Array.isArray(parsed) !== isJsonArray(value)) return false;
  const names = Object.keys(parsed);
  if (names.length !== Object.keys(value ?? {}).length) return false;
  return names.every((name) => {
    const member = Object.getOwnPropertyDescriptor(value, name)?.value as Json | undefined;
    return member !== undefined && isSame(Object.getOwnPropertyDescriptor(parsed, name)?.value, member);
  });
}
