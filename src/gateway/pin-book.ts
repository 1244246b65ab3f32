import type { PinEntry } from '../core/audit/entry.ts';
import { type Pin, type PinnedList, pinId, pinKind } from '../core/catalog/pin.ts';
import type { ToolDefinition } from '../core/catalog/tool.ts';
import type { Clock } from '../ports/clock.ts';
import type { PinDecision, PinStore } from '../ports/pin-store.ts';
import type { OperatorReport } from './deps.ts';

export interface PinsDeps {
  readonly store: PinStore;
  readonly clock: Clock;
  readonly report: (problem: OperatorReport) => void;
}

/** All pins by their ids, as they are stored, and what they speak of. */
export interface PinBook {
  readonly pins: ReadonlyMap<string, Pin>;
  find(upstream: string, definition: ToolDefinition): Pin | null;
  /** Whether some definition of this tool is pinned. */
  isKnown(upstream: string, tool: string): boolean;
  /** Whether anything of this list was pinned before. */
  isListKnown(upstream: string, list: PinnedList): boolean;
  /** Throws `StoreError`, and nothing is changed. */
  add(upstream: string, added: readonly Pin[]): Promise<void>;
  /** `null`: it is like that already. Throws `StoreError`, and nothing is changed. */
  decide(pin: Pin, decision: PinDecision, change: PinEntry['change']): Promise<Pin | null>;
}

export async function openPinBook({ store, clock, report }: PinsDeps, onChanged: () => void): Promise<PinBook> {
  const loaded = await store.load();
  const pins = new Map(loaded.map((pin) => [pin.id, pin]));
  const tools = new Set(loaded.map(toolKey));
  const lists = new Set(loaded.map(listKey));

  function reportHeld(upstream: string, held: readonly Pin[]): void {
    if (held.length === 0) return;
    const names = held.slice(0, NAMES_MAX).map(({ tool }) => tool);
    const problem = `${upstream}: ${held.length} definitions wait for a review: ${names.join(', ')}`;
    report({ callId: null, problem });
  }

  return {
    pins,
    find: (upstream, { name, digest }) => pins.get(pinId(upstream, name, digest)) ?? null,
    isKnown: (upstream, tool) => tools.has(toolKey({ upstream, tool })),
    isListKnown: (upstream, list) => lists.has(`${upstream}\n${KIND_OF_LIST[list]}`),
    async add(upstream, added) {
      await store.add(added, entriesFor(upstream, added, clock.nowMs()));
      for (const each of added) {
        pins.set(each.id, each);
        tools.add(toolKey(each));
        lists.add(listKey(each));
      }
      reportHeld(
        upstream,
        added.filter(({ status }) => status === 'pending'),
      );
      onChanged();
    },
    async decide(pin, decision, change) {
      const decided: Pin = { ...pin, ...decision };
      const entry = entryOf(decided, change, clock.nowMs(), decision.decidedBy);
      if (!(await store.decide(pin.id, decision, [entry]))) return null;
      for (const other of pins.values()) {
        const isReplaced =
          decision.status === 'trusted' && other.status === 'trusted' && toolKey(other) === toolKey(pin);
        if (isReplaced) pins.set(other.id, { ...other, status: 'replaced' });
      }
      pins.set(pin.id, decided);
      if (decided.status === 'pending') reportHeld(pin.upstream, [decided]);
      onChanged();
      return decided;
    },
  };
}

const NAMES_MAX = 5;
const KIND_OF_LIST = { tools: 'tool', prompts: 'prompt', templates: 'template' } as const;

const toolKey = ({ upstream, tool }: Pick<Pin, 'upstream' | 'tool'>): string => `${upstream}\n${tool}`;
const listKey = (pin: Pick<Pin, 'upstream' | 'tool'>): string => `${pin.upstream}\n${pinKind(pin)}`;

/** One entry for all that is trusted at first sight, and one for each definition that waits. */
function entriesFor(upstream: string, pins: readonly Pin[], timeMs: number): readonly PinEntry[] {
  const trusted = pins.filter(({ status }) => status === 'trusted').length;
  const held = pins
    .filter(({ status }) => status === 'pending')
    .map((pin) => entryOf(pin, 'quarantined', timeMs, null));
  if (trusted === 0) return held;
  const detail = `${trusted} definitions, at first sight`;
  const about = { pinId: null, upstream, tool: null, digest: null, by: null, detail };
  return [{ kind: 'pin', timeMs, change: 'trusted', ...about }, ...held];
}

function entryOf(pin: Pin, change: PinEntry['change'], timeMs: number, by: string | null): PinEntry {
  const { id, upstream, tool, digest, why } = pin;
  return { kind: 'pin', timeMs, change, pinId: id, upstream, tool, digest, by, detail: why.join(', ') };
}
