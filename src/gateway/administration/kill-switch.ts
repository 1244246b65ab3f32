import { err, ok } from '../../core/result.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { AdminFault, Administration } from '../administration.ts';
import { KILL_SWITCHES_MAX, type KillSwitches } from '../kill-switches.ts';
import { checkRole, notFound, withStore } from './admin-fault.ts';

export interface KillSwitchAdminDeps {
  readonly killSwitches: KillSwitches;
  readonly audit: AuditLog;
}

/** Stopping is the one action that never waits for the log. Starting again does. */
export function createKillSwitchAdministration(
  deps: KillSwitchAdminDeps,
): Pick<Administration, 'listKillSwitches' | 'pullKillSwitch' | 'releaseKillSwitch'> {
  return {
    listKillSwitches: (by) => {
      const fault = checkRole(by, 'operator', 'approver', 'auditor', 'viewer');
      return fault === null ? ok(deps.killSwitches.current()) : err(fault);
    },
    pullKillSwitch: async (by, request) => {
      const fault = checkRole(by, 'operator');
      if (fault !== null) return err(fault);
      if (deps.killSwitches.current().length >= KILL_SWITCHES_MAX) return err(TOO_MANY);
      const pulled = await deps.killSwitches.pull({ ...request, by: by.user });
      if (!pulled.persisted) return err(notPersisted(pulled.killSwitch.id));
      return ok({ killSwitch: pulled.killSwitch, recorded: pulled.recorded });
    },
    releaseKillSwitch: async (by, id) => {
      const fault = checkRole(by, 'operator');
      if (fault !== null) return err(fault);
      if (!deps.audit.health().writable) return err(LOG_DOWN);
      return withStore(async () => {
        const released = await deps.killSwitches.release(id, by.user);
        return released === null ? err(notFound('kill switch')) : ok(released);
      });
    },
  };
}

const TOO_MANY: AdminFault = {
  kind: 'conflict',
  message: `there are ${KILL_SWITCHES_MAX} switches already`,
  help: 'Pull a wider one, such as {"all": true}, after releasing some of these.',
};

const LOG_DOWN: AdminFault = {
  kind: 'unavailable',
  message: 'a release must be recorded, and the log cannot be written now',
  help: 'Make the store writable again first; until then the switch stays on.',
};

/** Not an acknowledgement: the administrator must know that a restart could forget the switch. */
function notPersisted(id: string): AdminFault {
  return {
    kind: 'unavailable',
    message: `the switch ${id} is in force in this process, but it could not be stored and would not survive a restart`,
    help: 'Do not restart the gateway. Stop it altogether, or repair the store and pull the switch again.',
  };
}
