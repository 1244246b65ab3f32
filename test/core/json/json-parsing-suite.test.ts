import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/json/canonical-json.ts';
import type { JsonFaultKind } from '../../../src/core/json/json-fault.ts';
import { REQUEST_LIMITS } from '../../../src/core/json/limits.ts';
import { readJson } from '../../../src/core/json/read-json.ts';
import { skimObject } from '../../../src/core/json/skim-object.ts';
import { jsonParsingSuite } from '../../support/json-parsing-suite.ts';

const suite = jsonParsingSuite();
const answer = (bytes: Uint8Array) => {
  const result = readJson(bytes, REQUEST_LIMITS);
  return result.ok ? 'accepted' : result.error.kind;
};

/** The two texts that RFC 8259 calls valid although it advises against them: readers differ in which of the two counts. */
const STRICTER: Readonly<Record<string, JsonFaultKind>> = {
  'y_object_duplicated_key.json': 'duplicate-key',
  'y_object_duplicated_key_and_value.json': 'duplicate-key',
};

/** What RFC 8259 leaves open, and what is done here. */
const LEFT_OPEN: Readonly<Record<string, 'accepted' | JsonFaultKind>> = {
  'i_number_double_huge_neg_exp.json': 'inexact-number',
  'i_number_huge_exp.json': 'inexact-number',
  'i_number_neg_int_huge_exp.json': 'inexact-number',
  'i_number_pos_double_huge_exp.json': 'inexact-number',
  'i_number_real_neg_overflow.json': 'inexact-number',
  'i_number_real_pos_overflow.json': 'inexact-number',
  'i_number_real_underflow.json': 'inexact-number',
  'i_number_too_big_neg_int.json': 'inexact-number',
  // 100000000000000000000 is a double exactly.
  'i_number_too_big_pos_int.json': 'accepted',
  'i_number_very_big_negative_int.json': 'inexact-number',
  'i_object_key_lone_2nd_surrogate.json': 'lone-surrogate',
  'i_string_1st_surrogate_but_2nd_missing.json': 'lone-surrogate',
  'i_string_1st_valid_surrogate_2nd_invalid.json': 'lone-surrogate',
  'i_string_UTF-16LE_with_BOM.json': 'not-utf8',
  'i_string_UTF-8_invalid_sequence.json': 'not-utf8',
  'i_string_UTF8_surrogate_U+D800.json': 'not-utf8',
  'i_string_incomplete_surrogate_and_escape_valid.json': 'lone-surrogate',
  'i_string_incomplete_surrogate_pair.json': 'lone-surrogate',
  'i_string_incomplete_surrogates_escape_valid.json': 'lone-surrogate',
  'i_string_invalid_lonely_surrogate.json': 'lone-surrogate',
  'i_string_invalid_surrogate.json': 'lone-surrogate',
  'i_string_invalid_utf-8.json': 'not-utf8',
  'i_string_inverted_surrogates_U+1D11E.json': 'lone-surrogate',
  'i_string_iso_latin_1.json': 'not-utf8',
  'i_string_lone_second_surrogate.json': 'lone-surrogate',
  'i_string_lone_utf8_continuation_byte.json': 'not-utf8',
  'i_string_not_in_unicode_range.json': 'not-utf8',
  'i_string_overlong_sequence_2_bytes.json': 'not-utf8',
  'i_string_overlong_sequence_6_bytes.json': 'not-utf8',
  'i_string_overlong_sequence_6_bytes_null.json': 'not-utf8',
  'i_string_truncated-utf-8.json': 'not-utf8',
  'i_string_utf16BE_no_BOM.json': 'not-utf8',
  'i_string_utf16LE_no_BOM.json': 'not-utf8',
  'i_structure_500_nested_arrays.json': 'too-deep',
  'i_structure_UTF-8_BOM_empty_object.json': 'byte-order-mark',
};

describe('readJson, on the texts of JSONTestSuite', () => {
  it.each(suite.filter((each) => each.expect === 'accept'))('valid: $name', ({ name, bytes }) => {
    expect(answer(bytes)).toBe(STRICTER[name] ?? 'accepted');
  });

  it.each(suite.filter((each) => each.expect === 'reject'))('invalid: $name', ({ bytes }) => {
    expect(answer(bytes)).not.toBe('accepted');
  });

  it.each(suite.filter((each) => each.expect === 'either'))('left open: $name', ({ name, bytes }) => {
    expect(answer(bytes)).toBe(LEFT_OPEN[name]);
  });

  it('what is accepted has one canonical text, which reads as itself', () => {
    const accepted = suite.filter(({ bytes }) => answer(bytes) === 'accepted');
    for (const { bytes } of accepted) {
      const first = canonicalOf(bytes);
      expect(canonicalOf(Buffer.from(first))).toBe(first);
      expect(JSON.parse(first)).toEqual(withoutMinusZero(JSON.parse(bytes.toString())));
    }
    expect(accepted.length).toBeGreaterThan(90);
  });
});

describe('skimObject, on the same texts as the one member of an object', () => {
  const limits = { bytesMax: 100_000, depthMax: 64, membersMax: 10 };
  const skims = (bytes: Uint8Array) =>
    skimObject(Buffer.concat([Buffer.from('{"a":'), bytes, Buffer.from('}')]), limits).ok;

  it.each(suite.filter((each) => each.expect === 'accept'))('valid: $name', ({ bytes }) => {
    expect(skims(bytes)).toBe(true);
  });

  it.each(suite.filter((each) => each.expect === 'reject'))('invalid: $name', ({ bytes }) => {
    expect(skims(bytes)).toBe(false);
  });
});

function canonicalOf(bytes: Uint8Array): string {
  const result = readJson(bytes, REQUEST_LIMITS);
  return result.ok ? canonicalJson(result.value) : result.error.kind;
}

function withoutMinusZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
