/**
 * What is there for a short time, like the calls under way: in no order, each in a slot whose number it is taken out by.
 *
 * A `Set` makes itself a new table after every few changes, and its old table points to the new one. Once one of them has grown old, each that
 * follows is kept, with what stood in it, until the whole heap is collected, and at the rate of calls that is every few seconds.
 */
export class SlotList<T> {
  readonly #items: (T | null)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#items.length - this.#free.length;
  }

  /** Answers the number of its slot. */
  add(item: T): number {
    const slot = this.#free.pop() ?? this.#items.length;
    this.#items[slot] = item;
    return slot;
  }

  /** `null`: nothing is there. */
  get(slot: number): T | null {
    return this.#items[slot] ?? null;
  }

  /** What was there, once; `null` from then on, until something else takes the slot. */
  take(slot: number): T | null {
    const item = this.get(slot);
    if (item === null) return null;
    this.#items[slot] = null;
    this.#free.push(slot);
    return item;
  }

  /** What is there now. */
  all(): readonly T[] {
    return this.#items.filter((item) => item !== null);
  }
}
