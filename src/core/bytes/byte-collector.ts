import { Buffer } from 'node:buffer';

/** Gathers one untrusted byte string that arrives in pieces, up to a limit. */
export interface ByteCollector {
  /** Takes the next piece; a first one is not copied before there is a second. `false`: the limit is passed, and nothing was taken. */
  add(piece: Uint8Array): boolean;
  /** Everything since the last `take` as one piece, and starts anew. */
  take(): Uint8Array;
  size(): number;
}

/** What is set aside at once because a peer says that so much will come. */
const EXPECTED_BYTES_MAX = 4 * 1024 * 1024;
const ROOM_BYTES_MIN = 256;

/**
 * Pieces are copied as they come, so that none outlives the read that brought it: memory outside the heap that is held for longer is
 * given back by the dearest of collections alone. The room for them doubles when it is full, so each byte is copied twice at most on
 * average; with `expectedBytes` it is right from the start.
 */
export function createByteCollector(bytesMax: number, expectedBytes = 0): ByteCollector {
  const expected = Math.min(expectedBytes, bytesMax, EXPECTED_BYTES_MAX);
  let only: Uint8Array | null = null;
  let room: Buffer | null = null;
  let size = 0;

  function makeRoom(needed: number): Buffer {
    if (room !== null && room.length >= needed) return room;
    const larger = Buffer.allocUnsafeSlow(Math.max(expected, Math.min(2 * needed, bytesMax), ROOM_BYTES_MIN));
    if (room !== null) room.copy(larger, 0, 0, size);
    else if (only !== null) larger.set(only);
    room = larger;
    only = null;
    return larger;
  }

  return {
    add(piece) {
      const needed = size + piece.length;
      if (needed > bytesMax) return false;
      if (size === 0) only = piece;
      else if (piece.length > 0) makeRoom(needed).set(piece, size);
      size = needed;
      return true;
    },
    take() {
      const whole = only ?? room?.subarray(0, size) ?? NOTHING;
      only = null;
      room = null;
      size = 0;
      return whole;
    },
    size: () => size,
  };
}

const NOTHING: Uint8Array = new Uint8Array();
