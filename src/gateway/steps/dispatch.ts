import type { ApprovalId } from '../../core/approval/approval.ts';
import { methodOf } from '../../core/catalog/target.ts';
import type { AskKind } from '../../core/conversation/ask.ts';
import { upstreamParams } from '../../core/mcp/upstream-params.ts';
import { err } from '../../core/result.ts';
import { SHUTDOWN, type UpstreamBookmark, type UpstreamTarget } from '../../ports/upstream.ts';
import { CallLeft } from '../call-left.ts';
import type { CallDeps } from '../deps.ts';
import type { HostError, HostResult } from '../gateway.ts';
import type { GovernedCall, ResumedRound, ResumedTask } from '../governed-call.ts';
import { outcomeNotRecorded } from '../host-errors.ts';
import { createCallLog } from './call-log.ts';
import { callUpstream, type UpstreamAnswer } from './call-upstream.ts';
import { type CallAsker, createAsker } from './create-asker.ts';
import { describeOutcome, type Outcome } from './describe-outcome.ts';
import { inspectProgress } from './inspect-result.ts';
import { keepTask } from './keep-task.ts';

/** Runs a call that policy allows and whose decision is stored. A host that goes away ends it. */
export async function dispatchAllowed(deps: CallDeps, governed: GovernedCall): Promise<HostResult | HostError> {
  const outcome = await dispatch(deps, governed, null);
  const recorded = await deps.lateRecords.record(outcome.entry.callId, () => deps.audit.record([outcome.entry]));
  return recorded ? outcome.answer : outcomeNotRecorded();
}

/**
 * The only place from which an upstream sees a call. What was stopped on the way here, and what the kill switch covers at this very
 * moment, does not start; what is stopped from now on is aborted.
 */
export async function dispatch(
  deps: CallDeps,
  governed: GovernedCall,
  approvalId: ApprovalId | null,
): Promise<Outcome> {
  const { call, target, killFacts, place } = governed;
  const startedMs = deps.clock.monotonicMs();
  const covered = deps.killSwitches.find(killFacts) !== null;
  const conversation = createAsker(deps, governed, approvalId);
  const isLeftTask = governed.resumed?.kind === 'task';
  // Of a task that is given up, its upstream is told.
  const isStopped = covered || (place.signal.aborted && !isLeftTask);
  const answer = isStopped ? notStarted(governed) : await send(deps, governed, approvalId, conversation);
  const killed = covered || place.stoppedBy === 'kill-switch';
  const undeclared = conversation?.undeclared ?? NOTHING;
  const duties = governed.decision.result;
  const { outputSchema } = governed;
  const ran = { call, target: target.ref, duties, outputSchema, approvalId, startedMs, killed, isLeftTask, undeclared };
  return describeOutcome(deps, answer, ran);
}

function upstreamTarget({ target: { ref }, argumentsJson, asTask }: GovernedCall): UpstreamTarget {
  const method = methodOf(ref.kind);
  const name = method === 'completion/complete' ? null : ref.name;
  return { method, name, paramsJson: upstreamParams(ref, argumentsJson), asTask };
}

/** What an earlier process began, the upstream has seen. */
function notStarted({ resumed }: GovernedCall): UpstreamAnswer {
  const detail = 'stopped before dispatch';
  return { ok: false, error: { kind: 'aborted', dispatched: resumed !== undefined, detail } };
}

function send(
  deps: CallDeps,
  governed: GovernedCall,
  approvalId: ApprovalId | null,
  conversation: CallAsker | null,
): Promise<UpstreamAnswer> {
  const { resumed } = governed;
  return resumed === undefined
    ? sendFrom(deps, governed, approvalId, conversation)
    : sendAgain(deps, governed, approvalId, conversation, resumed);
}

/** Goes on with what an earlier process began. */
async function sendAgain(
  deps: CallDeps,
  governed: GovernedCall,
  approvalId: ApprovalId | null,
  conversation: CallAsker | null,
  resumed: ResumedRound | ResumedTask,
): Promise<UpstreamAnswer> {
  const from = await bookmarkOf(resumed, conversation);
  const isGivenUp = governed.place.signal.aborted || conversation?.abandoned.aborted === true;
  if (resumed.kind === 'round' && isGivenUp) return notStarted(governed);
  if (typeof from === 'string') return notGiven(from);
  const answer = await sendFrom(deps, governed, approvalId, conversation, from);
  // Whatever became of this request, the upstream has seen an earlier one.
  return answer.ok ? answer : err({ ...answer.error, dispatched: true });
}

async function sendFrom(
  deps: CallDeps,
  governed: GovernedCall,
  approvalId: ApprovalId | null,
  conversation: CallAsker | null,
  from?: UpstreamBookmark,
): Promise<UpstreamAnswer> {
  const { call, target, place } = governed;
  const { context, stream } = call;
  let isKept = false;
  const answer = await callUpstream(target.upstream, {
    caller: { principal: context.principal.id },
    target: upstreamTarget(governed),
    traceparent: context.traceparent,
    signal: conversation === null ? place.signal : AbortSignal.any([place.signal, conversation.abandoned]),
    onProgress: stream.wantsProgress
      ? (progress) => stream.progress(inspectProgress(deps, progress, governed.decision.result))
      : null,
    asker: conversation?.asker ?? null,
    log: createCallLog(deps, governed),
    onTask: async (bookmark) => {
      // First, because a host that is told of a task may come back for it after a crash.
      isKept = await keepTask(deps, governed, approvalId, bookmark);
      const hasHungUp = (await call.onTask?.()) ?? false;
      isKept &&= hasHungUp;
      return hasHungUp;
    },
    room: () => stream.room(),
    ...(from !== undefined && { from }),
  });
  if (isKept && !answer.ok && place.stoppedBy === SHUTDOWN) throw new CallLeft('the next process goes on with it');
  return answer;
}

/** Where the call goes on, or why its host gave no answers. */
async function bookmarkOf(
  resumed: ResumedRound | ResumedTask,
  conversation: CallAsker | null,
): Promise<UpstreamBookmark | string> {
  const { bookmark: text } = resumed;
  if (resumed.kind === 'task') return { text, answers: new Map() };
  const reply = await conversation?.resume(resumed);
  return reply?.kind === 'answered' ? { text, answers: reply.answers } : (reply?.detail ?? 'not-declared');
}

function notGiven(detail: string): UpstreamAnswer {
  return { ok: false, error: { kind: 'not-asked', dispatched: true, detail } };
}

const NOTHING: ReadonlySet<AskKind> = new Set();
