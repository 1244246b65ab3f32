import { Buffer } from 'node:buffer';
import { joinBytes } from './join-bytes.ts';

/** Gathers one untrusted byte string that arrives in pieces, up to a limit. */
export interface ByteCollector {
  /** Takes the next piece; a first one is not copied before there is a second. `false`: the limit is passed, and nothing was taken. */
  add(piece: Uint8Array): boolean;
  /** Everything since the last `take` as one piece, and starts anew. */
  take(): Uint8Array;
  size(): number;
  /** Of what is there and what still comes until the next `take`, only the two ends are kept, and the limit is none. */
  cut(): void;
}

/** What is set aside at once because a peer says that so much will come. */
const EXPECTED_BYTES_MAX = 4 * 1024 * 1024;
const ROOM_BYTES_MIN = 256;
const SLACK_BYTES_MAX = 16 * 1024;
/** Of something that is cut, each of the two. */
const END_BYTES = 512;

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
  /** `null` while nothing is left out. */
  let ends: Ends | null = null;

  function makeRoom(needed: number): Buffer {
    if (room !== null && room.length >= needed) return room;
    const larger = Buffer.allocUnsafeSlow(Math.max(expected, Math.min(2 * needed, bytesMax), ROOM_BYTES_MIN));
    if (room !== null) room.copy(larger, 0, 0, size);
    else if (only !== null) larger.set(only);
    room = larger;
    only = null;
    return larger;
  }

  const there = (): Uint8Array => only ?? (room === null ? NOTHING : withoutSlack(room, size));

  function clear(): void {
    only = null;
    room = null;
    size = 0;
  }

  return {
    add(piece) {
      if (ends !== null) {
        ends = addToEnds(ends, piece);
        return true;
      }
      const needed = size + piece.length;
      if (needed > bytesMax) return false;
      if (size === 0) only = piece;
      else if (piece.length > 0) makeRoom(needed).set(piece, size);
      size = needed;
      return true;
    },
    take() {
      const whole = ends === null ? there() : joinBytes([ends.first, ends.last]);
      ends = null;
      clear();
      return whole;
    },
    size: () => (ends === null ? size : ends.first.length + ends.last.length),
    cut() {
      if (ends !== null) return;
      ends = addToEnds({ first: NOTHING, last: NOTHING }, there());
      clear();
    },
  };
}

/** What is kept for long must not keep the room that was set aside for more. */
function withoutSlack(room: Buffer, size: number): Uint8Array {
  const whole = room.subarray(0, size);
  if (room.length - size <= SLACK_BYTES_MAX) return whole;
  const exact = Buffer.allocUnsafeSlow(size);
  whole.copy(exact);
  return exact;
}

interface Ends {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

function addToEnds({ first, last }: Ends, piece: Uint8Array): Ends {
  const missing = END_BYTES - first.length;
  const rest = piece.subarray(missing);
  return {
    first: missing === 0 ? first : Buffer.concat([first, piece.subarray(0, missing)]),
    last: Buffer.concat([last, rest.subarray(-END_BYTES)]).subarray(-END_BYTES),
  };
}

const NOTHING: Uint8Array = new Uint8Array();
