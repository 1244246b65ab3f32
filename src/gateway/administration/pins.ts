import type { Administrator } from '../../core/identity/principal.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { fieldChanges } from '../../core/json/field-changes.ts';
import type { Pin } from '../../core/catalog/pin.ts';
import type { AdminFault, Administration } from '../administration.ts';
import type { Pins } from '../pins.ts';
import { checkRole, notFound, withStore } from './admin-fault.ts';

export interface PinAdminDeps {
  readonly pins: Pins;
}

/** Tool definitions under review. Who decides them decides what agents are told. */
export function createPinAdministration({
  pins,
}: PinAdminDeps): Pick<Administration, 'listPins' | 'showPin' | 'decidePin'> {
  function find(id: string): Result<Pin, AdminFault> {
    const pin = pins.find(id);
    return pin === null ? err(notFound('pin')) : ok(pin);
  }
  return {
    listPins: (by, status) => {
      const fault = checkReader(by);
      if (fault !== null) return err(fault);
      return ok(pins.list().filter((pin) => status === null || pin.status === status));
    },
    showPin: (by, id) => {
      const fault = checkReader(by);
      const pin = fault === null ? find(id) : err(fault);
      if (!pin.ok) return pin;
      const trusted = pins.trustedBeside(pin.value);
      const differences = trusted === null ? [] : fieldChanges(trusted.definition, pin.value.definition);
      return ok({ pin: pin.value, differences });
    },
    decidePin: async (by, id, status) => {
      const fault = checkRole(by, 'operator');
      const pin = fault === null ? find(id) : err(fault);
      if (!pin.ok) return pin;
      return withStore(async () => {
        const decided = await pins.decide(id, status, by.user);
        return decided === null ? err(DECIDED) : ok(decided);
      });
    },
  };
}

function checkReader(by: Administrator): AdminFault | null {
  return checkRole(by, 'operator', 'approver', 'auditor');
}

const DECIDED: AdminFault = {
  kind: 'conflict',
  message: 'the pin is decided like that already',
  help: 'Show it to see who decided.',
};
