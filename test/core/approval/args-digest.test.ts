import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { argsDigest } from '../../../src/core/approval/args-digest.ts';

describe('argsDigest', () => {
  // RFC 4231, test cases 1 and 6.
  it.each([
    [
      'a short key',
      Buffer.alloc(20, 0x0b),
      'Hi There',
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      'a key of bytes that are no text',
      Buffer.alloc(131, 0xaa),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('is HMAC-SHA256 with %s', (_name, key, text, expected) => {
    expect(argsDigest(key, text)).toBe(expected);
  });
});
