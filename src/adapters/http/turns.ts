/** Gives out turns of the event loop. */
export interface Turns {
  /** Resolves when so many bytes may be worked on, in a later turn; `null`: at once, while few are. In between, others are served. */
  take(bytes: number): Promise<void> | null;
}

interface Lane {
  /** `null`: the turn that runs now. */
  turn: Promise<void> | null;
  /** What of the turn is taken. */
  bytes: number;
}

/**
 * Reading a body of megabytes takes a good part of a second. Many that arrive together, each read at once, would keep everybody
 * waiting for all of them: other hosts, and an operator who pulls the kill switch. So each large body has a turn alone, and small
 * ones, up to `bytesMax` of them together, do not wait for large ones.
 */
export function createTurns(bytesMax: number): Turns {
  const small: Lane = { turn: null, bytes: 0 };
  const large: Lane = { turn: null, bytes: 0 };
  return {
    take(bytes) {
      const lane = bytes > bytesMax ? large : small;
      if (lane.bytes + bytes > bytesMax) {
        const turn = nextTurn(lane.turn).then(() => {
          if (lane.turn === turn) lane.turn = null;
        });
        lane.turn = turn;
        lane.bytes = 0;
      }
      lane.bytes += bytes;
      return lane.turn;
    },
  };
}

async function nextTurn(before: Promise<void> | null): Promise<void> {
  await before;
  await new Promise((resolve) => void setImmediate(resolve));
}
