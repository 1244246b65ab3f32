import { encodeEntry, leafOf } from '../../src/core/audit/encode-entry.ts';
import { createApprovals } from './memory-approvals.ts';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import type { KillSwitch } from '../../src/core/kill-switch/kill-switch.ts';
import type { Pin } from '../../src/core/catalog/pin.ts';
import type { NoticeStore, WaitingNotice } from '../../src/ports/notice-store.ts';
import type { OpenCallStore } from '../../src/ports/open-call-store.ts';
import type { PinStore } from '../../src/ports/pin-store.ts';
import type { AccountStore, StoredAccount } from '../../src/ports/account-store.ts';
import type { ApprovalStore } from '../../src/ports/approval-store.ts';
import type { AuditLog, AuditRecord } from '../../src/ports/audit-log.ts';
import type { KillSwitchStore } from '../../src/ports/kill-switch-store.ts';
import type { LimitStore } from '../../src/ports/limit-store.ts';
import { StoreError } from '../../src/ports/store-error.ts';
import type { Task } from '../../src/core/tasks/task.ts';
import type { TaskStore } from '../../src/ports/task-store.ts';
import type { StoredToken, TokenStore } from '../../src/ports/token-store.ts';
import { createLimitsInMemory } from './memory-limits.ts';
import { createOpenCallsInMemory } from './memory-open-calls.ts';

export interface MemoryStore {
  readonly audit: AuditLog;
  readonly approvals: ApprovalStore;
  readonly openCalls: OpenCallStore;
  readonly tasks: TaskStore;
  readonly tokens: TokenStore;
  readonly accounts: AccountStore;
  readonly pins: PinStore;
  readonly notices: NoticeStore;
  readonly limits: LimitStore;
  readonly killSwitches: KillSwitchStore;
  /** Makes everything fail, save the kill switches; `null` makes it work again. */
  failWith(problem: string | null): void;
  /** Is told of entries in the turn in which they are stored. */
  onAppend(listener: (entries: readonly AuditEntry[]) => void): void;
}

/** Every port of the store, in memory. It passes the same contract suites as the real one. */
export function createMemoryStore(): MemoryStore {
  const log = createLog();
  return {
    audit: log.audit,
    approvals: createApprovals(log),
    openCalls: createOpenCallsInMemory(log),
    tasks: createTasks(log),
    tokens: createTokens(log),
    accounts: createAccounts(log),
    pins: createPinsInMemory(log),
    notices: createNotices(log),
    limits: createLimitsInMemory(log),
    killSwitches: createKillSwitches(log),
    failWith: log.failWith,
    onAppend: log.onAppend,
  };
}

/** The log that every part of the store writes to. */
export interface MemoryLog {
  readonly onAppend: MemoryStore['onAppend'];
  readonly audit: AuditLog;
  append(entries: readonly AuditEntry[]): number;
  check(): void;
  failWith(problem: string | null): void;
}

function createLog(): MemoryLog {
  const records: AuditRecord[] = [];
  const listeners: ((entries: readonly AuditEntry[]) => void)[] = [];
  let problem: string | null = null;

  function check(): void {
    if (problem !== null) throw new StoreError('unavailable', problem);
  }
  function append(entries: readonly AuditEntry[]): number {
    check();
    const encoded = entries.map((entry, index) => {
      const sequence = records.length + 1 + index;
      const { body, payload } = encodeEntry(entry, 'no salt in tests');
      return { sequence, leaf: leafOf(body, sequence), payload };
    });
    records.push(...encoded);
    for (const listener of listeners) listener(entries);
    return records.length;
  }

  const audit: AuditLog = {
    record: async (entries) => {
      if (entries.length === 0) throw new TypeError('there is nothing to record');
      return append(entries);
    },
    read: async ({ limit, afterSequence, leaveOutPayloads }) => {
      check();
      const first = afterSequence ?? Math.max(0, records.length - limit);
      const page = records.slice(first, first + limit);
      return leaveOutPayloads ? page.map((record) => ({ ...record, payload: null })) : page;
    },
    find: async (sequence) => {
      check();
      return records[sequence - 1] ?? null;
    },
    health: () => ({ writable: problem === null, problem }),
  };
  return {
    audit,
    append,
    onAppend: (listener) => void listeners.push(listener),
    check,
    failWith: (next) => {
      problem = next;
    },
  };
}

function createNotices(log: MemoryLog): NoticeStore {
  const waiting = new Map<string, WaitingNotice>();
  const marks = new Map<string, { readonly mark: string; readonly timeMs: number }>();
  const keyOf = (first: string, second: string): string => `${first}\n${second}`;
  return {
    load: async () => {
      log.check();
      return [...waiting.values()];
    },
    put: async (notices) => {
      log.check();
      for (const each of notices) {
        const key = keyOf(each.id, each.receiver);
        const { attempts, dueMs } = each;
        waiting.set(key, { ...(waiting.get(key) ?? each), attempts, dueMs });
      }
    },
    remove: async (keys) => {
      log.check();
      for (const { id, receiver } of keys) waiting.delete(keyOf(id, receiver));
    },
    saveMark: async ({ receiver, subject, mark, timeMs }, forgetBeforeMs) => {
      log.check();
      for (const [key, each] of marks) if (each.timeMs < forgetBeforeMs) marks.delete(key);
      marks.set(keyOf(receiver, subject), { mark, timeMs });
    },
    findMark: async (receiver, subject) => {
      log.check();
      return marks.get(keyOf(receiver, subject))?.mark ?? null;
    },
  };
}

function createTasks(log: MemoryLog): TaskStore {
  /** In the order of their creation. */
  const tasks = new Map<string, Task>();
  const live = (nowMs: number): readonly Task[] => {
    log.check();
    return [...tasks.values()].filter(({ expiresMs }) => expiresMs > nowMs);
  };
  return {
    create: async (task, { nowMs, tasksMax, tasksPerPrincipalMax }) => {
      const others = live(nowMs);
      const own = others.filter(({ principal }) => principal === task.principal);
      if (others.length >= tasksMax || own.length >= tasksPerPrincipalMax) return false;
      const { id, approvalId } = task;
      if (others.some((each) => each.id === id || (approvalId !== null && each.approvalId === approvalId)))
        return false;
      tasks.set(id, task);
      return true;
    },
    find: async (id, nowMs) => live(nowMs).find((task) => task.id === id) ?? null,
    findFor: async (approvalId, nowMs) => live(nowMs).find((task) => task.approvalId === approvalId) ?? null,
    listOwn: async ({ principal, client }, nowMs) =>
      live(nowMs)
        .filter((task) => task.principal === principal && task.client === client)
        .map(({ sealedCall: _call, sealedResult: _result, ...head }) => head)
        .toReversed(),
    keepResult: async (id, sealedResult) => {
      log.check();
      const task = tasks.get(id);
      if (task === undefined || task.sealedResult !== null) return false;
      tasks.set(id, { ...task, sealedResult });
      return true;
    },
    forgetOver: async (nowMs) => {
      log.check();
      for (const { id, expiresMs } of tasks.values()) if (expiresMs <= nowMs) tasks.delete(id);
    },
  };
}

function createTokens(log: MemoryLog): TokenStore {
  const tokens = new Map<string, StoredToken>();
  return {
    create: async (token, entries) => {
      if (tokens.has(token.id)) throw new TypeError(`there is a token ${token.id} already`);
      log.append(entries);
      tokens.set(token.id, token);
    },
    revoke: async (id, revokedMs, entries) => {
      log.check();
      const token = tokens.get(id);
      if (token === undefined || token.revokedMs !== null) return false;
      log.append(entries);
      tokens.set(id, { ...token, revokedMs });
      return true;
    },
    find: async (id) => {
      log.check();
      return tokens.get(id) ?? null;
    },
    list: async () => {
      log.check();
      return [...tokens.values()].toReversed();
    },
  };
}

function createPinsInMemory(log: MemoryLog): PinStore {
  const pins = new Map<string, Pin>();
  return {
    load: async () => {
      log.check();
      return [...pins.values()];
    },
    add: async (added, entries) => {
      log.append(entries);
      for (const pin of added) if (!pins.has(pin.id)) pins.set(pin.id, pin);
    },
    decide: async (id, decision, entries) => {
      const pin = pins.get(id);
      if (pin === undefined || pin.status === decision.status) return false;
      log.append(entries);
      for (const other of pins.values()) {
        const isSameTool = other.upstream === pin.upstream && other.tool === pin.tool;
        if (decision.status === 'trusted' && other.status === 'trusted' && isSameTool) {
          pins.set(other.id, { ...other, status: 'replaced' });
        }
      }
      pins.set(id, { ...pin, ...decision });
      return true;
    },
  };
}

function createAccounts(log: MemoryLog): AccountStore {
  const accounts = new Map<string, StoredAccount>();
  const named = (user: string) => [...accounts.values()].find((each) => each.user.toLowerCase() === user.toLowerCase());
  return {
    create: async (account, entries) => {
      if (accounts.has(account.id) || named(account.user) !== undefined) return false;
      log.append(entries);
      accounts.set(account.id, account);
      return true;
    },
    change: async (id, change, entries) => {
      const account = accounts.get(id);
      if (account === undefined) return false;
      log.append(entries);
      accounts.set(id, { ...account, ...change });
      return true;
    },
    find: async (id) => {
      log.check();
      return accounts.get(id) ?? null;
    },
    findByName: async (user) => {
      log.check();
      return named(user) ?? null;
    },
    list: async () => {
      log.check();
      return [...accounts.values()].toReversed();
    },
  };
}

function createKillSwitches(log: MemoryLog): KillSwitchStore {
  let switches: readonly KillSwitch[] = [];
  let unrecorded: readonly AuditEntry[] = [];
  return {
    load: async () => switches,
    save: async (next, entries) => {
      switches = next;
      unrecorded = [...unrecorded, ...entries];
      if (!log.audit.health().writable) return { recorded: false };
      log.append(unrecorded);
      unrecorded = [];
      return { recorded: true };
    },
    // Like a store that could not tell in time: it has the state, and does not know whether the log has the entries.
    saveRecorded: async (next, entries) => {
      switches = next;
      unrecorded = [...unrecorded, ...entries];
      log.append(unrecorded);
      unrecorded = [];
    },
  };
}
