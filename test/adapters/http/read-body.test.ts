import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Slot } from '../../../src/adapters/http/load.ts';
import { readBody } from '../../../src/adapters/http/read-body.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const PIECE_BYTES = 1000;

/** Sends so many pieces, and then nothing: what of them is kept while the request goes on? */
async function sendPieces(count: number, bodyBytesMax: number, bytesHeldMax: number, isAll: boolean) {
  const req = new PassThrough();
  let held = 0;
  const slot = { hold: (bytes: number) => (held += bytes) <= bytesHeldMax };
  const ends: string[] = [];
  readBody(req as unknown as IncomingMessage, slot as Slot, bodyBytesMax, (body) => {
    ends.push(body.ok ? `${body.value.length} bytes` : body.error);
  });
  const kept: WeakRef<Buffer>[] = [];
  for (let index = 0; index < count; index += 1) {
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    kept.push(new WeakRef(piece));
    req.write(piece);
  }
  if (isAll) req.end();
  await new Promise((resolve) => setTimeout(resolve, 5));
  collectGarbage();
  return { req, ends, kept: kept.filter((piece) => piece.deref() !== undefined).length };
}

describe('the memory of a body', () => {
  it.each([
    ['that is whole', 10, 100_000, 100_000, true, '10000 bytes'],
    ['that is too large, while its host goes on sending', 10, 9_000, 100_000, false, 'too-large'],
    ['for which there was no room, while its host goes on sending', 10, 100_000, 9_000, false, 'overloaded'],
  ])('%s is free again once it has been answered for', async (_what, count, bytesMax, heldMax, isAll, end) => {
    const { req, ends, kept } = await sendPieces(count, bytesMax, heldMax, isAll);
    expect(ends).toEqual([end]);
    // The last piece may still stand in the stream.
    expect(kept).toBeLessThanOrEqual(1);
    // It is still there, so nothing was freed together with it.
    expect(req.listenerCount('data')).toBe(1);
  });
});
