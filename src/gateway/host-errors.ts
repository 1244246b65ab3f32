import type { TargetKind } from '../core/catalog/target.ts';
import type { JsonObject } from '../core/json/value.ts';
import { canonicalJson } from '../core/json/canonical-json.ts';
import { GATEWAY_ERRORS, MCP_ERRORS, RPC_ERRORS } from '../core/mcp/errors.ts';
import { isModernRevision } from '../core/mcp/revisions.ts';
import { assertNever } from '../core/result.ts';
import type { ReasonCode } from '../core/policy/reasons.ts';
import type { HostError, HostResult, RequestContext } from './gateway.ts';

/** The one answer for what is hidden, never or not there: a host cannot tell which (product contract §7). */
export function unknownTarget(
  kind: TargetKind,
  { revision }: Pick<RequestContext, 'revision'>,
  exposedName: string,
): HostError {
  switch (kind) {
    case 'tool':
      return hostError(RPC_ERRORS.invalidParams, 'Unknown tool', { httpStatus: 200 });
    case 'resource': {
      const code = isModernRevision(revision) ? RPC_ERRORS.invalidParams : LEGACY_RESOURCE_NOT_FOUND;
      // What the host sent itself (MCP, "Resources", "Error Handling").
      return { ...hostError(code, 'Resource not found', { httpStatus: 200 }), data: { uri: exposedName } };
    }
    case 'prompt':
      return hostError(RPC_ERRORS.invalidParams, 'Unknown prompt', { httpStatus: 200 });
    case 'prompt-argument':
    case 'template-argument':
      return hostError(RPC_ERRORS.invalidParams, 'Unknown reference', { httpStatus: 200 });
    default:
      return assertNever(kind);
  }
}

/** Up to 2025-11-25; must not be sent from 2026-07-28 on. */
const LEGACY_RESOURCE_NOT_FOUND = -32002;

/** What was asked for cannot be given. A tool says so in its result, where the model sees it; nothing else has such a place. */
export function failedAnswer(
  kind: TargetKind,
  text: string,
  structured: JsonObject & { readonly status: string },
): HostResult | HostError {
  if (kind === 'tool') return toolErrorResult(text, structured);
  return { ...hostError(GATEWAY_ERRORS.notGiven, text, { httpStatus: 200 }), data: structured };
}

/** A modern host can declare what is missing, and call again. */
export function capabilityMissing(requiredCapabilities: JsonObject, ran = 'Nothing ran.'): HostError {
  const message = `The server behind this needs a capability that the host did not declare. ${ran}`;
  const error = hostError(MCP_ERRORS.missingClientCapability, message, { httpStatus: 400 });
  return { ...error, data: { requiredCapabilities } };
}

/** The one answer for a state that is altered, expired, used, somebody else's or of another request: a host cannot tell which. */
export function unexpectedInput(): HostError {
  const message = 'No call waits for this input. Nothing was sent. Call again without requestState and inputResponses.';
  return hostError(RPC_ERRORS.invalidParams, message, { httpStatus: 200 });
}

/** For the one who was asked: the state is theirs, and nothing can go on with it. */
export function callLost(): HostError {
  const message =
    'The gateway was restarted since this was asked, and the call that asked is over. It may have run in part: check, then start the ' +
    'call again, without requestState and inputResponses.';
  return hostError(RPC_ERRORS.invalidParams, message, { httpStatus: 200 });
}

export function invalidCursor(): HostError {
  return hostError(RPC_ERRORS.invalidParams, 'Invalid cursor. List again without one.', { httpStatus: 200 });
}

/** The one answer for a task that is unknown, over, somebody else's, or about what is no longer allowed: nobody can tell which. */
export function unknownTask(): HostError {
  return hostError(RPC_ERRORS.invalidParams, 'Unknown task', { httpStatus: 200 });
}

/** Revision 2025-11-25, "Task Cancellation". */
export function taskIsOver(): HostError {
  return hostError(RPC_ERRORS.invalidParams, 'The task cannot be cancelled any more. Ask for its result.', {
    httpStatus: 200,
  });
}

/** A call behind a task that needed no approval, and of whose end nothing is known: the gateway stopped meanwhile. */
export function outcomeLost(): HostResult | HostError {
  const text = 'The gateway stopped while the call ran, so its outcome is not known. Check before calling again.';
  return failedAnswer('tool', text, { status: 'outcome_unknown' });
}

export function callCancelled(): HostResult | HostError {
  const text = 'The call was cancelled while it ran. It may have run in part: check before calling again.';
  return failedAnswer('tool', text, { status: 'cancelled' });
}

/** A call behind a task asked its host for something, and nobody came with answers. */
export function inputNotGiven(): HostResult | HostError {
  const text = 'The call asked for input, and was not given any. It may have run in part: check before calling again.';
  return failedAnswer('tool', text, { status: 'input_unavailable', cause: 'no answer' });
}

/** It ran; what it came to is in the log by its digest. */
export function resultTooLarge(bytesMax: number): HostResult | HostError {
  const text = `The call ran, but its result is larger than the ${bytesMax} bytes that are kept for a task.`;
  return failedAnswer('tool', `${text} Check before calling again.`, { status: 'result_not_kept' });
}

export function taskNotFinished(): HostError {
  const message = 'The task is not finished. Ask again later.';
  return hostError(GATEWAY_ERRORS.overloaded, message, { httpStatus: 200, retryAfterSeconds: 5 });
}

/** The call has ended, and its host takes its result by a task or not at all. */
export function tooManyTasks(): HostError {
  const message =
    'The call has ended, but its result cannot be kept as a task. Wait until older tasks are over, or call without one.';
  return hostError(GATEWAY_ERRORS.overloaded, message, { httpStatus: 503, retryAfterSeconds: 60 });
}

/** The log cannot be written, so nothing may run. */
export function storeUnavailable(): HostError {
  const message =
    'The gateway cannot record this call, so it did not run. Try again shortly; the operator has been told.';
  return hostError(GATEWAY_ERRORS.storeUnavailable, message, { httpStatus: 503, retryAfterSeconds: 5 });
}

/** The call was dispatched, and the log failed before its outcome could be stored: the host must not see the result. */
export function outcomeNotRecorded(): HostError {
  const message =
    'The call was sent, but its outcome cannot be recorded, so its result is withheld. Check before calling again.';
  return hostError(GATEWAY_ERRORS.storeUnavailable, message, { httpStatus: 503, retryAfterSeconds: 5 });
}

/** `mayHaveRun`: the upstream saw the call before the switch ended it. */
export function stoppedBySwitch(mayHaveRun = false): HostError {
  const ran = mayHaveRun ? 'The call was under way and may have run.' : 'Nothing ran.';
  const message = `An operator has stopped this with the kill switch. ${ran} Ask the operator before trying again.`;
  return hostError(GATEWAY_ERRORS.killSwitch, message, { httpStatus: 503, retryAfterSeconds: 60 });
}

/** Not a matter of rights: somebody hears of as much already as one may. */
export function tooManySubscriptions(): HostError {
  const message = 'Too many resources are subscribed to. Unsubscribe from some first.';
  return hostError(GATEWAY_ERRORS.overloaded, message, { httpStatus: 200 });
}

export function internalError(): HostError {
  const message = 'Internal error. The call was denied. If that stays so, tell the operator of this gateway.';
  return hostError(RPC_ERRORS.internal, message, { httpStatus: 500 });
}

/**
 * A tool result that tells the model, in words and as data, that nothing ran and what would help. The `status` is what the output
 * schemas that hosts are shown admit beside the tool's own results.
 */
function toolErrorResult(text: string, structured: JsonObject & { readonly status: string }): HostResult {
  const result = { content: [{ text, type: 'text' }], isError: true, structuredContent: structured };
  return { kind: 'result', json: [Buffer.from(canonicalJson(result))] };
}

export function deniedAnswer(
  kind: TargetKind,
  code: ReasonCode,
  text: string,
  nextStep: string,
): HostResult | HostError {
  return failedAnswer(kind, `Denied, not executed: ${text} ${nextStep}`, { status: 'denied', reason: code, nextStep });
}

/** `retryAfterSeconds` is `null` where waiting does not help, or nobody can tell for how long. */
export function limitReached(kind: TargetKind, text: string, retryAfterSeconds: number | null): HostResult | HostError {
  const nextStep =
    retryAfterSeconds === null
      ? 'Ask the operator of this gateway to change the limit.'
      : `Wait ${retryAfterSeconds} seconds before trying again.`;
  const structured = { status: 'denied', reason: 'limit_reached', nextStep, retryAfterSeconds } as const;
  return failedAnswer(kind, `Denied, not executed: ${text} ${nextStep}`, structured);
}

function hostError(
  code: number,
  message: string,
  rest: { readonly httpStatus: number; readonly retryAfterSeconds?: number },
): HostError {
  const { httpStatus, retryAfterSeconds = null } = rest;
  return { kind: 'error', code, message, data: null, httpStatus, retryAfterSeconds };
}
