import type { PinEntry } from '../core/audit/entry.ts';
import { isToolPin, type Pin, pinId, pinOther, pinUnseen } from '../core/catalog/pin.ts';
import type { Definition } from '../core/catalog/listed.ts';
import type { ToolDefinition } from '../core/catalog/tool.ts';
import type { Clock } from '../ports/clock.ts';
import type { PinStore } from '../ports/pin-store.ts';
import type { OperatorReport } from './deps.ts';

/**
 * Which tool definitions hosts may see. What an upstream lists first is trusted, unless a scan finds something in it; what is new,
 * changed or suspicious afterwards is in quarantine, which is hidden and denied like what does not exist, until a person decides.
 */
export interface Pins {
  /** The definitions of a list that are trusted, in its order. Where the store fails, those that were never seen are left out. */
  screen(upstream: string, definitions: readonly Definition[]): Promise<readonly Definition[]>;
  /** The same for what is no tool: whether hosts may see it. `signs`: what a scan found in it. */
  screenOther(upstream: string, definition: ToolDefinition, signs: readonly string[]): Promise<boolean>;
  list(): readonly Pin[];
  find(id: string): Pin | null;
  /** The definition of the same tool that hosts see now, if there is one. */
  trustedBeside(pin: Pin): Pin | null;
  /** Calls `listener` when what people may see of an upstream has changed. */
  onDecided(listener: (upstream: string) => void): void;
  /** `null`: there is no such pin, or it is decided like that already. Throws `StoreError`. */
  decide(id: string, status: 'trusted' | 'rejected', by: string): Promise<Pin | null>;
}

export interface PinsDeps {
  readonly store: PinStore;
  readonly clock: Clock;
  readonly report: (problem: OperatorReport) => void;
}

/** An upstream that changes its mind all the time fills nothing: what is beyond this is hidden and not kept. */
const PENDING_PER_UPSTREAM_MAX = 1000;
/** Pages and texts in all: an upstream that makes a new one each time is not trusted at first sight for ever. */
const OTHERS_PER_UPSTREAM_MAX = 1000;

export async function createPins(deps: PinsDeps): Promise<Pins> {
  const book = openBook(await deps.store.load());
  const { pins } = book;
  const turns = new Map<string, Promise<void>>();
  const listeners: ((upstream: string) => void)[] = [];

  /** One after the other: what is new must be new for one of them only. */
  async function inTurn(upstream: string, work: () => Promise<void>): Promise<void> {
    const turn = (turns.get(upstream) ?? Promise.resolve()).then(work);
    turns.set(
      upstream,
      turn.catch(() => undefined),
    );
    await turn.catch((error: unknown) =>
      deps.report({ callId: null, problem: `${upstream}: new definitions could not be pinned`, error }),
    );
  }

  return {
    async screen(upstream, definitions) {
      const listed = definitions as readonly ToolDefinition[];
      if (listed.some((definition) => isUnseen(book, upstream, definition))) {
        await inTurn(upstream, () => pinNew(deps, book, upstream, listed));
      }
      return listed.filter((definition) => isTrusted(book, upstream, definition));
    },
    async screenOther(upstream, definition, signs) {
      if (isUnseen(book, upstream, definition)) {
        await inTurn(upstream, () => pinOne(deps, book, upstream, { definition, signs }));
      }
      return isTrusted(book, upstream, definition);
    },
    onDecided: (listener) => void listeners.push(listener),
    list: () => [...pins.values()],
    find: (id) => pins.get(id) ?? null,
    trustedBeside: (pin) =>
      [...pins.values()].find((other) => other.status === 'trusted' && toolKey(other) === toolKey(pin)) ?? null,
    async decide(id, status, by) {
      const pin = pins.get(id);
      if (pin === undefined || pin.status === status) return null;
      const decidedMs = deps.clock.nowMs();
      const change = status === 'trusted' ? 'approved' : 'rejected';
      const decision = { status, decidedBy: by, decidedMs };
      if (!(await deps.store.decide(id, decision, [entryOf(pin, change, decidedMs, by)]))) return null;
      for (const other of pins.values()) {
        const isReplaced = status === 'trusted' && other.status === 'trusted' && toolKey(other) === toolKey(pin);
        if (isReplaced) pins.set(other.id, { ...other, status: 'replaced' });
      }
      const decided: Pin = { ...pin, ...decision };
      pins.set(id, decided);
      for (const listener of listeners) listener(pin.upstream);
      return decided;
    },
  };
}

/** All pins by their ids, and what they speak of. */
interface Book {
  readonly pins: Map<string, Pin>;
  readonly tools: Set<string>;
  /** Those of which tools are pinned. */
  readonly upstreams: Set<string>;
}

function openBook(loaded: readonly Pin[]): Book {
  return {
    pins: new Map(loaded.map((pin) => [pin.id, pin])),
    tools: new Set(loaded.map(toolKey)),
    upstreams: new Set(loaded.filter(isToolPin).map(({ upstream }) => upstream)),
  };
}

function isTrusted({ pins }: Book, upstream: string, { name, digest }: ToolDefinition): boolean {
  return pins.get(pinId(upstream, name, digest))?.status === 'trusted';
}

function isUnseen({ pins }: Book, upstream: string, { name, digest }: ToolDefinition): boolean {
  return !pins.has(pinId(upstream, name, digest));
}

async function pinNew(deps: PinsDeps, book: Book, upstream: string, all: readonly ToolDefinition[]): Promise<void> {
  const { tools, upstreams } = book;
  const nowMs = deps.clock.nowMs();
  const isKnown = (tool: string): boolean => tools.has(toolKey({ upstream, tool }));
  const isUpstreamNew = !upstreams.has(upstream);
  const unseen = all.filter((definition) => isUnseen(book, upstream, definition));
  const room = isUpstreamNew ? unseen.length : roomFor(book, upstream);
  const added = pinUnseen(unseen, all, { upstream, isUpstreamNew, nowMs, isKnown }).slice(0, room);
  if (added.length === 0) return;
  await add(deps, book, upstream, added);
  upstreams.add(upstream);
}

/** What is seen of its kind for the first time is trusted, as with the tools of an upstream that is new. */
async function pinOne(
  deps: PinsDeps,
  book: Book,
  upstream: string,
  { definition, signs }: { readonly definition: ToolDefinition; readonly signs: readonly string[] },
): Promise<void> {
  if (!isUnseen(book, upstream, definition) || !hasRoomForOther(book, upstream)) return;
  const isKnown = (tool: string): boolean => book.tools.has(toolKey({ upstream, tool }));
  const nowMs = deps.clock.nowMs();
  await add(deps, book, upstream, [pinOther(definition, signs, { upstream, isUpstreamNew: false, nowMs, isKnown })]);
}

function roomFor({ pins }: Book, upstream: string): number {
  const waiting = [...pins.values()].filter((known) => known.upstream === upstream && known.status === 'pending');
  return Math.max(0, PENDING_PER_UPSTREAM_MAX - waiting.length);
}

function hasRoomForOther(book: Book, upstream: string): boolean {
  const others = [...book.pins.values()].filter((known) => known.upstream === upstream && !isToolPin(known));
  return others.length < OTHERS_PER_UPSTREAM_MAX && roomFor(book, upstream) > 0;
}

async function add(deps: PinsDeps, { pins, tools }: Book, upstream: string, added: readonly Pin[]): Promise<void> {
  await deps.store.add(added, entriesFor(upstream, added, deps.clock.nowMs()));
  for (const each of added) {
    pins.set(each.id, each);
    tools.add(toolKey(each));
  }
  const held = added.filter(({ status }) => status === 'pending');
  if (held.length === 0) return;
  const names = held.slice(0, 5).map(({ tool }) => tool);
  deps.report({
    callId: null,
    problem: `${upstream}: ${held.length} definitions wait for a review: ${names.join(', ')}`,
  });
}

const toolKey = ({ upstream, tool }: Pick<Pin, 'upstream' | 'tool'>): string => `${upstream}\n${tool}`;

/** One entry for all that is trusted at first sight, and one for each definition that waits. */
function entriesFor(upstream: string, pins: readonly Pin[], timeMs: number): readonly PinEntry[] {
  const trusted = pins.filter(({ status }) => status === 'trusted').length;
  const held = pins
    .filter(({ status }) => status === 'pending')
    .map((pin) => entryOf(pin, 'quarantined', timeMs, null));
  if (trusted === 0) return held;
  const detail = `${trusted} definitions, at first sight`;
  const first: PinEntry = {
    kind: 'pin',
    timeMs,
    change: 'trusted',
    pinId: null,
    upstream,
    tool: null,
    digest: null,
    by: null,
    detail,
  };
  return [first, ...held];
}

function entryOf(pin: Pin, change: PinEntry['change'], timeMs: number, by: string | null): PinEntry {
  const { id, upstream, tool, digest, why } = pin;
  return { kind: 'pin', timeMs, change, pinId: id, upstream, tool, digest, by, detail: why.join(', ') };
}
