import type { SqliteStore } from '../../src/adapters/sqlite/open-store.ts';
import type { ApprovalId } from '../../src/core/approval/approval.ts';

/** Lets whoever waits go on one by one, or a few at once, in an order that a seed repeats. */
export interface Scheduler {
  /** `isChange`: what comes next changes an approval. */
  pause(isChange?: boolean): Promise<void>;
  /** Lets one of those who wait go on, or a few, and waits until all that follows from it waits too. `false`: nobody waited. */
  step(): Promise<boolean>;
  /** Lets some go on and waits for nothing. */
  release(): boolean;
  /** The same for one that changes an approval. */
  releaseChange(): void;
  /** Whether somebody waits who is about to change an approval. */
  hasChange(): boolean;
  /** Work that another thread has a part in. No step is over before it. */
  track<T>(work: Promise<T>): Promise<T>;
  settle(): Promise<void>;
}

/** `togetherMax`: how many may go on in one turn, so that what they store can share a commit. */
export function createScheduler(random: () => number, togetherMax: number): Scheduler {
  const waiting: { readonly goOn: () => void; readonly isChange: boolean }[] = [];
  const underWay = new Set<Promise<unknown>>();

  function release(): boolean {
    const isAny = waiting.length > 0;
    const together = togetherMax > 1 && random() < 0.25 ? 2 + Math.floor(random() * (togetherMax - 1)) : 1;
    for (let count = 0; count < together; count += 1) take(Math.floor(random() * waiting.length));
    return isAny;
  }

  function take(index: number): void {
    waiting.splice(index, 1)[0]?.goOn();
  }

  /** INVARIANT: when it resolves, no thread works for anybody, so whatever is done next finds the same state in every repetition. */
  async function settle(): Promise<void> {
    do {
      await Promise.allSettled(underWay);
      // Everything that follows from it without waiting for another turn of the scheduler.
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    } while (underWay.size > 0);
  }

  return {
    pause: (isChange = false) =>
      new Promise((resolve) => {
        waiting.push({ goOn: resolve, isChange });
      }),
    release,
    releaseChange() {
      const changes = [...waiting.keys()].filter((index) => waiting[index]?.isChange === true);
      take(changes[Math.floor(random() * changes.length)] ?? waiting.length);
    },
    hasChange: () => waiting.some(({ isChange }) => isChange),
    settle,
    async step() {
      const isAny = release();
      await settle();
      return isAny;
    },
    track(work) {
      const tracked = work.finally(() => underWay.delete(tracked));
      underWay.add(tracked);
      return tracked;
    },
  };
}

/**
 * A store as one process sees it: every operation waits its turn before and after it, and none returns once the process is dead. What was
 * stored by then stays stored, as with a real one.
 */
export interface ProcessStore {
  readonly store: SqliteStore;
  kill(): void;
}

export function createProcessStore(
  ports: SqliteStore,
  scheduler: Scheduler,
  onSpend: (id: ApprovalId) => void,
): ProcessStore {
  let isDead = false;
  const never = new Promise<never>(() => undefined);

  type Operation = (...all: readonly unknown[]) => Promise<unknown>;
  function wrap<Port extends object>(port: Port, wrapOne: (name: string, operation: Operation) => Operation): Port {
    const entries = Object.entries(port).map(([name, operation]) =>
      typeof operation !== 'function' || name === 'health' ? [name, operation] : [name, wrapOne(name, operation)],
    );
    return Object.fromEntries(entries) as Port;
  }

  /** Without a turn of its own, where nothing that the runs are about depends on when it comes. */
  const direct =
    (operation: Operation): Operation =>
    async (...args) => {
      if (isDead) return never;
      try {
        const result = await scheduler.track(operation(...args));
        if (!isDead) return result;
      } catch (error) {
        // The store of a dead process is closed under it, which nobody is there to hear of.
        if (!isDead) throw error;
      }
      return never;
    };

  function inTurns(operation: Operation, isChange = false): Operation {
    const run = direct(operation);
    return async (...args) => {
      await scheduler.pause(isChange);
      const result = await run(...args);
      await scheduler.pause();
      return isDead ? never : result;
    };
  }

  const slow = <Port extends object>(port: Port): Port => wrap(port, (_name, operation) => inTurns(operation));
  const quick = <Port extends object>(port: Port): Port => wrap(port, (_name, operation) => direct(operation));
  const approvals = wrap(ports.approvals, (name, operation) => {
    const run = inTurns(operation, name === 'transition' || name === 'create');
    if (name !== 'transition') return run;
    return (...args) => {
      const [id, , change] = args as [ApprovalId, string, { status: string }];
      if (change.status === 'executing') onSpend(id);
      return run(...args);
    };
  });
  return {
    store: {
      audit: slow(ports.audit),
      approvals,
      openCalls: quick(ports.openCalls),
      tasks: slow(ports.tasks),
      tokens: slow(ports.tokens),
      killSwitches: slow(ports.killSwitches),
      accounts: quick(ports.accounts),
      limits: quick(ports.limits),
      pins: quick(ports.pins),
      notices: quick(ports.notices),
      close: () => Promise.resolve(),
    },
    kill: () => {
      isDead = true;
    },
  };
}
