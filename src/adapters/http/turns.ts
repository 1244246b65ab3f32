/** Gives out turns of the event loop. */
export interface Turns {
  /** Resolves when so many bytes may be worked on: at once while few are, otherwise in a later turn. In between, others are served. */
  take(bytes: number): Promise<void>;
}

interface Lane {
  turn: Promise<void>;
  /** What of the turn is taken. */
  bytes: number;
}

/**
 * Reading a body of megabytes takes a good part of a second. Many that arrive together, each read at once, would keep everybody
 * waiting for all of them: other hosts, and an operator who pulls the kill switch. So each large body has a turn alone, and small
 * ones, up to `bytesMax` of them together, do not wait for large ones.
 */
export function createTurns(bytesMax: number): Turns {
  const small: Lane = { turn: Promise.resolve(), bytes: 0 };
  const large: Lane = { turn: Promise.resolve(), bytes: 0 };
  return {
    take(bytes) {
      const lane = bytes > bytesMax ? large : small;
      if (lane.bytes + bytes > bytesMax) {
        lane.turn = lane.turn.then(() => new Promise((resolve) => setImmediate(resolve)));
        lane.bytes = 0;
      }
      lane.bytes += bytes;
      return lane.turn;
    },
  };
}
