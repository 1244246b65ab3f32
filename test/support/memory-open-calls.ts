import { callEffect } from '../../src/core/audit/call-effect.ts';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import type { LeftCall, OpenCallStore } from '../../src/ports/open-call-store.ts';

interface Log {
  append(entries: readonly AuditEntry[]): number;
  check(): void;
  onAppend(listener: (entries: readonly AuditEntry[]) => void): void;
}

/** Open calls in memory: those that an entry opened and none closed. */
export function createOpenCallsInMemory(log: Log): OpenCallStore {
  const open = new Map<string, Pick<LeftCall, 'approvalId'> & { readonly kept: LeftCall | null }>();
  log.onAppend((entries) => {
    for (const effect of entries.map(callEffect)) {
      if (effect?.kind === 'opens') open.set(effect.callId, { approvalId: effect.approvalId, kept: null });
      if (effect?.kind === 'closes') open.delete(effect.callId);
    }
  });
  return {
    keep: async (call) => {
      log.check();
      const known = open.get(call.callId);
      if (known === undefined) return false;
      open.set(call.callId, { ...known, kept: { ...call, approvalId: known.approvalId } });
      return true;
    },
    takeRound: async ({ callId, round, nowMs }, entries) => {
      log.check();
      const known = open.get(callId);
      if (known?.kept?.round !== round || known.kept.untilMs <= nowMs) return false;
      if (entries.length > 0) log.append(entries);
      open.set(callId, { ...known, kept: null });
      return true;
    },
    listKept: async () => {
      log.check();
      const kept = [...open.values()].flatMap((call) => call.kept ?? []);
      return kept.toSorted((a, b) => (a.callId < b.callId ? -1 : 1));
    },
  };
}
