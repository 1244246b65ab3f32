import type { Definition } from '../core/catalog/listed.ts';
import {
  FLIP_FLOPPING,
  isRenamed,
  type Pin,
  pinKind,
  type PinnedList,
  pinnedEntry,
  pinOther,
  pinUnseen,
  RENAMED,
  RETURNED,
} from '../core/catalog/pin.ts';
import type { ToolDefinition } from '../core/catalog/tool.ts';
import { runInSlices } from './run-in-slices.ts';
import { openPinBook, type PinBook, type PinsDeps } from './pin-book.ts';

/**
 * Which definitions hosts may see. What an upstream lists first is trusted, unless a scan finds something in it; what is new, changed or
 * suspicious afterwards is in quarantine, which is hidden and denied like what does not exist, until a person decides. An upstream may go
 * back to a definition that was trusted before, once: what comes and goes is in quarantine, too.
 */
export interface Pins {
  /** The definitions of a list that are trusted, in its order. Where the store fails, those that were never seen are left out. */
  readonly screen: (
    list: PinnedList,
    upstream: string,
    definitions: readonly Definition[],
  ) => Promise<readonly Definition[]>;
  /** Whether people may see what is in no list. `signs`: what a scan found in it. */
  screenOther(upstream: string, definition: ToolDefinition, signs: readonly string[]): Promise<boolean>;
  list(): readonly Pin[];
  find(id: string): Pin | null;
  /** The definition that hosts see now of the same tool, or of the one that it was renamed from; if there is one. */
  trustedBeside(pin: Pin): Pin | null;
  /** Calls `listener` when what people may see of an upstream has changed. */
  onDecided(listener: (upstream: string) => void): void;
  /** Calls `listener` when other definitions are pinned than before, or others of them are trusted. */
  onPinned(listener: () => void): void;
  /** `null`: there is no such pin, or it is decided like that already. Throws `StoreError`. */
  decide(id: string, status: 'trusted' | 'rejected', by: string): Promise<Pin | null>;
}

export async function createPins(deps: PinsDeps): Promise<Pins> {
  const pinned: (() => void)[] = [];
  const book = await openPinBook(deps, () => {
    for (const listener of pinned) listener();
  });
  const { pins } = book;
  const listeners: ((upstream: string) => void)[] = [];
  const tell = (upstream: string): void => {
    for (const listener of listeners) listener(upstream);
  };
  const inTurn = createTurns(deps.report);
  const isTrusted = (upstream: string, definition: ToolDefinition): boolean =>
    book.find(upstream, definition)?.status === 'trusted';

  return {
    async screen(list, upstream, definitions) {
      const entries = definitions.map((definition) => pinnedEntry(list, definition));
      const twice = listedTwice(entries);
      const settled = entries.every((entry) => {
        const pin = book.find(upstream, entry);
        return pin !== null && (pin.status !== 'replaced' || twice.has(entry.name));
      });
      if (!settled) {
        await inTurn(upstream, async () => {
          await pinNew(deps, book, upstream, { list, all: entries });
          const returned = entries.filter(({ name }) => !twice.has(name));
          if (await settleReturned(deps, book, upstream, returned)) tell(upstream);
        });
      }
      return definitions.filter((_, index) => {
        const entry = entries[index];
        return entry !== undefined && !twice.has(entry.name) && isTrusted(upstream, entry);
      });
    },
    async screenOther(upstream, definition, signs) {
      if (book.find(upstream, definition) === null) {
        await inTurn(upstream, () => pinOne(deps, book, upstream, { definition, signs }));
      }
      return isTrusted(upstream, definition);
    },
    onDecided: (listener) => void listeners.push(listener),
    onPinned: (listener) => void pinned.push(listener),
    list: () => [...pins.values()],
    find: (id) => pins.get(id) ?? null,
    trustedBeside(pin) {
      const trusted = [...pins.values()].filter((other) => isTrustedBeside(other, pin));
      const same = trusted.find(({ tool }) => tool === pin.tool);
      if (same !== undefined || !pin.why.includes(RENAMED)) return same ?? null;
      return trusted.find((other) => isRenamed(pin, other)) ?? null;
    },
    async decide(id, status, by) {
      const pin = pins.get(id);
      if (pin === undefined || pin.status === status) return null;
      const decision = { status, decidedBy: by, decidedMs: deps.clock.nowMs(), why: pin.why };
      const decided = await book.decide(pin, decision, status === 'trusted' ? 'approved' : 'rejected');
      if (decided !== null) tell(pin.upstream);
      return decided;
    },
  };
}

function isTrustedBeside(other: Pin, pin: Pin): boolean {
  return other.id !== pin.id && other.status === 'trusted' && other.upstream === pin.upstream;
}

/** An upstream that changes its mind all the time fills nothing: what is beyond this is hidden and not kept. */
const PENDING_PER_UPSTREAM_MAX = 1000;
/** Pages and texts in all: an upstream that makes a new one each time is not trusted at first sight for ever. */
const OTHERS_PER_UPSTREAM_MAX = 1000;

/** One after the other for each upstream: what is new must be new for one list only. */
function createTurns(report: PinsDeps['report']): (upstream: string, work: () => Promise<void>) => Promise<void> {
  const turns = new Map<string, Promise<void>>();
  return async (upstream, work) => {
    const turn = (turns.get(upstream) ?? Promise.resolve()).then(work);
    turns.set(
      upstream,
      turn.catch(() => undefined),
    );
    await turn.catch((error: unknown) =>
      report({ callId: null, problem: `${upstream}: new definitions could not be pinned`, error }),
    );
  };
}

/** Names under which a list has several definitions: nobody could tell which of them a call would reach. */
function listedTwice(entries: readonly ToolDefinition[]): ReadonlySet<string> {
  const digests = new Map<string, string>();
  const twice = new Set<string>();
  for (const { name, digest } of entries) {
    if ((digests.get(name) ?? digest) !== digest) twice.add(name);
    digests.set(name, digest);
  }
  return twice;
}

interface ListedEntries {
  readonly list: PinnedList;
  readonly all: readonly ToolDefinition[];
}

async function pinNew(deps: PinsDeps, book: PinBook, upstream: string, { list, all }: ListedEntries): Promise<void> {
  const unseen = all.filter((entry) => book.find(upstream, entry) === null);
  if (unseen.length === 0) return;
  const isUpstreamNew = !book.isListKnown(upstream, list);
  const room = isUpstreamNew ? unseen.length : roomFor(book, upstream);
  const names = new Set(all.map(({ name }) => name));
  const trusted = [...book.pins.values()].filter(({ status }) => status === 'trusted');
  const gone = trusted.filter((pin) => pin.upstream === upstream && !names.has(pin.tool));
  const foreign = trusted.filter((pin) => pin.upstream !== upstream && pinKind(pin) === 'tool');
  const foreignTools = new Set(foreign.map(({ tool }) => tool));
  const isKnown = (tool: string): boolean => book.isKnown(upstream, tool);
  const sight = { upstream, isUpstreamNew, nowMs: deps.clock.nowMs(), isKnown };
  const steps = pinUnseen(unseen, { list, all, gone, foreignTools }, sight);
  const added = (await runInSlices(steps, deps.clock)).slice(0, room);
  if (added.length > 0) await book.add(upstream, added);
}

/** `true`: hosts see something again. */
async function settleReturned(
  { clock }: PinsDeps,
  book: PinBook,
  upstream: string,
  entries: readonly ToolDefinition[],
): Promise<boolean> {
  let isRestored = false;
  for (const entry of entries) {
    const pin = book.find(upstream, entry);
    if (pin?.status !== 'replaced') continue;
    const isAgain = pin.why.includes(RETURNED);
    const status = isAgain ? 'pending' : 'trusted';
    const why = [...new Set([...pin.why, isAgain ? FLIP_FLOPPING : RETURNED])];
    const decision = { status, decidedBy: null, decidedMs: clock.nowMs(), why } as const;
    await book.decide(pin, decision, isAgain ? 'quarantined' : 'trusted');
    isRestored ||= !isAgain;
  }
  return isRestored;
}

/** What is seen of its kind for the first time is trusted, as with the tools of an upstream that is new. */
async function pinOne(
  deps: PinsDeps,
  book: PinBook,
  upstream: string,
  { definition, signs }: { readonly definition: ToolDefinition; readonly signs: readonly string[] },
): Promise<void> {
  if (book.find(upstream, definition) !== null || !hasRoomForOther(book, upstream)) return;
  const isKnown = (tool: string): boolean => book.isKnown(upstream, tool);
  const nowMs = deps.clock.nowMs();
  await book.add(upstream, [pinOther(definition, signs, { upstream, isUpstreamNew: false, nowMs, isKnown })]);
}

function roomFor({ pins }: PinBook, upstream: string): number {
  const waiting = [...pins.values()].filter((known) => known.upstream === upstream && known.status === 'pending');
  return Math.max(0, PENDING_PER_UPSTREAM_MAX - waiting.length);
}

function hasRoomForOther(book: PinBook, upstream: string): boolean {
  const others = [...book.pins.values()].filter((known) => known.upstream === upstream && isOther(known));
  return others.length < OTHERS_PER_UPSTREAM_MAX && roomFor(book, upstream) > 0;
}

function isOther(pin: Pin): boolean {
  const kind = pinKind(pin);
  return kind === 'instructions' || kind === 'page';
}
