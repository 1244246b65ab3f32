import type { AuditEntry } from '../core/audit/entry.ts';
import type { Notice } from '../core/notify/notice.ts';
import { noticeOfApproval, noticeOfKillSwitch, noticeOfPin } from '../core/notify/notice-of.ts';
import type { ApprovalStore } from '../ports/approval-store.ts';
import type { KillSwitchStore } from '../ports/kill-switch-store.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { PinStore } from '../ports/pin-store.ts';

export interface AnnounceDeps {
  readonly notifier: Notifier;
  readonly consoleUrl: () => string;
}

/** The same store, which tells of every approval that it created or changed, once that is stored. */
export function announceApprovals(store: ApprovalStore, deps: AnnounceDeps): ApprovalStore {
  return {
    ...store,
    async create(approval, conditions, entries) {
      const isCreated = await store.create(approval, conditions, entries);
      if (!isCreated) return false;
      tell(deps, noticeOfApproval(approval, deps.consoleUrl()));
      const replaced = conditions.replaces === undefined ? null : await store.find(conditions.replaces.id);
      if (replaced !== null) tell(deps, noticeOfApproval(replaced, deps.consoleUrl()));
      return true;
    },
    async transition(id, from, change, entries) {
      const changed = await store.transition(id, from, change, entries);
      if (changed !== null) tell(deps, noticeOfApproval(changed, deps.consoleUrl()));
      return changed;
    },
  };
}

/** A switch that is pulled is in force before it is stored, and told then: what happens next must not wait for a disk. */
export function announceKillSwitches(store: KillSwitchStore, deps: AnnounceDeps): KillSwitchStore {
  const tellAll = (entries: readonly AuditEntry[]): void => {
    for (const entry of entries) {
      if (entry.kind === 'kill-switch') tell(deps, noticeOfKillSwitch(entry, deps.consoleUrl()));
    }
  };
  return {
    load: () => store.load(),
    save(switches, entries) {
      tellAll(entries);
      return store.save(switches, entries);
    },
    async saveRecorded(switches, entries) {
      await store.saveRecorded(switches, entries);
      tellAll(entries);
    },
  };
}

/** Tells of definitions that wait for an operator. */
export function announcePins(store: PinStore, deps: AnnounceDeps): PinStore {
  return {
    ...store,
    async add(pins, entries) {
      await store.add(pins, entries);
      for (const pin of pins) if (pin.status === 'pending') tell(deps, noticeOfPin(pin, deps.consoleUrl()));
    },
  };
}

function tell({ notifier }: AnnounceDeps, notice: Notice | null): void {
  if (notice !== null) notifier.notify(notice);
}
