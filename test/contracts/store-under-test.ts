import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/adapters/sqlite/open-store.ts';
import type { NoticeStore } from '../../src/ports/notice-store.ts';
import type { PinStore } from '../../src/ports/pin-store.ts';
import type { AccountStore } from '../../src/ports/account-store.ts';
import type { ApprovalStore } from '../../src/ports/approval-store.ts';
import type { AuditLog } from '../../src/ports/audit-log.ts';
import type { KillSwitchStore } from '../../src/ports/kill-switch-store.ts';
import type { LimitStore } from '../../src/ports/limit-store.ts';
import type { OpenCallStore } from '../../src/ports/open-call-store.ts';
import type { TaskStore } from '../../src/ports/task-store.ts';
import type { TokenStore } from '../../src/ports/token-store.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';

/** Every port of one store. The contract suites run once for each kind. */
export interface StoreUnderTest {
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
  close(): Promise<void>;
}

export const STORES: Readonly<Record<string, () => Promise<StoreUnderTest>>> = {
  memory: async () => ({ ...createMemoryStore(), close: async () => undefined }),
  SQLite: async () => {
    const directory = mkdtempSync(join(tmpdir(), 'countersign-'));
    const store = await openSqliteStore({ path: join(directory, 'store.db'), clock: createFixedClock() });
    return {
      ...store,
      close: async () => {
        await store.close();
        rmSync(directory, { recursive: true });
      },
    };
  },
};
