import { Buffer } from 'node:buffer';

/** Gathers one untrusted byte string that arrives in pieces, up to a limit. */
export interface ByteCollector {
  /** Takes the next piece, without copying it if it can. `false`: the limit is passed, and nothing was taken. */
  add(piece: Uint8Array): boolean;
  /** Everything since the last `take` as one piece, and starts anew. */
  take(): Uint8Array;
  size(): number;
}

/**
 * Pieces are kept as they come and joined once. Small ones are merged on the way, each byte at most a logarithmic number of times:
 * a peer that sends single bytes would otherwise cost a hundred bytes of objects for each of them.
 */
export function createByteCollector(bytesMax: number): ByteCollector {
  let pieces: Uint8Array[] = [];
  let size = 0;
  return {
    add(piece) {
      if (size + piece.length > bytesMax) return false;
      if (piece.length === 0) return true;
      size += piece.length;
      pieces.push(piece);
      while (pieces.length > 1 && isWorthMerging(pieces)) {
        const tail = pieces.splice(-2);
        pieces.push(Buffer.concat(tail));
      }
      return true;
    },
    take() {
      const [only] = pieces;
      const whole = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces, size);
      pieces = [];
      size = 0;
      return whole;
    },
    size: () => size,
  };
}

const SMALL_PIECE_BYTES = 16 * 1024;

/** Merging only a piece with one that is no longer keeps lengths halving towards the end, hence few. */
function isWorthMerging(pieces: readonly Uint8Array[]): boolean {
  const last = pieces.at(-1)?.length ?? 0;
  const previous = pieces.at(-2)?.length ?? 0;
  return previous <= last && last < SMALL_PIECE_BYTES;
}
