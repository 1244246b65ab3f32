import type { GatewayClient } from './gateway-process.ts';
import type { LedgerCall } from './ledger-upstream.ts';

/** What the audit log says, entry by entry, and where it contradicts itself. */
export interface LogModel {
  /** Reads what was recorded since the last time. */
  readOn(gateway: GatewayClient): Promise<void>;
  readonly violations: string[];
  readonly entries: number;
  readonly unknownOutcomes: number;
  /** Calls that an upstream may have seen and that have no outcome. */
  openCalls(): readonly string[];
  /** The decisions on calls with this mark. */
  decisions(mark: string): number;
  /** Whether some call with this mark ended well. */
  isOk(mark: string): boolean;
  approvalId(mark: string): string | null;
  /** The statuses that the entries of an approval lead to, one after the other. */
  approvalHistory(id: string): readonly string[];
  killSwitches(): ReadonlySet<string>;
  /** What the gateway said about itself, but for readings of payloads. */
  gatewayChanges(): readonly string[];
  /** Why a call of the upstream's ledger should not have reached it; `null` where the log allows it. */
  reasonAgainst(call: LedgerCall): string | null;
}

/** The fields of an entry that matter here, whatever its kind. */
interface Entry {
  readonly seq: number;
  readonly kind: string;
  readonly method?: string;
  readonly callId?: string;
  readonly tool?: string | null;
  readonly decision?: string;
  readonly argsDigest?: string | null;
  readonly approvalId?: string | null;
  readonly outcome?: string;
  readonly change?: string;
  readonly id?: string;
  readonly arguments?: { readonly mark?: string };
}

/** All calls with one mark. */
interface Marked {
  readonly tool: Entry['tool'];
  readonly args: string;
  readonly argsDigest: Entry['argsDigest'];
  decisions: number;
  approvalId: string | null;
  /** A decision that allows it, or a dispatch of its approval. */
  isDispatched: boolean;
  isOk: boolean;
}

export function createLogModel(): LogModel {
  const marks = new Map<string, Marked>();
  const markOfCall = new Map<string, Marked>();
  const markOfApproval = new Map<string, Marked>();
  const open = new Set<string>();
  const histories = new Map<string, string[]>();
  const switches = new Set<string>();
  const gatewayChanges: string[] = [];
  const violations: string[] = [];
  let sequence = 0;
  let unknownOutcomes = 0;
  /** Outcomes that only the recovery at a start may have written. */
  let unexplained = 0;

  function follow(approvalId: string, status: string): void {
    histories.set(approvalId, [...(histories.get(approvalId) ?? []), status]);
  }

  function onDecision({
    seq,
    method,
    callId = '',
    tool,
    decision,
    argsDigest,
    approvalId,
    arguments: given,
  }: Entry): void {
    if (method !== 'tools/call') return;
    if (decision === 'allow') open.add(callId);
    if (given?.mark === undefined) return;
    const marked = marks.get(given.mark) ?? newlyMarked(tool, JSON.stringify(given), argsDigest);
    marks.set(given.mark, marked);
    marked.decisions += 1;
    markOfCall.set(callId, marked);
    if (marked.argsDigest !== argsDigest) violations.push(`${seq}: another digest for the same arguments`);
    if (typeof approvalId === 'string') {
      marked.approvalId = approvalId;
      markOfApproval.set(approvalId, marked);
    }
    if (decision === 'allow') marked.isDispatched = true;
  }

  function onDispatch({ seq, callId = '', approvalId, argsDigest }: Entry): void {
    const id = approvalId ?? '';
    const marked = markOfApproval.get(id);
    const status = histories.get(id)?.at(-1);
    if (status !== 'approved') violations.push(`${seq}: dispatched while ${status}`);
    if (marked?.argsDigest !== argsDigest) violations.push(`${seq}: dispatched with other arguments`);
    follow(id, 'executing');
    open.add(callId);
    if (marked !== undefined) marked.isDispatched = true;
  }

  function onOutcome({ seq, callId = '', outcome = '', approvalId }: Entry): void {
    if (!open.delete(callId)) violations.push(`${seq}: an outcome without a dispatch, or a second one`);
    if (outcome === 'unknown') {
      unknownOutcomes += 1;
      unexplained += 1;
    }
    const marked = markOfCall.get(callId);
    if (marked !== undefined && outcome === 'ok') marked.isOk = true;
    if (typeof approvalId === 'string') follow(approvalId, STATUS_AFTER[outcome] ?? 'outcome-unknown');
  }

  function onEntry(entry: Entry): void {
    const { seq, kind, change = '', id = '' } = entry;
    if (seq !== sequence + 1) violations.push(`${seq} follows ${sequence}`);
    sequence = seq;
    if (change === 'recovered') unexplained = 0;
    if (unexplained > 0 && entry.outcome !== 'unknown') {
      violations.push(`${seq}: ${unexplained} unknown outcomes before it that no recovery explains`);
      unexplained = 0;
    }
    if (kind === 'decision') onDecision(entry);
    if (kind === 'dispatch') onDispatch(entry);
    if (kind === 'outcome') onOutcome(entry);
    // Nothing came of it.
    if (kind === 'approval' && change !== 'denied')
      follow(entry.approvalId ?? '', change === 'requested' ? 'pending' : change);
    if (kind === 'gateway' && change !== 'payload-read') gatewayChanges.push(change);
    if (kind === 'kill-switch' && change === 'on') switches.add(id);
    if (kind === 'kill-switch' && change !== 'on') switches.delete(id);
  }

  return {
    async readOn(gateway) {
      for (;;) {
        const page = (await gateway.entriesAfter(sequence)) as readonly Entry[];
        for (const entry of page) onEntry(entry);
        // Reading payloads is itself recorded, so that there is always one more.
        if (page.length <= 1) return;
      }
    },
    violations,
    get entries() {
      return sequence;
    },
    get unknownOutcomes() {
      return unknownOutcomes;
    },
    openCalls: () => [...open],
    decisions: (mark) => marks.get(mark)?.decisions ?? 0,
    isOk: (mark) => marks.get(mark)?.isOk === true,
    approvalId: (mark) => marks.get(mark)?.approvalId ?? null,
    approvalHistory: (id) => histories.get(id) ?? [],
    killSwitches: () => switches,
    gatewayChanges: () => gatewayChanges,
    reasonAgainst({ tool, args }) {
      const marked = marks.get(args.mark);
      if (marked === undefined) return 'no decision on it';
      if (marked.tool !== tool || marked.args !== canonical(args)) return 'a decision on something else';
      return marked.isDispatched ? null : 'a decision that does not let it run';
    },
  };
}

function newlyMarked(tool: Entry['tool'], args: string, argsDigest: Entry['argsDigest']): Marked {
  return { tool, args, argsDigest, decisions: 0, approvalId: null, isDispatched: false, isOk: false };
}

/** `failed` where the upstream itself said so, or never saw it; where nobody can know, that is what it says. */
const STATUS_AFTER: Readonly<Record<string, string>> = {
  ok: 'executed',
  'tool-error': 'failed',
  'upstream-error': 'failed',
  'not-dispatched': 'failed',
};

function canonical(args: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(args).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}
