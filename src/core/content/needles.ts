/** A byte string to look for, and what takes its place: as long, and perhaps of other characters. */
export interface Needle {
  readonly bytes: Uint8Array;
  readonly mask: Uint8Array;
}

/** Many needles that are looked for at once. A thousand of them cost hardly more than one (Wu and Manber, 1994). */
export interface Needles {
  /** How far the search may go on behind three bytes, by their hash. */
  readonly shifts: Uint8Array;
  /** Those that may be meant where it must stop, by the same hash. */
  readonly byEnd: ReadonlyMap<number, readonly Needle[]>;
  /** Length of the shortest. Of the longer ones, so much is looked for first. */
  readonly bytesMin: number;
}

const BLOCK_BYTES = 3;
const HASH_BITS = 16;
const SHIFT_MAX = 255;

/** Each of at least three bytes. */
export function createNeedles(needles: readonly Needle[]): Needles {
  const bytesMin = Math.min(...needles.map(({ bytes }) => bytes.length), SHIFT_MAX);
  const shifts = new Uint8Array(1 << HASH_BITS).fill(bytesMin - BLOCK_BYTES + 1);
  const byEnd = new Map<number, Needle[]>();
  for (const needle of needles) {
    for (let end = BLOCK_BYTES - 1; end < bytesMin; end += 1) {
      const hash = hashAt(needle.bytes, end);
      shifts[hash] = Math.min(shifts[hash] ?? 0, bytesMin - 1 - end);
    }
    const hash = hashAt(needle.bytes, bytesMin - 1);
    const list = byEnd.get(hash) ?? [];
    list.push(needle);
    byEnd.set(hash, list);
  }
  return { shifts, byEnd, bytesMin };
}

/** Calls `visit` wherever one of them stands, also where they overlap. */
export function visitNeedles(
  bytes: Uint8Array,
  { shifts, byEnd, bytesMin }: Needles,
  visit: (start: number, needle: Needle) => void,
): void {
  for (let end = bytesMin - 1; end < bytes.length; ) {
    const hash = hashAt(bytes, end);
    const shift = shifts[hash] ?? 0;
    if (shift === 0) {
      const start = end - bytesMin + 1;
      for (const needle of byEnd.get(hash) ?? []) if (standsAt(bytes, start, needle.bytes)) visit(start, needle);
      end += 1;
    }
    end += shift;
  }
}

/** Of the three bytes that end at `end`. */
function hashAt(bytes: Uint8Array, end: number): number {
  return (((bytes[end - 2] ?? 0) << 9) ^ ((bytes[end - 1] ?? 0) << 4) ^ (bytes[end] ?? 0)) & ((1 << HASH_BITS) - 1);
}

function standsAt(bytes: Uint8Array, start: number, needle: Uint8Array): boolean {
  if (start + needle.length > bytes.length) return false;
  for (let index = 0; index < needle.length; index += 1) if (bytes[start + index] !== needle[index]) return false;
  return true;
}
