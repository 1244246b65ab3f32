import type { KillScope } from '../../core/kill-switch/kill-switch.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import { err, ok } from '../../core/result.ts';
import type { AdminFault, Administration } from '../administration.ts';
import { KILL_SWITCHES_MAX, type KillSwitches } from '../kill-switches.ts';
import { checkRole, notFound, withStore } from './admin-fault.ts';
import { lookUpScope, type MetNamesDeps } from './met-names.ts';

export interface KillSwitchAdminDeps extends MetNamesDeps {
  readonly killSwitches: KillSwitches;
  /** By the names that scopes can hold. */
  readonly upstreams: ReadonlyMap<string, unknown>;
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
      const fault = checkRole(by, 'operator') ?? checkScope(request.scope, [...deps.upstreams.keys()]);
      if (fault !== null) return err(fault);
      if (deps.killSwitches.current().length >= KILL_SWITCHES_MAX) return err(TOO_MANY);
      // It is in force before anything is looked up.
      const pulling = deps.killSwitches.pull({ ...request, by: by.user });
      const [pulled, name] = await Promise.all([pulling, lookUpScope(deps, request.scope)]);
      if (!pulled.persisted) return err(notPersisted(pulled.killSwitch.id));
      return ok({ killSwitch: pulled.killSwitch, recorded: pulled.recorded, name });
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

/** A switch for an upstream that is not there would stop nothing, and whoever pulled it would believe otherwise. */
function checkScope(scope: KillScope, upstreams: readonly string[]): AdminFault | null {
  const named =
    'tool' in scope ? scope.tool.slice(0, scope.tool.indexOf('/')) : 'upstream' in scope ? scope.upstream : null;
  if (named === null || upstreams.includes(named)) return null;
  const meant = didYouMean(named, upstreams);
  const help = `${meant === null ? '' : `Did you mean ${meant}? `}There are: ${upstreams.join(', ')}.`;
  return { kind: 'invalid', message: 'no upstream has this name, so the switch would stop nothing', help };
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
