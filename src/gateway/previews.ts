/** The reads for previews that are under way. They take no more of the gateway than so many at once. */
export interface Previews {
  /** `null`: too many are under way. */
  make<T>(read: () => Promise<T>): Promise<T | null>;
}

export function createPreviews(runningMax: number): Previews {
  let running = 0;
  return {
    async make(read) {
      if (running >= runningMax) return null;
      running += 1;
      try {
        return await read();
      } finally {
        running -= 1;
      }
    },
  };
}
