import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../ports/store-error.ts';

/** "CSig": tells our files from other people's databases. */
const APPLICATION_ID = 0x43536967;

/** Of approvals from before there were any. */
const EARLIER_PARTICULARS =
  '{"summary":null,"rulePlace":null,"toolClass":"unclassified","credentialId":"","byRequester":false,"approverUsers":[],' +
  '"previewTool":null,"confirm":null,"reauthenticateMs":null,"grantOffered":null,"origin":null}';

/**
 * Each element takes a database one version further and never changes once released. There is no way back: an older Countersign
 * does not open a newer file.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE audit_log (
    seq     INTEGER PRIMARY KEY,
    leaf    TEXT NOT NULL,
    payload TEXT
  ) STRICT;

  CREATE TRIGGER audit_log_is_never_changed BEFORE UPDATE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_log_is_never_deleted_from BEFORE DELETE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  -- Also stops INSERT OR REPLACE, which deletes the old row without asking the trigger above, and keeps the sequence without gaps.
  CREATE TRIGGER audit_log_grows_by_one BEFORE INSERT ON audit_log
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit_log)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

  CREATE TABLE open_call (
    call_id     TEXT PRIMARY KEY,
    approval_id TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE approval (
    ordinal           INTEGER PRIMARY KEY,
    id                TEXT NOT NULL UNIQUE,
    status            TEXT NOT NULL,
    principal         TEXT NOT NULL,
    client            TEXT NOT NULL,
    upstream          TEXT NOT NULL,
    tool              TEXT NOT NULL,
    args_digest       TEXT NOT NULL,
    definition_digest TEXT NOT NULL,
    policy_version    TEXT NOT NULL,
    environment       TEXT NOT NULL,
    requester_name    TEXT NOT NULL,
    rule_id           TEXT,
    reason            TEXT NOT NULL,
    approver_groups   TEXT NOT NULL,
    arguments_shown   TEXT NOT NULL,
    created_ms        REAL NOT NULL,
    expires_ms        REAL NOT NULL,
    decided_by        TEXT,
    decided_ms        REAL,
    comment           TEXT,
    finished_ms       REAL,
    note              TEXT
  ) STRICT;
  -- A digest is almost unique, so the rest of the key is compared row by row.
  CREATE INDEX approval_by_call ON approval (args_digest);
  CREATE INDEX approval_by_status ON approval (status, principal);

  CREATE TABLE token (
    ordinal     INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    secret_hash TEXT NOT NULL,
    plane       TEXT NOT NULL,
    user        TEXT NOT NULL,
    groups      TEXT NOT NULL,
    scopes      TEXT NOT NULL,
    roles       TEXT NOT NULL,
    created_ms  REAL NOT NULL,
    expires_ms  REAL NOT NULL,
    revoked_ms  REAL
  ) STRICT;

  CREATE TABLE kill_switch (
    id         TEXT PRIMARY KEY,
    scope      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    by         TEXT NOT NULL,
    created_ms REAL NOT NULL,
    expires_ms REAL
  ) STRICT;
  CREATE TABLE kill_switch_generation (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    generation INTEGER NOT NULL
  ) STRICT;
  INSERT INTO kill_switch_generation VALUES (1, 0);
  `,
  `
  CREATE TABLE task (
    ordinal       INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    principal     TEXT NOT NULL,
    client        TEXT NOT NULL,
    endpoint      TEXT,
    approval_id   TEXT UNIQUE,
    sealed_call   TEXT NOT NULL,
    sealed_result TEXT,
    created_ms    REAL NOT NULL,
    expires_ms    REAL NOT NULL
  ) STRICT;
  CREATE INDEX task_by_owner ON task (principal, client);
  CREATE INDEX task_by_end ON task (expires_ms);
  `,
  `
  CREATE TABLE account (
    ordinal       INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    user          TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password_hash TEXT NOT NULL,
    roles         TEXT NOT NULL,
    groups        TEXT NOT NULL,
    created_ms    REAL NOT NULL,
    disabled_ms   REAL
  ) STRICT;
  `,
  `
  CREATE TABLE limit_use (
    key        TEXT NOT NULL,
    slot       INTEGER NOT NULL,
    amount     INTEGER NOT NULL,
    expires_ms REAL NOT NULL,
    PRIMARY KEY (key, slot)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX limit_use_by_end ON limit_use (expires_ms);
  `,
  `
  ALTER TABLE approval ADD COLUMN approvers_needed INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE approval ADD COLUMN approved_by TEXT NOT NULL DEFAULT '[]';
  UPDATE approval SET approved_by = json_array(decided_by)
    WHERE decided_by IS NOT NULL AND status IN ('approved', 'executing', 'executed', 'failed', 'outcome-unknown');
  `,
  `
  CREATE TABLE pin (
    ordinal       INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    upstream      TEXT NOT NULL,
    tool          TEXT NOT NULL,
    digest        TEXT NOT NULL,
    status        TEXT NOT NULL,
    why           TEXT NOT NULL,
    definition    TEXT NOT NULL,
    first_seen_ms REAL NOT NULL,
    decided_by    TEXT,
    decided_ms    REAL
  ) STRICT;
  `,
  'ALTER TABLE account ADD COLUMN subject TEXT',
  `
  CREATE TABLE notice (
    ordinal  INTEGER PRIMARY KEY,
    id       TEXT NOT NULL,
    receiver TEXT NOT NULL,
    notice   TEXT NOT NULL,
    time_ms  REAL NOT NULL,
    attempts INTEGER NOT NULL,
    due_ms   REAL NOT NULL,
    UNIQUE (id, receiver)
  ) STRICT;
  CREATE TABLE notice_mark (
    receiver TEXT NOT NULL,
    subject  TEXT NOT NULL,
    mark     TEXT NOT NULL,
    time_ms  REAL NOT NULL,
    PRIMARY KEY (receiver, subject)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE approval ADD COLUMN particulars TEXT NOT NULL DEFAULT '${EARLIER_PARTICULARS}';
  ALTER TABLE approval ADD COLUMN grant_given TEXT NOT NULL DEFAULT 'null';
  ALTER TABLE approval ADD COLUMN timeline TEXT NOT NULL DEFAULT '[]';
  CREATE INDEX approval_by_tool ON approval (upstream, tool);
  CREATE INDEX approval_by_principal ON approval (principal);
  CREATE TABLE approval_preview (
    approval_id TEXT PRIMARY KEY,
    preview     TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  'CREATE INDEX approval_by_decision ON approval (decided_ms) WHERE decided_ms IS NOT NULL',
  `
  ALTER TABLE approval ADD COLUMN superseded_by TEXT;
  `,
  `
  ALTER TABLE open_call ADD COLUMN round INTEGER;
  ALTER TABLE open_call ADD COLUMN until_ms REAL;
  ALTER TABLE open_call ADD COLUMN sealed TEXT;
  `,
  'CREATE INDEX approval_by_expiry ON approval (expires_ms)',
];

/** Takes a new or an older database to the version that this code knows. Throws `StoreError` for any other file. */
export function applyMigrations(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = isEmpty(db) ? createVersionTable(db) : checkVersion(db);
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < version) continue;
      db.exec(migration);
      db.prepare(`INSERT INTO schema_version VALUES (?, unixepoch('subsec') * 1000)`).run(index + 1);
    }
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function isEmpty(db: DatabaseSync): boolean {
  return db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables'] === 0;
}

function createVersionTable(db: DatabaseSync): number {
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec('CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_ms REAL NOT NULL) STRICT');
  return 0;
}

/** The version of a database of ours. Throws `StoreError` for any other file. */
export function checkVersion(db: DatabaseSync): number {
  const applicationId = db.prepare('PRAGMA application_id').get()?.['application_id'];
  if (applicationId !== APPLICATION_ID) {
    throw new StoreError('corrupt', 'it is a database of another program; name another file as the store');
  }
  const version = Number(db.prepare('SELECT max(version) AS version FROM schema_version').get()?.['version']);
  if (version > MIGRATIONS.length) throw newerDatabase(version);
  return version;
}

function newerDatabase(version: number): StoreError {
  return new StoreError(
    'corrupt',
    `it was written by a newer Countersign (schema ${version}; this one knows up to ${MIGRATIONS.length}); run that version, or ` +
      'restore a backup from before the upgrade',
  );
}
