import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '../../core/audit/entry.ts';
import type { KillSwitch } from '../../core/kill-switch/kill-switch.ts';
import type { KillSwitchStore } from '../../ports/kill-switch-store.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { CommitQueue } from './commit-queue.ts';
import { parseKillSwitchRows, parseReserved, type ReservedKillSwitches } from './kill-switch-state.ts';
import type { ReservedFile } from './reserved-file.ts';
import type { Unit } from './unit-queue.ts';

export interface KillSwitchStoreDeps {
  readonly commits: CommitQueue;
  readonly file: ReservedFile;
  readonly fallbackAfterMs: number;
}

/** The store of the port, and what only its owner may do. */
export interface RecoveringKillSwitchStore extends KillSwitchStore {
  /** Brings to the database what only the reserved file holds. Called at start, and whenever the database can be written again. */
  recover(): Promise<void>;
}

/**
 * Saves are numbered. Each goes to the database together with all before it that the database may not have; the worker leaves out
 * those that it has. When that fails or takes too long, the same goes to the reserved file, and stays there until the database has it.
 */
export async function createKillSwitchStore(deps: KillSwitchStoreDeps): Promise<RecoveringKillSwitchStore> {
  const { commits, file, fallbackAfterMs } = deps;
  const start = await readReserved(deps);
  let { generation, switches, pending, damage } = start;
  let isFileUsed = start.isFileUsed;
  let writing: Promise<void> = Promise.resolve();

  function addPending(next: readonly KillSwitch[], entries: readonly AuditEntry[]): number {
    generation += 1;
    switches = next;
    pending = [...pending, { generation, entries }];
    return generation;
  }

  /** Takes everything pending to the database. `false`: it did not get there. */
  async function commitPending(): Promise<boolean> {
    const saved = generation;
    if (!(await isStored(commits.commit(toUnit({ generation, switches, pending }))))) return false;
    pending = pending.filter((save) => save.generation > saved);
    // What stays in the file for now is older than what the database has, and is passed over at the next start.
    await writeFile().catch(() => undefined);
    return true;
  }

  /** Makes the file hold everything pending, or nothing. One write after the other, each of the state as it is then. */
  function writeFile(): Promise<void> {
    writing = writing
      .catch(() => undefined)
      .then(async () => {
        const isNeeded = pending.length > 0;
        if (!isNeeded && !isFileUsed) return;
        isFileUsed = true;
        const content: ReservedKillSwitches = { generation, switches, pending };
        await file.write(isNeeded ? content : null);
        isFileUsed = isNeeded;
        damage = null;
      });
    return writing;
  }

  return {
    async load() {
      if (damage !== null) throw damage;
      const stored = await commits.ask('load-kill-switches', null);
      if (stored.generation < generation) return switches;
      return parseKillSwitchRows(stored.rows);
    },

    async save(next, entries) {
      const mine = addPending(next, entries);
      const isCommitted = await Promise.race([commitPending(), sleep(fallbackAfterMs, false, { ref: false })]);
      if (!isCommitted) await writeFile();
      return { recorded: !pending.some((save) => save.generation === mine) };
    },

    async saveRecorded(next, entries) {
      addPending(next, entries);
      if (!(await commitPending())) throw new StoreError('unavailable', 'the log does not take the change of a switch');
    },

    async recover() {
      // A damaged file stays as it is, and in force, until somebody decided what is to be stopped.
      if (damage === null && (pending.length > 0 || isFileUsed)) await commitPending();
    },
  };
}

function toUnit({ pending, ...state }: ReservedKillSwitches): Unit {
  const entries = pending.flatMap((save) => save.entries);
  const entryGenerations = pending.flatMap((save) => save.entries.map(() => save.generation));
  return { entries, mutation: { kind: 'save-kill-switches', state, entryGenerations } };
}

async function isStored(commit: Promise<unknown>): Promise<boolean> {
  try {
    await commit;
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}

interface KillSwitchStart extends ReservedKillSwitches {
  readonly isFileUsed: boolean;
  readonly damage: StoreError | null;
}

/** Compares the reserved file with the database: what the database has already is done with. */
async function readReserved({ commits, file }: KillSwitchStoreDeps): Promise<KillSwitchStart> {
  const { generation } = await commits.ask('load-kill-switches', null);
  const done: KillSwitchStart = { generation, switches: [], pending: [], isFileUsed: true, damage: null };
  try {
    const content = await file.read();
    if (content === null) return { ...done, isFileUsed: false };
    const reserved = parseReserved(content);
    if (reserved.generation <= generation) return done;
    return { ...done, ...reserved, pending: reserved.pending.filter((save) => save.generation > generation) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { ...done, damage: error };
  }
}
