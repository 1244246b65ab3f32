/** Makes room for one more, by giving up the oldest: maps keep the order of insertion. */
export function keepNewest(map: Map<string, unknown>, sizeMax: number): void {
  for (const oldest of map.keys()) {
    if (map.size < sizeMax) return;
    map.delete(oldest);
  }
}
