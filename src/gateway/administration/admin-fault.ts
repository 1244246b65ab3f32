import type { AdminRole, Administrator } from '../../core/identity/principal.ts';
import { err, type Result } from '../../core/result.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { AdminFault } from '../administration.ts';

/** `null`: the administrator holds one of the roles. */
export function checkRole(by: Administrator, ...roles: readonly AdminRole[]): AdminFault | null {
  if (roles.some((role) => by.roles.includes(role))) return null;
  return forbidden(`this needs the role ${roles.join(' or ')}`, 'Ask an operator for a credential with that role.');
}

export function forbidden(message: string, help: string): AdminFault {
  return { kind: 'forbidden', message, help };
}

export function notFound(what: string): AdminFault {
  return { kind: 'not-found', message: `there is no such ${what}`, help: `List them to see which ${what}s there are.` };
}

/** Runs a wish that needs the store; a store that fails is the administrator's answer, never an exception. */
export async function withStore<T>(wish: () => Promise<Result<T, AdminFault>>): Promise<Result<T, AdminFault>> {
  try {
    return await wish();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const help = 'Look at /readyz and at the space left for the store. The kill switch works meanwhile.';
    return err({ kind: 'unavailable', message: 'the store cannot do this now', help });
  }
}
