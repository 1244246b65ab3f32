import { START_UNREADABLE } from '../../kill-switch/kill-switch.ts';
import type { AuditEntry } from '../entry.ts';
import type { Report } from './log-fault.ts';
import { createRecent } from './recent.ts';

export interface KillSwitchCheck {
  take(sequence: number, entry: AuditEntry): void;
}

/** A switch is pulled before it is released, and once. One that the gateway itself says is on again was not released after all. */
export function createKillSwitchCheck(report: Report, isWhole: boolean): KillSwitchCheck {
  const on = new Map<string, number>();
  const released = createRecent<number>();
  return {
    take(sequence, entry) {
      if (entry.kind !== 'kill-switch') return;
      const { id, change, by, reason } = entry;
      const pulledAt = on.get(id);
      if (change === 'on') {
        if (pulledAt !== undefined && by !== 'gateway')
          report(sequence, 'a switch with an id of its own', `${id} is on since entry ${pulledAt}`);
        on.set(id, sequence);
        return;
      }
      const earlier = released.get(id);
      if (pulledAt === undefined && reason !== START_UNREADABLE && (isWhole || earlier !== undefined))
        report(
          sequence,
          'a switch that is on',
          earlier === undefined ? `${id} was never on` : `${id} is off since entry ${earlier}`,
        );
      on.delete(id);
      released.add(id, sequence);
    },
  };
}
