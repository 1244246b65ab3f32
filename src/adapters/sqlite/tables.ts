import type { DatabaseSync } from 'node:sqlite';
import { type AccountTable, createAccountTable } from './account-table.ts';
import { type ApprovalTable, createApprovalTable } from './approval-table.ts';
import { type AuditTable, createAuditTable } from './audit-table.ts';
import { createKillSwitchTable, type KillSwitchTable } from './kill-switch-table.ts';
import { createLimitTable, type LimitTable } from './limit-table.ts';
import { createNoticeTable, type NoticeTable } from './notice-table.ts';
import { createOpenCallTable, type OpenCallTable } from './open-call-table.ts';
import { createPinTable, type PinTable } from './pin-table.ts';
import { createTaskTable, type TaskTable } from './task-table.ts';
import { createTokenTable, type TokenTable } from './token-table.ts';

/** What one connection can do, as prepared statements. */
export interface Tables {
  readonly audit: AuditTable;
  readonly openCalls: OpenCallTable;
  readonly approvals: ApprovalTable;
  readonly tasks: TaskTable;
  readonly tokens: TokenTable;
  readonly accounts: AccountTable;
  readonly limits: LimitTable;
  readonly pins: PinTable;
  readonly notices: NoticeTable;
  readonly killSwitches: KillSwitchTable;
}

export function createTables(db: DatabaseSync): Tables {
  return {
    audit: createAuditTable(db),
    openCalls: createOpenCallTable(db),
    approvals: createApprovalTable(db),
    tasks: createTaskTable(db),
    tokens: createTokenTable(db),
    accounts: createAccountTable(db),
    limits: createLimitTable(db),
    pins: createPinTable(db),
    notices: createNoticeTable(db),
    killSwitches: createKillSwitchTable(db),
  };
}
