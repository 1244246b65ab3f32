import type { Approval } from '../../core/approval/approval.ts';
import { isJsonObject, type Json } from '../../core/json/value.ts';
import { err, type Result } from '../../core/result.ts';
import type { AdminFault, Administration } from '../administration.ts';
import type { Edit, Edits } from '../edits.ts';
import { withStore } from './admin-fault.ts';
import { type ApprovalAdminDeps, findDecidable } from './approvals.ts';

export interface EditAdminDeps extends ApprovalAdminDeps {
  readonly edits: Edits;
}

/** Whoever may decide on a request may propose others in its place. */
export function createEditAdministration(deps: EditAdminDeps): Pick<Administration, 'edit'> {
  return {
    edit: (by, id, args, comment) =>
      withStore(async () => {
        const open = await findDecidable(deps, by, id);
        if (!open.ok) return open;
        return isJsonObject(args as Json)
          ? propose(deps, open.value, { by, args: args as Edit['args'], comment })
          : err(NO_ARGUMENTS);
      }),
  };
}

async function propose(
  { edits }: EditAdminDeps,
  approval: Approval,
  edit: Edit,
): Promise<Result<Approval, AdminFault>> {
  const edited = await edits.propose(approval, edit);
  if (edited.ok) return edited;
  if (edited.error.kind === 'changed') return err(CHANGED_MEANWHILE);
  const help = 'Propose others, or reject the request and say why.';
  return err({ kind: 'conflict', message: `these arguments cannot be asked for: ${edited.error.why}`, help });
}

const NO_ARGUMENTS: AdminFault = {
  kind: 'invalid',
  message: 'arguments must be an object',
  help: 'Send all arguments of the call, those that stay as they are as well.',
};

const CHANGED_MEANWHILE: AdminFault = {
  kind: 'conflict',
  message: 'the request changed meanwhile, or there is no room for another one',
  help: 'Show it again.',
};
