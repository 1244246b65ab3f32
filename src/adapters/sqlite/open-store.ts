import { resolve } from 'node:path';
import type { AccountStore } from '../../ports/account-store.ts';
import type { ApprovalStore } from '../../ports/approval-store.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KillSwitchStore } from '../../ports/kill-switch-store.ts';
import type { LimitStore } from '../../ports/limit-store.ts';
import type { NoticeStore } from '../../ports/notice-store.ts';
import type { OpenCallStore } from '../../ports/open-call-store.ts';
import type { PinStore } from '../../ports/pin-store.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { TokenStore } from '../../ports/token-store.ts';
import { createAccountStore } from './account-store.ts';
import { createApprovalStore } from './approval-store.ts';
import { createAuditLog } from './audit-log.ts';
import { CommitQueue } from './commit-queue.ts';
import { createKillSwitchStore, type RecoveringKillSwitchStore } from './kill-switch-store.ts';
import { createLimitStore } from './limit-store.ts';
import { createNoticeStore } from './notice-store.ts';
import { createOpenCallStore } from './open-call-store.ts';
import { createPinStore } from './pin-store.ts';
import { recoverOpenCalls } from './recovery.ts';
import { ReservedFile } from './reserved-file.ts';
import { claimStoreFiles, killSwitchFile } from './store-files.ts';
import { STORE_LIMITS, type StoreLimits } from './store-limits.ts';
import { StoreThread } from './store-thread.ts';
import { createTaskStore } from './task-store.ts';
import { createTokenStore } from './token-store.ts';

export interface SqliteStoreOptions {
  /** The database. `-wal`, `-shm`, `.lock` and `.kill` files stand beside it. A missing directory is created, for the owner only. */
  readonly path: string;
  readonly clock: Clock;
  readonly limits?: Partial<StoreLimits>;
}

export interface SqliteStore {
  readonly audit: AuditLog;
  readonly approvals: ApprovalStore;
  readonly openCalls: OpenCallStore;
  readonly tasks: TaskStore;
  readonly tokens: TokenStore;
  readonly accounts: AccountStore;
  readonly limits: LimitStore;
  readonly pins: PinStore;
  readonly notices: NoticeStore;
  readonly killSwitches: KillSwitchStore;
  /** Stores what was accepted, closes the database, and lets another process have it. */
  close(): Promise<void>;
}

/**
 * Opens the store for this process alone, creates or updates the database, and ends what an earlier process left open. Throws
 * `StoreError` with what to do about it.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { clock } = options;
  const path = resolve(options.path);
  const limits = { ...STORE_LIMITS, ...options.limits };
  const claim = claimStoreFiles(path);
  const thread = new StoreThread({ path, limits });
  const file = new ReservedFile(killSwitchFile(path));
  let commits: CommitQueue | null = null;
  let killSwitches: RecoveringKillSwitchStore | null = null;

  async function release(): Promise<void> {
    await (commits?.close() ?? thread.stop());
    await file.close();
    claim.release();
  }
  let released: Promise<void> | null = null;
  const close = (): Promise<void> => (released ??= release());

  try {
    const sequence = await openDatabase(thread, path);
    const onRecovered = (): void => void killSwitches?.recover();
    commits = new CommitQueue({ thread, limits, clock, onRecovered }, sequence);
    await recoverOpenCalls(commits, clock.nowMs());
    killSwitches = await createKillSwitchStore({ commits, file, fallbackAfterMs: limits.killSwitchFallbackMs });
    await killSwitches.recover();
    return {
      audit: createAuditLog(commits),
      approvals: createApprovalStore(commits),
      openCalls: createOpenCallStore(commits),
      tasks: createTaskStore(commits),
      tokens: createTokenStore(commits),
      accounts: createAccountStore(commits),
      limits: createLimitStore(commits),
      pins: createPinStore(commits),
      notices: createNoticeStore(commits),
      killSwitches,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openDatabase(thread: StoreThread, path: string): Promise<number> {
  try {
    return await thread.call('open', { create: true, sequenceMin: 0 });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError(error.code, `cannot open the store ${path}: ${error.message}`, { cause: error });
  }
}
