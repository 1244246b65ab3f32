import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEntry, leafOf, parseLeaf, payloadDigestOf } from '../../../src/core/audit/encode-entry.ts';
import type { AuditEntry, DecisionEntry } from '../../../src/core/audit/entry.ts';
import { canonicalJson } from '../../../src/core/json/canonical-json.ts';
import { type Json, type JsonObject, isJsonObject } from '../../../src/core/json/value.ts';
import { jsonValue } from '../../support/json-arbitraries.ts';
import { SAMPLE_ENTRIES, SAMPLE_SALT } from '../../support/sample-entries.ts';

const DECISION = SAMPLE_ENTRIES.find((entry) => entry.kind === 'decision') as DecisionEntry;
const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
const fieldsOf = (body: string) => JSON.parse(body) as Record<string, unknown>;

describe('encodeEntry', () => {
  it.each(SAMPLE_ENTRIES)('a $kind entry is canonical JSON of all its fields, in the order of their names', (entry) => {
    const { body } = encodeEntry(entry, SAMPLE_SALT);
    expect(canonicalJson(JSON.parse(body) as Json)).toBe(body);
    const names = Object.keys(entry).map((name) => (name === 'payload' ? 'payloadDigest' : name));
    expect(Object.keys(fieldsOf(body))).toEqual(names.toSorted());
    expect({ ...entry, ...fieldsOf(body) }).toMatchObject(entry);
  });

  it('commits to the payload, which stays out of the body', () => {
    const { body, payload } = encodeEntry(DECISION, SAMPLE_SALT);
    expect(payload).toBe(
      `{"arguments":{"amount":12500.5,"id":"deal_8842","password":"[redacted:key]"},"salt":"${SAMPLE_SALT}"}`,
    );
    expect(fieldsOf(body).payloadDigest).toBe(sha256(payload ?? ''));
    expect(body).not.toContain('12500.5');
  });

  it('has the same arguments commit to another digest with another salt', () => {
    const digests = ['one salt', 'another salt'].map(
      (salt) => fieldsOf(encodeEntry(DECISION, salt).body).payloadDigest,
    );
    expect(digests[0]).not.toBe(digests[1]);
  });

  it('says null where there is no payload', () => {
    const { body, payload } = encodeEntry({ ...DECISION, payload: null }, SAMPLE_SALT);
    expect(payload).toBeNull();
    expect(fieldsOf(body).payloadDigest).toBeNull();
  });

  it('records no field that the kind does not have', () => {
    const entry = { ...DECISION, secret: 'hunter2', __proto__: { inherited: 'hunter2' } } as AuditEntry;
    expect(encodeEntry(entry, SAMPLE_SALT)).toEqual(encodeEntry(DECISION, SAMPLE_SALT));
  });

  it('throws where a field is missing, so that nothing is recorded in half', () => {
    const entry = { ...DECISION, ruleId: undefined } as unknown as DecisionEntry;
    expect(() => encodeEntry(entry, SAMPLE_SALT)).toThrow(TypeError);
  });

  it('keeps whatever arguments come, exactly', () => {
    fc.assert(
      fc.property(jsonValue.filter(isJsonObject), (args) => {
        const { body, payload } = encodeEntry({ ...DECISION, payload: args as JsonObject }, SAMPLE_SALT);
        expect(payload).toBe(`{"arguments":${canonicalJson(args)},"salt":"${SAMPLE_SALT}"}`);
        expect(fieldsOf(body).payloadDigest).toBe(payloadDigestOf(payload ?? ''));
      }),
    );
  });
});

describe('leafOf and parseLeaf', () => {
  it.each(SAMPLE_ENTRIES)('a $kind entry is read back', (entry) => {
    const { body } = encodeEntry(entry, SAMPLE_SALT);
    const leaf = leafOf(body, 42);
    expect(canonicalJson(JSON.parse(leaf) as Json)).toBe(leaf);
    const parsed = parseLeaf(leaf);
    if (!parsed.ok) throw new Error(parsed.error.detail);
    expect(parsed.value.sequence).toBe(42);
    expect(canonicalJson(parsed.value.entry)).toBe(body);
  });

  it.each([
    ['no JSON', 'x', 'not-canonical'],
    ['nothing', '', 'not-canonical'],
    ['white space', '{"entry": {"kind":"gateway"},"seq":1,"v":1}', 'not-canonical'],
    ['a line feed behind it', '{"entry":{"kind":"gateway"},"seq":1,"v":1}\n', 'not-canonical'],
    ['another order', '{"seq":1,"entry":{"kind":"gateway"},"v":1}', 'not-canonical'],
    ['a field twice', '{"entry":{"kind":"gateway","kind":"token"},"seq":1,"v":1}', 'not-canonical'],
    ['a number in another form', '{"entry":{"kind":"gateway"},"seq":1.0,"v":1}', 'not-canonical'],
    ['a lone surrogate', '{"entry":{"kind":"\\ud800"},"seq":1,"v":1}', 'not-canonical'],
    ['more depth than an entry has', `{"entry":{"a":${'['.repeat(9)}${']'.repeat(9)}},"seq":1,"v":1}`, 'not-canonical'],
    ['an array', '[]', 'not-a-leaf'],
    ['no object', '1', 'not-a-leaf'],
    ['another version', '{"entry":{"kind":"gateway"},"seq":1,"v":2}', 'not-a-leaf'],
    ['no version', '{"entry":{"kind":"gateway"},"seq":1}', 'not-a-leaf'],
    ['sequence number 0', '{"entry":{"kind":"gateway"},"seq":0,"v":1}', 'not-a-leaf'],
    ['a sequence number below 0', '{"entry":{"kind":"gateway"},"seq":-1,"v":1}', 'not-a-leaf'],
    ['half a sequence number', '{"entry":{"kind":"gateway"},"seq":1.5,"v":1}', 'not-a-leaf'],
    ['a sequence number in quotes', '{"entry":{"kind":"gateway"},"seq":"1","v":1}', 'not-a-leaf'],
    ['no entry', '{"seq":1,"v":1}', 'not-a-leaf'],
    ['an entry that is no object', '{"entry":[],"seq":1,"v":1}', 'not-a-leaf'],
    ['an entry without a kind', '{"entry":{},"seq":1,"v":1}', 'not-a-leaf'],
    ['something more', '{"entry":{"kind":"gateway"},"more":1,"seq":1,"v":1}', 'not-a-leaf'],
  ])('not a leaf: %s', (_, text, kind) => {
    const parsed = parseLeaf(text);
    expect(!parsed.ok && parsed.error.kind).toBe(kind);
  });

  it('any changed character makes another leaf, or none', () => {
    const leaf = leafOf(encodeEntry(DECISION, SAMPLE_SALT).body, 42);
    fc.assert(
      fc.property(fc.nat({ max: leaf.length - 1 }), fc.string({ unit: 'grapheme-ascii', maxLength: 2 }), (at, put) => {
        const changed = leaf.slice(0, at) + put + leaf.slice(at + 1);
        const parsed = parseLeaf(changed);
        const same = parsed.ok && leafOf(canonicalJson(parsed.value.entry), parsed.value.sequence) === leaf;
        expect(same).toBe(changed === leaf);
      }),
    );
  });
});
