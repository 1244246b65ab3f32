import type { ApprovalId } from '../../core/approval/approval.ts';
import type { OutcomeCode, OutcomeEntry } from '../../core/audit/entry.ts';
import { resultDigest } from '../../core/audit/result-digest.ts';
import type { Target } from '../../core/catalog/target.ts';
import type { ResultDuties } from '../../core/content/shape/result-duties.ts';
import type { AskKind } from '../../core/conversation/ask.ts';
import type { JsonObject } from '../../core/json/value.ts';
import { MCP_ERRORS } from '../../core/mcp/errors.ts';
import { assertNever } from '../../core/result.ts';
import type { Soon } from '../../core/soon.ts';
import type { UpstreamResult } from '../../ports/upstream.ts';
import type { CallDeps } from '../deps.ts';
import type { HostCall, HostError, HostResult } from '../gateway.ts';
import { failedAnswer, outcomeLost, stoppedBySwitch, unknownTarget } from '../host-errors.ts';
import type { UpstreamAnswer } from './call-upstream.ts';
import { type InspectedResult, inspectResult } from './inspect-result.ts';
import { declarationMissing, missingCapability } from './missing-capability.ts';
import { passUpstreamResult } from './pass-upstream-result.ts';
import { screenPage } from './screen-page.ts';

/** What became of a dispatched call: for the log, and for the host once the log has it. */
export interface Outcome {
  readonly entry: OutcomeEntry;
  readonly answer: HostResult | HostError;
  /** The upstream's own result, where there is one. */
  readonly result: UpstreamResult | null;
}

/** A call that was sent, or stopped just before. */
export interface Ran {
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

/** As the host will see it; what is recorded is recorded of that. */
export function describeOutcome(deps: CallDeps, answer: UpstreamAnswer, ran: Ran): Soon<Outcome> {
  const { call, target, undeclared } = ran;
  const missing = declarationMissing(call.context, undeclared, answer);
  const said = missing === null && answer.ok && answer.value.kind === 'result' ? answer.value : null;
  if (said === null) return outcomeOf(deps, answer, ran, { isShown: true, missing, inspected: null });
  const passed = passUpstreamResult(deps, said, { upstream: target.upstream, revision: call.context.revision });
  const screened = screenPage(deps, target, passed);
  return screened instanceof Promise
    ? screened.then((isShown) => describeShown(deps, answer, ran, isShown ? passed : null))
    : describeShown(deps, answer, ran, screened ? passed : null);
}

/** `passed` is `null` for a page that nobody may see yet. */
function describeShown(deps: CallDeps, answer: UpstreamAnswer, ran: Ran, passed: UpstreamResult | null): Soon<Outcome> {
  if (passed === null) return outcomeOf(deps, answer, ran, { isShown: false, missing: null, inspected: null });
  const { duties, outputSchema, call, target } = ran;
  const { callId } = call.context;
  const inspecting = inspectResult(deps, passed, { duties, outputSchema, upstream: target.upstream, callId });
  const end = (inspected: InspectedResult): Outcome =>
    outcomeOf(deps, answer, ran, { isShown: true, missing: null, inspected });
  return inspecting instanceof Promise ? inspecting.then(end) : end(inspecting);
}

/** What is known of an answer once it was looked at. */
interface LookedAt {
  readonly isShown: boolean;
  readonly missing: HostError | null;
  /** `null`: it has no result, or none that is shown. */
  readonly inspected: InspectedResult | null;
}

function outcomeOf(
  deps: CallDeps,
  answer: UpstreamAnswer,
  ran: Ran,
  { isShown, missing, inspected }: LookedAt,
): Outcome {
  const { call } = ran;
  const refused = isShown ? missing : unknownTarget(call.kind, call.context, call.exposedName);
  const result = inspected?.result ?? null;
  const code = outcomeCode(answer, ran);
  const entry: OutcomeEntry = {
    kind: 'outcome',
    timeMs: deps.clock.nowMs(),
    callId: call.context.callId,
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
