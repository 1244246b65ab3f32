import { applyChange } from '../../src/core/approval/apply-change.ts';
import type { Approval } from '../../src/core/approval/approval.ts';
import type { ApprovalPreview } from '../../src/core/approval/preview.ts';
import { type ApprovalKey, type ApprovalStore, HISTORY_MAX } from '../../src/ports/approval-store.ts';
import type { MemoryLog } from './memory-store.ts';

/** The approvals of the store in memory. */
export function createApprovals(log: Pick<MemoryLog, 'append' | 'check'>): ApprovalStore {
  /** In the order of their creation. */
  const approvals = new Map<string, Approval>();
  const previews = new Map<string, ApprovalPreview>();
  const newestFirst = (): readonly Approval[] => [...approvals.values()].toReversed();
  const earlierThan = (id: string): readonly Approval[] =>
    approvals.has(id) ? newestFirst().slice(newestFirst().findIndex((each) => each.id === id) + 1) : [];

  return {
    create: async (approval, { newest, pendingMax, pendingPerPrincipalMax, pendingPerToolMax, replaces }, entries) => {
      log.check();
      const pending = newestFirst().filter(({ id, status }) => status === 'pending' && id !== replaces?.id);
      const own = pending.filter(({ binding }) => binding.principal === approval.binding.principal);
      const isNewest = (newestFirst().find((each) => isFor(each, approval.binding))?.id ?? null) === newest;
      if (!isNewest || pending.length >= pendingMax || own.length >= pendingPerPrincipalMax) return false;
      const { upstream, tool } = approval.binding;
      const ofTool = own.filter(({ binding }) => binding.upstream === upstream && binding.tool === tool);
      if (ofTool.length >= pendingPerToolMax || approvals.has(approval.id)) return false;
      const replaced = replaces === undefined ? undefined : approvals.get(replaces.id);
      const ended =
        replaces === undefined || replaced?.status !== 'pending' ? null : applyChange(replaced, replaces.change);
      if (replaces !== undefined && ended === null) return false;
      log.append(entries);
      if (ended !== null) approvals.set(ended.id, ended);
      approvals.set(approval.id, approval);
      return true;
    },
    transition: async (id, from, change, entries) => {
      log.check();
      const current = approvals.get(id);
      if (current?.status !== from) return null;
      const changed = applyChange(current, change);
      if (changed === null) return null;
      log.append(entries);
      approvals.set(id, changed);
      return changed;
    },
    find: async (id) => {
      log.check();
      return approvals.get(id) ?? null;
    },
    findNewest: async (key) => {
      log.check();
      return newestFirst().find((approval) => isFor(approval, key)) ?? null;
    },
    list: async ({ status, limit, before, principal }) => {
      log.check();
      return (before === undefined ? newestFirst() : earlierThan(before))
        .filter((approval) => status === null || approval.status === status)
        .filter(({ binding }) => principal === undefined || binding.principal === principal)
        .slice(0, limit);
    },
    findHistory: async ({ id, binding: { principal, upstream, tool } }) => {
      log.check();
      const earlier = earlierThan(id).filter(({ status }) => WERE_APPROVED.has(status));
      const own = earlier.filter(({ binding }) => binding.principal === principal);
      const isOfTool = ({ binding }: Approval) => binding.upstream === upstream && binding.tool === tool;
      return {
        lastOfTool: earlier.find(isOfTool) ?? null,
        knowsTool: own.some(isOfTool),
        own: own.slice(0, HISTORY_MAX).map(({ createdMs, binding }) => ({ createdMs, binding })),
      };
    },
    findPreview: async (id) => {
      log.check();
      return previews.get(id) ?? null;
    },
    keepPreview: async (id, preview) => {
      log.check();
      previews.set(id, preview);
    },
    listDecided: async (sinceMs, limit) => {
      log.check();
      return newestFirst()
        .filter(({ decidedMs }) => decidedMs !== null && decidedMs >= sinceMs)
        .toSorted((a, b) => (b.decidedMs ?? 0) - (a.decidedMs ?? 0))
        .slice(0, limit)
        .map(({ argumentsShown: _, ...head }) => head);
    },
    listEnded: async (beforeMs, limit) => {
      log.check();
      return [...approvals.values()]
        .filter(({ status }) => !OPEN.has(status))
        .filter(({ createdMs, decidedMs, finishedMs, expiresMs }) =>
          [createdMs, decidedMs ?? 0, finishedMs ?? 0, expiresMs].every((each) => each < beforeMs),
        )
        .toSorted((a, b) => a.expiresMs - b.expiresMs)
        .slice(0, limit)
        .map(({ id }) => id);
    },
    remove: async (ids, entries) => {
      log.check();
      if (ids.some((id) => OPEN.has(approvals.get(id)?.status ?? ''))) return false;
      log.append(entries);
      for (const id of ids) {
        approvals.delete(id);
        previews.delete(id);
      }
      return true;
    },
    listOpen: async () => {
      log.check();
      return newestFirst()
        .filter(({ status }) => status === 'pending' || status === 'approved')
        .map(({ argumentsShown: _, ...head }) => head);
    },
  };
}

const OPEN: ReadonlySet<string> = new Set(['pending', 'approved', 'executing']);
const WERE_APPROVED: ReadonlySet<string> = new Set(['approved', 'executing', 'executed', 'failed', 'outcome-unknown']);

function isFor({ binding }: Approval, key: ApprovalKey): boolean {
  const fields = ['principal', 'client', 'upstream', 'tool', 'argsDigest'] as const;
  return fields.every((field) => binding[field] === key[field]);
}
