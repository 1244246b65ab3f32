import { createHmac } from 'node:crypto';
import type { ArgsDigest } from './approval.ts';

/** HMAC-SHA256 over canonical JSON. A plain hash of a short argument, an amount or a name, is found by trying them all. */
export function argsDigest(key: Uint8Array, canonicalArguments: string): ArgsDigest {
  return createHmac('sha256', key).update(canonicalArguments).digest('hex') as ArgsDigest;
}
