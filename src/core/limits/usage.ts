/**
 * How much of a sliding window is used, kept in slots of a sixtieth of it. A use counts until its whole slot is older than the window,
 * so a window never holds more than the limit; what was used comes back up to a sixtieth of the window late.
 *
 * INVARIANT: only whole numbers are added and taken away, so nothing is lost in rounding.
 */
export interface Usage {
  /** By the number of the slot since the epoch; slots that no longer count are left out when the next one is written. */
  readonly slots: Map<number, number>;
}

const SLOTS_PER_WINDOW = 60;

export function createUsage(): Usage {
  return { slots: new Map() };
}

export function slotOf(nowMs: number, windowMs: number): number {
  return Math.floor(nowMs / slotMsOf(windowMs));
}

/** What counts at this moment. A slot that lies ahead counts too: the clock may have been set back. */
export function usedAt({ slots }: Usage, nowMs: number, windowMs: number): number {
  const oldest = oldestOf(nowMs, windowMs);
  let used = 0;
  for (const [slot, amount] of slots) if (slot >= oldest) used += amount;
  return used;
}

/** Adds to the slot of this moment, or takes away again with a negative amount. Forgets what no longer counts. */
export function addUse({ slots }: Usage, slot: number, amount: number, nowMs: number, windowMs: number): void {
  const oldest = oldestOf(nowMs, windowMs);
  for (const each of slots.keys()) if (each < oldest) slots.delete(each);
  const after = (slots.get(slot) ?? 0) + amount;
  if (after > 0) slots.set(slot, after);
  else slots.delete(slot);
}

/** How long until `amount` more fits; `null` where it never does. */
export function waitMs(usage: Usage, amount: number, max: number, nowMs: number, windowMs: number): number | null {
  if (amount > max) return null;
  let used = usedAt(usage, nowMs, windowMs);
  if (used + amount <= max) return 0;
  const oldest = oldestOf(nowMs, windowMs);
  const counting = [...usage.slots].filter(([slot]) => slot >= oldest).toSorted(([a], [b]) => a - b);
  for (const [slot, freed] of counting) {
    used -= freed;
    if (used + amount <= max) return Math.max(slotEndMs(slot, windowMs) - nowMs, 1);
  }
  return 0;
}

/** Whether nothing of it counts any more. */
export function isSpent({ slots }: Usage, nowMs: number, windowMs: number): boolean {
  const oldest = oldestOf(nowMs, windowMs);
  return slots.keys().every((slot) => slot < oldest);
}

function oldestOf(nowMs: number, windowMs: number): number {
  return slotOf(nowMs, windowMs) - SLOTS_PER_WINDOW;
}

/** The first moment in which what was used in the slot no longer counts. */
export function slotEndMs(slot: number, windowMs: number): number {
  return (slot + SLOTS_PER_WINDOW + 1) * slotMsOf(windowMs);
}

/** Rounded up, so that all moments are whole milliseconds; the window gets longer by that, never shorter. */
function slotMsOf(windowMs: number): number {
  return Math.ceil(windowMs / SLOTS_PER_WINDOW);
}
