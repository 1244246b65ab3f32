const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** `2026-11-20 14:00:00Z`: exact to the second, and the same wherever it is read. */
export function formatTime(time: string | number): string {
  return new Date(time).toISOString().replace('T', ' ').replace(/\.\d+/, '');
}

/** `in 28m`, `5s ago`, `now`: rounded down, in the largest unit that fits. */
export function formatDistance(time: string, nowMs: number): string {
  const distanceMs = Date.parse(time) - nowMs;
  const [unit, unitMs] = UNITS.find(([, each]) => Math.abs(distanceMs) >= each) ?? ['', 0];
  if (unitMs === 0) return 'now';
  const count = `${Math.floor(Math.abs(distanceMs) / unitMs)}${unit}`;
  return distanceMs > 0 ? `in ${count}` : `${count} ago`;
}
