import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import type { ArgsDigest } from './approval.ts';

/**
 * HMAC-SHA256 (RFC 2104), in hex, over canonical JSON. A plain hash of a short argument, an amount or a name,
 * is found by trying them all.
 *
 * Made of two plain hashes, because each `createHmac` costs several times the digest of an ordinary call's arguments.
 */
export function argsDigest(key: Uint8Array, canonicalArguments: string): ArgsDigest {
  const { inner, outer } = padsOf(key);
  // As text and back: a digest that is asked for as bytes takes three times as long.
  outer.write(hash('sha256', Buffer.concat([inner, Buffer.from(canonicalArguments)]), 'hex'), BLOCK_BYTES, 'hex');
  return hash('sha256', outer, 'hex') as ArgsDigest;
}

interface Pads {
  readonly inner: Uint8Array;
  /** With room for the inner digest behind it. */
  readonly outer: Buffer;
}

/** The block of SHA-256. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER = 0x36;
const OUTER = 0x5c;

/** The gateway has one key for as long as it runs. */
const PADS = new WeakMap<Uint8Array, Pads>();

function padsOf(key: Uint8Array): Pads {
  const known = PADS.get(key);
  if (known !== undefined) return known;
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key);
  const outer = Buffer.concat([block.map((byte) => byte ^ OUTER)], BLOCK_BYTES + DIGEST_BYTES);
  const pads = { inner: block.map((byte) => byte ^ INNER), outer };
  PADS.set(key, pads);
  return pads;
}
