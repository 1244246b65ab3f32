import type { Approval } from './approval.ts';

/** How people decide: of one approver, of one rule, or of one approver about one rule. */
export interface DecisionFigure {
  /** `null`: of all together. */
  readonly approver: string | null;
  readonly upstream: string | null;
  readonly ruleId: string | null;
  readonly approved: number;
  readonly rejected: number;
  /** Of those decided, from 0 to 1. */
  readonly approveRate: number;
  /** From the request to the decision: half of them took less. */
  readonly medianSeconds: number;
  /** So fast that nobody can have read them. */
  readonly isRubberStamping: boolean;
}

/** A rule whose every request was approved: perhaps nobody needs to be asked. */
export interface UnanimousRule {
  readonly upstream: string;
  readonly ruleId: string;
  readonly tools: readonly string[];
  readonly approved: number;
}

export interface ApprovalFigures {
  readonly approvers: readonly DecisionFigure[];
  readonly rules: readonly DecisionFigure[];
  readonly byApproverAndRule: readonly DecisionFigure[];
  readonly unanimous: readonly UnanimousRule[];
}

export type DecidedApproval = Pick<
  Approval,
  'binding' | 'ruleId' | 'status' | 'createdMs' | 'decidedBy' | 'decidedMs' | 'timeline' | 'particulars'
>;

/** Below this many, one quick decision is chance. */
const STAMPS_MIN = 3;
/** Source: nobody reads a request and its arguments in less. */
const STAMP_SECONDS = 2;
/** So many approvals without one rejection, before anybody is told that a rule might be spared. */
const UNANIMOUS_MIN = 40;

interface Decision {
  readonly approver: string;
  readonly upstream: string;
  readonly ruleId: string | null;
  readonly isApproval: boolean;
  readonly seconds: number;
}

/** Counts what people decided; what the gateway ended by itself, or let run by a grant, is nobody's decision. */
export function figuresOf(approvals: readonly DecidedApproval[]): ApprovalFigures {
  const decisions = approvals.flatMap(decisionsOf);
  const ofRules = decisions.filter(({ ruleId }) => ruleId !== null);
  return {
    approvers: grouped(decisions, ({ approver }) => ({ approver, upstream: null, ruleId: null })),
    rules: grouped(ofRules, ({ upstream, ruleId }) => ({ approver: null, upstream, ruleId })),
    byApproverAndRule: grouped(ofRules, ({ approver, upstream, ruleId }) => ({ approver, upstream, ruleId })),
    unanimous: unanimousRules(approvals),
  };
}

function decisionsOf({
  binding,
  ruleId,
  status,
  createdMs,
  decidedBy,
  decidedMs,
  timeline,
  particulars,
}: DecidedApproval): readonly Decision[] {
  if (particulars.origin?.kind === 'grant') return [];
  const about = { upstream: binding.upstream, ruleId };
  const secondsTo = (atMs: number): number => Math.max(0, (atMs - createdMs) / 1000);
  // Requests from before there was a timeline know their last decision alone.
  if (timeline.length === 0) {
    if (decidedBy === null || decidedMs === null) return [];
    return [{ ...about, approver: decidedBy, isApproval: status !== 'rejected', seconds: secondsTo(decidedMs) }];
  }
  return timeline.flatMap(({ by, change, atMs }) => {
    if (by === null || (change !== 'approved' && change !== 'rejected')) return [];
    return [{ ...about, approver: by, isApproval: change === 'approved', seconds: secondsTo(atMs) }];
  });
}

type Key = Pick<DecisionFigure, 'approver' | 'upstream' | 'ruleId'>;

/** Who decided most comes first. */
function grouped(decisions: readonly Decision[], keyOf: (decision: Decision) => Key): readonly DecisionFigure[] {
  const groups = Map.groupBy(decisions, (each) => JSON.stringify(keyOf(each)));
  return [...groups]
    .toSorted(([, one], [, other]) => other.length - one.length)
    .map(([key, members]) => figureOf(JSON.parse(key) as Key, members));
}

function figureOf(key: Key, members: readonly Decision[]): DecisionFigure {
  const approved = members.filter(({ isApproval }) => isApproval).length;
  const medianSeconds = median(members.map(({ seconds }) => seconds));
  return {
    ...key,
    approved,
    rejected: members.length - approved,
    approveRate: approved / members.length,
    medianSeconds,
    isRubberStamping: members.length >= STAMPS_MIN && medianSeconds < STAMP_SECONDS,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function unanimousRules(approvals: readonly DecidedApproval[]): readonly UnanimousRule[] {
  const ofRules = approvals.filter(({ ruleId, decidedBy }) => ruleId !== null && decidedBy !== null);
  const groups = Map.groupBy(ofRules, ({ binding, ruleId }) => JSON.stringify([binding.upstream, ruleId]));
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    const approved = members.filter(({ status }) => status !== 'rejected').length;
    if (first === undefined || first.ruleId === null || approved < members.length || approved < UNANIMOUS_MIN)
      return [];
    const tools = [...new Set(members.map(({ binding }) => binding.tool))].toSorted();
    return [{ upstream: first.binding.upstream, ruleId: first.ruleId, tools, approved }];
  });
}
