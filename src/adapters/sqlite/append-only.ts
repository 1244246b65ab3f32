import { constants, type DatabaseSync } from 'node:sqlite';

/**
 * Makes the connection unable to rewrite the audit log, whatever statement reaches it. The triggers of the schema stop UPDATE, DELETE
 * and REPLACE but could be dropped; the authorizer stops everything that could drop them; defensive mode stops writes to the schema
 * table and to the file behind it.
 *
 * INVARIANT: what is not listed here is denied. This guards against our own process only: who may write the file can change it, and
 * only the signed tree shows that.
 */
export function makeAppendOnly(db: DatabaseSync): void {
  db.enableDefensive(true);
  db.setAuthorizer((action, subject) =>
    isAllowed(action, subject ?? '') ? constants.SQLITE_OK : constants.SQLITE_DENY,
  );
}

const READABLE = new Set([
  'audit_log',
  'open_call',
  'approval',
  'approval_preview',
  'task',
  'token',
  'account',
  'limit_use',
  'pin',
  'notice',
  'notice_mark',
  'kill_switch',
  'kill_switch_generation',
  'schema_version',
]);
const INSERTABLE = new Set([
  'audit_log',
  'open_call',
  'approval',
  'approval_preview',
  'task',
  'token',
  'account',
  'limit_use',
  'pin',
  'notice',
  'notice_mark',
  'kill_switch',
]);
const UPDATABLE = new Set([
  'open_call',
  'approval',
  'task',
  'token',
  'account',
  'limit_use',
  'pin',
  'notice',
  'notice_mark',
  'kill_switch_generation',
]);
const DELETABLE = new Set([
  'open_call',
  'approval',
  'approval_preview',
  'task',
  'limit_use',
  'notice',
  'notice_mark',
  'kill_switch',
]);
const PRAGMAS = new Set(['wal_checkpoint']);

function isAllowed(action: number, subject: string): boolean {
  switch (action) {
    case constants.SQLITE_SELECT:
    case constants.SQLITE_FUNCTION:
    case constants.SQLITE_TRANSACTION:
      return true;
    case constants.SQLITE_READ:
      return READABLE.has(subject);
    case constants.SQLITE_INSERT:
      return INSERTABLE.has(subject);
    case constants.SQLITE_UPDATE:
      return UPDATABLE.has(subject);
    case constants.SQLITE_DELETE:
      return DELETABLE.has(subject);
    case constants.SQLITE_PRAGMA:
      return PRAGMAS.has(subject);
    default:
      return false;
  }
}
