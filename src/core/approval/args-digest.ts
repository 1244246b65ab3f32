import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { ArgsDigest } from './approval.ts';

/** HMAC-SHA256 over canonical JSON. A plain hash of a short argument, an amount or a name, is found by trying them all. */
export function argsDigest(key: Uint8Array, canonicalArguments: string): ArgsDigest {
  // As text: for a key in bytes, Node builds and drops two errors with their stacks first, which costs ten times the digest.
  const keyText = Buffer.from(key).toString('latin1');
  return createHmac('sha256', keyText, { encoding: 'latin1' }).update(canonicalArguments).digest('hex') as ArgsDigest;
}
