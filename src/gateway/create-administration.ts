import { OWN_UPSTREAM } from '../core/policy/own-policy.ts';
import { err, ok } from '../core/result.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { Administration } from './administration.ts';
import { checkRole } from './administration/admin-fault.ts';
import { type AccountAdminDeps, createAccountAdministration } from './administration/accounts.ts';
import { createApprovalAdministration } from './administration/approvals.ts';
import { type AuditAdminDeps, createAuditAdministration } from './administration/audit.ts';
import { createBatchAdministration } from './administration/batch.ts';
import { createEditAdministration, type EditAdminDeps } from './administration/edit-approval.ts';
import { createExportAdministration } from './administration/export-audit.ts';
import { createFiguresAdministration, type FiguresDeps } from './administration/figures.ts';
import { createKillSwitchAdministration, type KillSwitchAdminDeps } from './administration/kill-switch.ts';
import { createPinAdministration, type PinAdminDeps } from './administration/pins.ts';
import { createDenials } from './administration/record-denial.ts';
import { createPolicyAdministration, type PolicyAdminDeps } from './administration/policy.ts';
import { createTokenAdministration, type TokenAdminDeps } from './administration/tokens.ts';

export interface AdministrationDeps
  extends AccountAdminDeps,
    Omit<EditAdminDeps, 'denials'>,
    AuditAdminDeps,
    KillSwitchAdminDeps,
    FiguresDeps,
    PinAdminDeps,
    PolicyAdminDeps,
    TokenAdminDeps {
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** The gateway was told to stop, and takes no new calls. */
  readonly isStopping: () => boolean;
}

/** Puts the administrators' use cases behind the one interface that the admin plane knows. */
export function createAdministration(deps: AdministrationDeps): Administration {
  const deciding = { ...deps, denials: createDenials(deps) };
  const approvals = createApprovalAdministration(deciding);
  return {
    ...createAccountAdministration(deps),
    ...approvals,
    ...createBatchAdministration(deps, approvals),
    ...createEditAdministration(deciding),
    ...createFiguresAdministration(deps),
    ...createAuditAdministration(deps),
    ...createExportAdministration(deps),
    ...createKillSwitchAdministration(deps),
    ...createPinAdministration(deps),
    ...createPolicyAdministration(deps),
    ...createTokenAdministration(deps),
    upstreams: (by) => {
      const fault = checkRole(by, 'operator', 'approver', 'auditor', 'viewer');
      return fault === null
        ? ok(
            [...deps.upstreams.values()]
              .filter(({ name }) => name !== OWN_UPSTREAM)
              .map((upstream) => upstream.status()),
          )
        : err(fault);
    },
    readiness: () => {
      const { writable } = deps.audit.health();
      const isRunning = !deps.isStopping();
      return {
        ready: writable && isRunning,
        checks: { store: writable ? 'ok' : 'failing', running: isRunning ? 'ok' : 'failing' },
      };
    },
  };
}
