import type { Approval } from '../../src/core/approval/approval.ts';
import type { SqliteStore } from '../../src/adapters/sqlite/open-store.ts';
import type { MemoryStore } from './memory-store.ts';

/** Lets whoever waits go on one by one, in an order that a seed repeats. */
export interface Scheduler {
  pause(): Promise<void>;
  /** Lets one of those who wait go on. `false`: nobody waits. */
  step(): Promise<boolean>;
}

export function createScheduler(random: () => number): Scheduler {
  const waiting: (() => void)[] = [];
  return {
    pause: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    async step() {
      const [next] = waiting.splice(Math.floor(random() * waiting.length), 1);
      next?.();
      // Everything that follows from it without waiting for another turn of the scheduler.
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      return next !== undefined;
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
  memory: MemoryStore,
  scheduler: Scheduler,
  onSpend: (approval: Approval) => void,
): ProcessStore {
  let isDead = false;
  const never = new Promise<never>(() => undefined);

  function slow<Port extends object>(port: Port, onCall?: (name: string, args: readonly unknown[]) => void): Port {
    const entries = Object.entries(port).map(([name, operation]) => {
      if (typeof operation !== 'function' || name === 'health') return [name, operation] as const;
      const wrapped = async (...args: readonly unknown[]): Promise<unknown> => {
        onCall?.(name, args);
        await scheduler.pause();
        if (isDead) return never;
        const result = await (operation as (...all: readonly unknown[]) => Promise<unknown>)(...args);
        await scheduler.pause();
        return isDead ? never : result;
      };
      return [name, wrapped] as const;
    });
    return Object.fromEntries(entries) as Port;
  }

  const approvals = slow(memory.approvals, (name, args) => {
    const [id, , change] = args as [string, string, { status: string }];
    if (name !== 'transition' || change.status !== 'executing') return;
    void memory.approvals.find(id as Approval['id']).then((approval) => approval === null || onSpend(approval));
  });
  const store = {
    ...memory,
    audit: slow(memory.audit),
    approvals,
    tasks: slow(memory.tasks),
    tokens: slow(memory.tokens),
    killSwitches: slow(memory.killSwitches),
    limits: memory.limits,
  };
  return {
    store: store as unknown as SqliteStore,
    kill: () => {
      isDead = true;
    },
  };
}
