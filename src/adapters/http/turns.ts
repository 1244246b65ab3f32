/** Gives out turns of the event loop. */
export interface Turns {
  /** Resolves when so many bytes may be worked on: at once while few are, otherwise in a later turn. In between, others are served. */
  take(bytes: number): Promise<void>;
}

/**
 * Reading a body of megabytes takes a good part of a second. Many that arrive together, each read at once, would keep everybody waiting
 * for all of them: other hosts, and an operator who pulls the kill switch. `bytesMax` belong to one turn; a larger body has one alone.
 */
export function createTurns(bytesMax: number): Turns {
  let turn: Promise<void> = Promise.resolve();
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > bytesMax) {
        turn = turn.then(() => new Promise((resolve) => setImmediate(resolve)));
        taken = 0;
      }
      taken += bytes;
      return turn;
    },
  };
}
