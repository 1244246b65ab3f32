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
  return new Collector(bytesMax, expectedBytes);
}

/** A class, because there is one for each call. */
class Collector implements ByteCollector {
  readonly #bytesMax: number;
  readonly #expected: number;
  #only: Uint8Array | null = null;
  #room: Buffer | null = null;
  #size = 0;
  /** `null` while nothing is left out. */
  #ends: Ends | null = null;

  constructor(bytesMax: number, expectedBytes: number) {
    this.#bytesMax = bytesMax;
    this.#expected = Math.min(expectedBytes, bytesMax, EXPECTED_BYTES_MAX);
  }

  add(piece: Uint8Array): boolean {
    if (this.#ends !== null) {
      this.#ends = addToEnds(this.#ends, piece);
      return true;
    }
    const needed = this.#size + piece.length;
    if (needed > this.#bytesMax) return false;
    if (this.#size === 0) this.#only = piece;
    else if (piece.length > 0) this.#makeRoom(needed).set(piece, this.#size);
    this.#size = needed;
    return true;
  }

  take(): Uint8Array {
    const ends = this.#ends;
    const whole = ends === null ? this.#there() : joinBytes([ends.first, ends.last]);
    this.#ends = null;
    this.#clear();
    return whole;
  }

  size(): number {
    return this.#ends === null ? this.#size : this.#ends.first.length + this.#ends.last.length;
  }

  cut(): void {
    if (this.#ends !== null) return;
    this.#ends = addToEnds({ first: NOTHING, last: NOTHING }, this.#there());
    this.#clear();
  }

  #makeRoom(needed: number): Buffer {
    const room = this.#room;
    if (room !== null && room.length >= needed) return room;
    const bytes = Math.max(this.#expected, Math.min(2 * needed, this.#bytesMax), ROOM_BYTES_MIN);
    const larger = Buffer.allocUnsafeSlow(bytes);
    if (room !== null) room.copy(larger, 0, 0, this.#size);
    else if (this.#only !== null) larger.set(this.#only);
    this.#room = larger;
    this.#only = null;
    return larger;
  }

  #there(): Uint8Array {
    return this.#only ?? (this.#room === null ? NOTHING : withoutSlack(this.#room, this.#size));
  }

  #clear(): void {
    this.#only = null;
    this.#room = null;
    this.#size = 0;
  }
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
