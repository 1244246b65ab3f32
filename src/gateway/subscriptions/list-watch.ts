import type { Principal } from '../../core/identity/principal.ts';
import type { ListKind } from '../../core/mcp/notices.ts';
import type { Listener } from './listener.ts';
import { createThrottle } from './throttle.ts';

/** Finds out whose filtered list of one upstream is another than before, and tells nobody else. */
export interface ListWatch {
  /** The first look at what this listener may see, which tells nothing. Resolves when later changes will be told; never rejects. */
  begin(listener: Listener, lists: readonly ListKind[]): Promise<void>;
  /** Looks soon at what this listener may see by now. */
  look(listener: Listener, lists: readonly ListKind[]): void;
  close(): void;
}

export interface ListWatchDeps {
  readonly upstream: string;
  /**
   * A text that is another whenever the list as this principal may see it is; empty for an empty list. `null`: the upstream cannot be
   * asked now. Never rejects.
   */
  readonly fingerprint: (principal: Principal, list: ListKind) => Promise<string | null>;
  /** There is something of this upstream that the listener may see. Resolves when the upstream tells of it; never rejects. */
  readonly onVisible: (listener: Listener) => Promise<void>;
  readonly pauses: LookPauses;
}

export interface LookPauses {
  /** Between two looks at one upstream, however often it says that its list changed. */
  readonly lookGapMs: number;
  /** Before the next look at an upstream that could not be asked. */
  readonly lookAgainMs: number;
}

const LOOKS_AT_ONCE_MAX = 8;

export function createListWatch({ upstream, fingerprint, onVisible, pauses }: ListWatchDeps): ListWatch {
  const due = new Map<Listener, Set<ListKind>>();
  const failed = new Map<Listener, Set<ListKind>>();
  const throttle = createThrottle(pauses.lookGapMs, lookAtAll);
  let again: NodeJS.Timeout | undefined;

  function add(to: Map<Listener, Set<ListKind>>, listener: Listener, lists: Iterable<ListKind>): void {
    const kinds = to.get(listener) ?? new Set();
    for (const list of lists) kinds.add(list);
    if (kinds.size > 0) to.set(listener, kinds);
  }

  async function lookAtAll(): Promise<void> {
    const work = [...due].values();
    due.clear();
    // People with the same rights see the same: asked once for all of them.
    const known = new Map<string, Promise<string | null>>();
    const worker = async (): Promise<void> => {
      for (const [listener, lists] of work) for (const list of lists) await lookAt(listener, list, known);
    };
    await Promise.all(Array.from({ length: LOOKS_AT_ONCE_MAX }, worker));
  }

  async function lookAt(listener: Listener, list: ListKind, known: Map<string, Promise<string | null>>): Promise<void> {
    if (listener.isClosed) return;
    const view = `${list} ${viewOf(listener.principal)}`;
    const asked = known.get(view) ?? fingerprint(listener.principal, list);
    known.set(view, asked);
    const now = await asked;
    if (now === null) return lookAgain(listener, list);
    const key = `${upstream} ${list}`;
    const before = listener.seen.get(key);
    listener.seen.set(key, now);
    if (before !== undefined && before !== now) listener.queue({ kind: 'list-changed', list });
    if (now !== '' && !listener.isClosed) await onVisible(listener);
  }

  function lookAgain(listener: Listener, list: ListKind): void {
    add(failed, listener, [list]);
    again ??= setTimeout(() => {
      again = undefined;
      for (const [each, lists] of failed) if (!each.isClosed) add(due, each, lists);
      failed.clear();
      throttle.ask();
    }, pauses.lookAgainMs).unref();
  }

  return {
    async begin(listener, lists) {
      // Not after the pause between looks: who listens now lists what is known now.
      const known = new Map<string, Promise<string | null>>();
      for (const list of lists) await lookAt(listener, list, known);
    },
    look(listener, lists) {
      add(due, listener, lists);
      throttle.ask();
    },
    close() {
      clearTimeout(again);
      throttle.close();
    },
  };
}

/** Everything that a decision can depend on. */
export function viewOf({ id, groups, scopes, tenant, client, issuer }: Principal): string {
  return JSON.stringify([id, groups, scopes, tenant, client, issuer]);
}
