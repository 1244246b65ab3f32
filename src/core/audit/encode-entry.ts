import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { canonicalJson } from '../json/canonical-json.ts';
import type { JsonLimits } from '../json/limits.ts';
import { readJson } from '../json/read-json.ts';
import { type Json, type JsonObject, isJsonObject } from '../json/value.ts';
import { type Result, err, ok } from '../result.ts';
import type { AuditEntry } from './entry.ts';
import { recordedFields } from './recorded-fields.ts';

/** The two texts of an entry: the log commits to `body`; `payload` is stored beside it and can be pruned. */
export interface EncodedEntry {
  /** Canonical JSON of the fields of the kind, with `payloadDigest` in place of `payload`. */
  readonly body: string;
  /** Canonical JSON of `{"arguments":…,"salt":…}`; `null` where there are no arguments. */
  readonly payload: string | null;
}

export interface Leaf {
  readonly sequence: number;
  /** The recorded fields. `kind` is a string; a later version may know more kinds than this one. */
  readonly entry: JsonObject;
}

/** Why a text is no leaf of this log, for an operator. */
export interface LeafFault {
  readonly kind: 'not-canonical' | 'not-a-leaf';
  readonly detail: string;
}

/**
 * `salt` is fresh random text for every entry. Without it, a pruned payload of few possible values could be found by trying them
 * against the digest that stays.
 */
export function encodeEntry(entry: AuditEntry, salt: string): EncodedEntry {
  const args = 'payload' in entry ? entry.payload : null;
  const payload = args === null ? null : canonicalJson({ arguments: args, salt });
  const payloadDigest = payload === null ? null : payloadDigestOf(payload);
  return { body: canonicalJson(recordedFields(entry, payloadDigest)), payload };
}

/** SHA-256, in hex, of the payload text. What the body of an entry says of its payload. */
export function payloadDigestOf(payload: string): string {
  return hash('sha256', payload, 'hex');
}

/** The text that the log commits to: canonical JSON, because the body is. Sequence numbers start at 1. */
export function leafOf(body: string, sequence: number): string {
  return `{"entry":${body},"seq":${sequence},"v":${LEAF_VERSION}}`;
}

/** Reads a leaf back. A text that is not exactly what `leafOf` writes is refused: nothing else was ever recorded. */
export function parseLeaf(text: string): Result<Leaf, LeafFault> {
  const json = readJson(Buffer.from(text), LEAF_LIMITS);
  if (!json.ok) return leafFault('not-canonical', `${json.error.detail}, at byte ${json.error.offset}`);
  if (canonicalJson(json.value) !== text) return leafFault('not-canonical', 'JSON, but not in its canonical form');
  if (!isJsonObject(json.value)) return leafFault('not-a-leaf', 'no JSON object');
  const { entry, seq: sequence, v: version, ...others } = json.value;
  if (version !== LEAF_VERSION) return leafFault('not-a-leaf', `"v" is not ${LEAF_VERSION}`);
  if (!isSequence(sequence)) return leafFault('not-a-leaf', '"seq" is no sequence number');
  if (!isJsonObject(entry) || typeof entry.kind !== 'string') {
    return leafFault('not-a-leaf', '"entry" is no audit entry');
  }
  if (Object.keys(others).length > 0) return leafFault('not-a-leaf', 'more members than "entry", "seq" and "v"');
  return ok({ sequence, entry });
}

const LEAF_VERSION = 1;
const LEAF_LIMITS: JsonLimits = { bytesMax: 1024 * 1024, depthMax: 8, keysMax: 1000, itemsMax: 10_000 };

function isSequence(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

function leafFault(kind: LeafFault['kind'], detail: string): Result<never, LeafFault> {
  return err({ kind, detail });
}
