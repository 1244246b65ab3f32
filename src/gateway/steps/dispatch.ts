import type { ApprovalId } from '../../core/approval/approval.ts';
import type { OutcomeCode, OutcomeEntry } from '../../core/audit/entry.ts';
import { resultDigest } from '../../core/audit/result-digest.ts';
import type { AskKind } from '../../core/conversation/ask.ts';
import { methodOf, type Target } from '../../core/catalog/target.ts';
import type { ResultDuties } from '../../core/content/shape/result-duties.ts';
import type { JsonObject } from '../../core/json/value.ts';
import { MCP_ERRORS } from '../../core/mcp/errors.ts';
import { assertNever, err } from '../../core/result.ts';
import { upstreamParams } from '../../core/mcp/upstream-params.ts';
import { SHUTDOWN, type UpstreamBookmark, type UpstreamResult, type UpstreamTarget } from '../../ports/upstream.ts';
import { CallLeft } from '../call-left.ts';
import type { CallDeps } from '../deps.ts';
import type { HostCall, HostError, HostResult } from '../gateway.ts';
import type { GovernedCall, ResumedRound, ResumedTask } from '../governed-call.ts';
import { failedAnswer, outcomeLost, outcomeNotRecorded, stoppedBySwitch, unknownTarget } from '../host-errors.ts';
import { type CallAsker, createAsker } from './create-asker.ts';
import { createCallLog } from './call-log.ts';
import { callUpstream, type UpstreamAnswer } from './call-upstream.ts';
import { keepTask } from './keep-task.ts';
import { declarationMissing, missingCapability } from './missing-capability.ts';
import { passUpstreamResult } from './pass-upstream-result.ts';
import { screenPage } from './screen-page.ts';
import { inspectProgress, inspectResult } from './inspect-result.ts';

/** What became of a dispatched call: for the log, and for the host once the log has it. */
export interface Outcome {
  readonly entry: OutcomeEntry;
  readonly answer: HostResult | HostError;
  /** The upstream's own result, where there is one. */
  readonly result: UpstreamResult | null;
}

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
  return describe(deps, answer, ran);
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

async function send(
  deps: CallDeps,
  governed: GovernedCall,
  approvalId: ApprovalId | null,
  conversation: CallAsker | null,
): Promise<UpstreamAnswer> {
  const { call, target, place, resumed } = governed;
  const { context, stream } = call;
  const from = resumed === undefined ? undefined : await bookmarkOf(resumed, conversation);
  const isGivenUp = place.signal.aborted || conversation?.abandoned.aborted === true;
  if (resumed?.kind === 'round' && isGivenUp) return notStarted(governed);
  if (typeof from === 'string') return notGiven(from);
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
  // Whatever became of this request, the upstream has seen an earlier one.
  return answer.ok || from === undefined ? answer : err({ ...answer.error, dispatched: true });
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

interface Ran {
  readonly call: HostCall;
  readonly target: Target;
  readonly duties: ResultDuties | null;
  readonly outputSchema: JsonObject | null;
  readonly approvalId: ApprovalId | null;
  readonly startedMs: number;
  readonly killed: boolean;
  /** An earlier process saw the upstream make a task of it. */
  readonly isLeftTask: boolean;
  /** What the upstream asked for and the host did not declare. */
  readonly undeclared: ReadonlySet<AskKind>;
}

async function describe(deps: CallDeps, answer: UpstreamAnswer, ran: Ran): Promise<Outcome> {
  // As the host will see it; what is recorded is recorded of that.
  const missing = declarationMissing(ran.call.context, ran.undeclared, answer);
  const said = missing === null && answer.ok && answer.value.kind === 'result' ? answer.value : null;
  const { duties, outputSchema, call } = ran;
  const { upstream } = ran.target;
  const { callId, revision } = call.context;
  const passed = said === null ? null : passUpstreamResult(deps, said, { upstream, revision });
  const screened = passed === null || screenPage(deps, ran.target, passed);
  const isShown = typeof screened === 'boolean' ? screened : await screened;
  const inspecting =
    passed === null || !isShown ? null : inspectResult(deps, passed, { duties, outputSchema, upstream, callId });
  const inspected = inspecting instanceof Promise ? await inspecting : inspecting;
  const refused = isShown ? missing : unknownTarget(call.kind, call.context, call.exposedName);
  const result = inspected?.result ?? null;
  const code = outcomeCode(answer, ran);
  const entry: OutcomeEntry = {
    kind: 'outcome',
    timeMs: deps.clock.nowMs(),
    callId,
    outcome: code,
    approvalId: ran.approvalId,
    resultDigest: result === null ? null : resultDigest(result.json, result.jsonBytes),
    resultBytes: result?.jsonBytes ?? null,
    latencyMs: Math.round((deps.clock.monotonicMs() - ran.startedMs) * 1000) / 1000,
    detail: inspected?.note ?? detailOf(answer, { isShown, isDeclared: missing === null }),
  };
  return {
    entry,
    result,
    answer:
      result === null
        ? (refused ?? answerWithoutResult(deps, ran, answer, code))
        : { kind: 'result', json: result.json },
  };
}

function outcomeCode(answer: UpstreamAnswer, { killed, isLeftTask }: Ran): OutcomeCode {
  if (answer.ok) {
    if (answer.value.kind === 'rpc-error') return 'upstream-error';
    return answer.value.isError ? 'tool-error' : 'ok';
  }
  const { kind, dispatched } = answer.error;
  if (kind === 'aborted' || kind === 'unread') return killed ? 'killed' : 'aborted';
  if (!dispatched) return 'not-dispatched';
  switch (kind) {
    case 'timeout':
      return 'timeout';
    case 'unreachable':
    case 'overloaded':
      return 'upstream-unreachable';
    case 'invalid-answer':
      // It does not know the task any more, most likely.
      return isLeftTask ? 'unknown' : 'upstream-error';
    case 'too-large':
    case 'not-asked':
      return 'upstream-error';
    default:
      return assertNever(kind);
  }
}

/** The upstream's own words stay with the operator: they may hold its credentials, addresses or instructions to a model. */
function answerWithoutResult(
  deps: CallDeps,
  { call, target: { upstream } }: Ran,
  answer: UpstreamAnswer,
  outcome: OutcomeCode,
): HostResult | HostError {
  if (outcome === 'killed') return stoppedBySwitch(!answer.ok && answer.error.dispatched);
  if (outcome === 'unknown') return outcomeLost();
  if (answer.ok) {
    const code = answer.value.kind === 'rpc-error' ? answer.value.code : 0;
    if (answer.value.kind === 'rpc-error' && code === MCP_ERRORS.missingClientCapability) {
      const missing = missingCapability(call.context, deps.askRules(upstream), answer.value.data);
      if (missing !== null) return missing;
    }
    // What the upstream does not have is answered like what is denied, in the words of the host's era.
    if (call.kind === 'resource' && NOT_FOUND_CODES.has(code))
      return unknownTarget(call.kind, call.context, call.exposedName);
    const why = code === -32602 ? 'It did not accept the arguments.' : `It answered with error ${code}.`;
    return failedAnswer(call.kind, `The server behind it refused the call. ${why}`, {
      status: 'upstream_error',
      code,
    });
  }
  const { kind, dispatched, detail } = answer.error;
  if (kind === 'not-asked') return notAsked(call, detail);
  const ran = dispatched ? 'It may have run: check before calling again.' : 'It did not run: it is safe to call again.';
  const why = kind === 'unread' ? ' Answers to earlier calls are not read yet, and left no room for this one.' : '';
  return failedAnswer(call.kind, `The call failed (${kind}).${why} ${ran}`, {
    status: 'failed',
    cause: kind,
    mayHaveRun: dispatched,
  });
}

/** Up to 2025-11-25, and from 2026-07-28 on. */
const NOT_FOUND_CODES: ReadonlySet<number> = new Set([-32002, -32602]);

/** `detail` is of a closed list: what was asked for, and why not. */
function notAsked(call: HostCall, detail: string): HostResult | HostError {
  const text =
    `The server behind it asked for input, and was not given any (${detail}). It may have run in part: check before calling again. ` +
    'Use a host that can be asked, or ask the operator to allow this.';
  return failedAnswer(call.kind, text, { status: 'input_unavailable', cause: detail });
}

function detailOf(
  answer: UpstreamAnswer,
  { isShown, isDeclared }: { readonly isShown: boolean; readonly isDeclared: boolean },
): string | null {
  if (!isDeclared) return 'the host did not declare what was asked for';
  if (!isShown) return 'a page that is in quarantine';
  if (!answer.ok) return `${answer.error.kind}: ${answer.error.detail}`;
  return answer.value.kind === 'rpc-error' ? `JSON-RPC error ${answer.value.code}` : null;
}
