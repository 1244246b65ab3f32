import { randomBytes } from 'node:crypto';
import type { Clock, Ids } from '../../ports/clock.ts';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** Ids are drawn from a block of random bytes, because asking the system for 16 bytes at a time costs more than the rest of a call. */
const BLOCK_BYTES = 16 * 256;
let block: Buffer = Buffer.alloc(0);
let used = 0;

export const systemIds: Ids = {
  next(prefix) {
    if (used >= block.length) {
      block = randomBytes(BLOCK_BYTES);
      used = 0;
    }
    const id = block.toString('base64url', used, used + 16);
    // Once given out, an id must not be found in memory by way of the block.
    block.fill(0, used, used + 16);
    used += 16;
    return `${prefix}_${id}`;
  },
};
