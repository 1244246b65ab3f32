import type { Approval, ApprovalId } from '../../src/core/approval/approval.ts';
import type { LogEntry } from './interleaving-stores.ts';

/** An upstream saw a call, when the log on the disk was this long. */
export interface Start {
  readonly afterSequence: number;
  /** `null` for the call behind a task, which carries no trace of ours. */
  readonly callId: string | null;
}

export interface Evidence {
  readonly log: readonly LogEntry[];
  readonly starts: readonly Start[];
  /** As the store has them in the end. */
  readonly approvals: readonly Approval[];
  /** Calls that carry a trace of their own. */
  readonly traced: ReadonlySet<string>;
  /** Calls that an approver may agree to at once. */
  readonly granted: number;
  readonly neededBy: (principal: string) => number;
}

/** Every promise, checked on nothing but the log that was stored and what upstreams saw. */
export function judge(evidence: Evidence): readonly string[] {
  const state = createState(evidence);
  const starts = evidence.starts.toSorted((a, b) => a.afterSequence - b.afterSequence);
  let next = 0;
  for (let sequence = 0; sequence <= evidence.log.length; sequence += 1) {
    const entry = evidence.log[sequence - 1];
    if (entry !== undefined) readEntry(state, entry);
    for (; starts[next]?.afterSequence === sequence; next += 1) readStart(state, starts[next] as Start);
  }
  for (const [callId, { approvalId }] of state.dispatched) {
    const ended = state.outcomes.get(callId) ?? [];
    if (ended.length !== 1) state.violations.push(`${ended.length} outcomes of the dispatch of ${approvalId}`);
  }
  for (const approval of evidence.approvals) {
    const told = toldOf(state, approval);
    if (told !== approval.status)
      state.violations.push(`${approval.id} is ${approval.status}, and the log says ${told}`);
  }
  return state.violations;
}

interface State extends Evidence {
  readonly violations: string[];
  readonly lives: Map<ApprovalId, Life>;
  readonly dispatched: Map<string, LogEntry>;
  readonly outcomes: Map<string, string[]>;
  readonly started: Set<string>;
  readonly decided: Set<string>;
  /** Calls that were decided on before somebody lost their credential may have looked at it before, too. */
  readonly decidedBefore: Map<string, ReadonlySet<string>>;
}

/** What is known of one approval; its family are all that were agreed to at once. */
interface Life {
  readonly changes: string[];
  readonly principal: string;
  proposer: string | null;
  dispatch: string | null;
  dispatches: number;
  underKill: boolean;
  readonly family: { dispatches: number };
}

const ENDS: ReadonlySet<string> = new Set(['rejected', 'expired', 'withdrawn', 'void']);

function createState(evidence: Evidence): State {
  return {
    ...evidence,
    violations: [],
    lives: new Map(),
    dispatched: new Map(),
    outcomes: new Map(),
    started: new Set(),
    decided: new Set(),
    decidedBefore: new Map(),
  };
}

function readStart({ dispatched, started, lives, violations, traced }: State, { callId }: Start): void {
  // The call behind a task is the one of a task that was dispatched last and has not started.
  const id = callId ?? [...dispatched.keys()].findLast((each) => !started.has(each) && !traced.has(each));
  const dispatch = id === undefined ? undefined : dispatched.get(id);
  if (id === undefined || dispatch === undefined) {
    violations.push('an upstream call without a dispatch in the log');
    return;
  }
  if (started.has(id)) violations.push(`call ${id} started twice`);
  if (lives.get(dispatch.approvalId)?.underKill === true)
    violations.push('started with an approval from before a kill switch');
  started.add(id);
}

function readEntry(state: State, entry: LogEntry): void {
  const { lives, decided, decidedBefore, outcomes } = state;
  if (entry.kind === 'decision') decided.add(entry.callId);
  if (entry.kind === 'token' && entry.change === 'revoked') decidedBefore.set(entry.user, new Set(decided));
  if (entry.kind === 'kill-switch' && entry.change === 'on') for (const life of lives.values()) life.underKill = true;
  if (entry.kind === 'approval' && entry.change !== 'denied') readChange(state, entry);
  if (entry.kind === 'dispatch') readDispatch(state, entry);
  if (entry.kind !== 'outcome') return;
  outcomes.set(entry.callId, [...(outcomes.get(entry.callId) ?? []), entry.outcome]);
  if (entry.approvalId !== null && !state.dispatched.has(entry.callId))
    state.violations.push('an outcome without a dispatch');
}

function readChange({ lives, violations }: State, entry: LogEntry): void {
  const life = lives.get(entry.approvalId) ?? bornOf(lives, entry);
  lives.set(entry.approvalId, life);
  const last = life.changes.at(-1);
  if (last !== undefined && ENDS.has(last)) violations.push(`${entry.change} after ${last}`);
  if (life.dispatches > 0) violations.push(`${entry.change} after the dispatch`);
  life.changes.push(entry.change);
  if (entry.change === 'requested') life.proposer = entry.by;
}

function readDispatch(
  { lives, dispatched, violations, granted, neededBy, decidedBefore }: State,
  entry: LogEntry,
): void {
  if (dispatched.has(entry.callId)) violations.push(`call ${entry.callId} was dispatched twice`);
  dispatched.set(entry.callId, entry);
  const life = lives.get(entry.approvalId);
  if (life === undefined) {
    violations.push('a dispatch of an approval that nobody asked for');
    return;
  }
  const needed = neededBy(entry.principal);
  const agreed = life.changes.filter((change) => change === 'approved').length;
  if (agreed < (life.changes[0] === 'approved' ? 1 : needed))
    violations.push(`dispatch with ${agreed} approvals of ${needed}`);
  const end = life.changes.find((change) => ENDS.has(change));
  if (end !== undefined) violations.push(`dispatch after ${end}`);
  life.dispatch = entry.callId;
  if ((life.dispatches += 1) > 1) violations.push('a second dispatch of one approval');
  if ((life.family.dispatches += 1) > granted) violations.push('more calls than were granted');
  const people = entry.decidedBy.split(', ');
  if (people.includes(life.proposer ?? '')) violations.push('approved by whoever proposed it');
  if (people.includes(entry.principal)) violations.push('approved by the requester');
  if (new Set(people).size < needed) violations.push(`approved by ${entry.decidedBy}, where it needs ${needed}`);
  const isLate = (user: string): boolean => decidedBefore.get(user)?.has(entry.callId) === false;
  if (people.some(isLate)) violations.push('approved by somebody whose credential was revoked');
}

/** A further call of a grant is of the family of the one before, and a switch that was pulled since that one began is against it as well. */
function bornOf(lives: ReadonlyMap<ApprovalId, Life>, { comment, principal }: LogEntry): Life {
  const before = lives.get((/^by the grant of (\S+)$/.exec(comment ?? '')?.[1] ?? '') as ApprovalId);
  const { underKill = false, family = { dispatches: 0 } } = before ?? {};
  return { changes: [], principal, proposer: null, dispatch: null, dispatches: 0, underKill, family };
}

/** The status that the entries of an approval come to. */
function toldOf({ lives, outcomes }: State, { id, approversNeeded }: Approval): string {
  const life = lives.get(id);
  if (life === undefined) return 'nothing';
  if (life.dispatch !== null) return STATUS_AFTER[outcomes.get(life.dispatch)?.[0] ?? ''] ?? 'outcome-unknown';
  const last = life.changes.at(-1) ?? '';
  if (last === 'requested') return 'pending';
  if (last !== 'approved') return last;
  const agreed = life.changes.filter((change) => change === 'approved').length;
  return life.changes[0] === 'approved' || agreed >= approversNeeded ? 'approved' : 'pending';
}

const STATUS_AFTER: Readonly<Record<string, string>> = {
  ok: 'executed',
  'tool-error': 'failed',
  'upstream-error': 'failed',
  'not-dispatched': 'failed',
};
