import { argsDigest } from '../../core/approval/args-digest.ts';
import { methodOf, type TargetKind } from '../../core/catalog/target.ts';
import type { ToolClass } from '../../core/catalog/tool.ts';
import { redactArguments } from '../../core/content/redact-arguments.ts';
import { redactName } from '../../core/content/redact-name.ts';
import { canonicalJson } from '../../core/json/canonical-json.ts';
import type { Decision, PolicyVersion } from '../../core/policy/decision.ts';
import type { ReasonCode } from '../../core/policy/reasons.ts';
import type { CallDeps } from '../deps.ts';
import type { HostCall, HostError, HostResult } from '../gateway.ts';
import {
  callLost,
  deniedAnswer,
  failedAnswer,
  stoppedBySwitch,
  unexpectedInput,
  unknownTarget,
} from '../host-errors.ts';
import type { ArgumentsFault } from './check-arguments.ts';
import { PREVIEW, reasonCodes, requestFields } from './record-decision.ts';
import type { NamedTarget } from './resolve-target.ts';

/** A denial that policy did not speak: the name, the upstream or the kill switch stood in the way. */
export interface Denial {
  readonly code:
    | 'unknown'
    | 'kill_switch'
    | 'upstream_unavailable'
    | 'approval_backlog'
    | 'approval_preview'
    | 'arguments_not_shown'
    | 'arguments_too_large'
    | 'input_unexpected'
    | 'call_lost'
    | 'identical_calls';
  readonly policyVersion: PolicyVersion;
  readonly target?: NamedTarget;
  readonly class?: ToolClass;
}

export async function deny(deps: CallDeps, call: HostCall, denial: Denial): Promise<HostResult | HostError> {
  await recordDenial(deps, call, {
    ...denial,
    ruleId: null,
    codes: [denial.code === 'unknown' ? unknownCode(call.kind) : denial.code],
  });
  switch (denial.code) {
    case 'unknown':
      return unknownTarget(call.kind, call.context, call.exposedName);
    case 'kill_switch':
      return stoppedBySwitch();
    case 'upstream_unavailable':
      return deniedAnswer(call.kind, denial.code, 'the server behind it is not available.', 'Try again later.');
    case 'identical_calls':
      return deniedAnswer(
        call.kind,
        denial.code,
        'the same call came too often in a short time.',
        'Do not repeat it; do something else.',
      );
    case 'input_unexpected':
      return unexpectedInput();
    case 'call_lost':
      return callLost();
    case 'arguments_not_shown':
      return deniedAnswer(
        call.kind,
        denial.code,
        'a person must confirm this call by typing a value of its arguments, and the value is missing or cannot be typed.',
        'Give it as a short plain text.',
      );
    case 'approval_preview':
      return deniedAnswer(call.kind, denial.code, 'the read for a preview must be allowed as it is.', 'Allow it.');
    case 'approval_backlog':
      return deniedAnswer(
        call.kind,
        denial.code,
        'too many approvals are waiting.',
        'Wait until some are decided, then call again.',
      );
    case 'arguments_too_large':
      return deniedAnswer(
        call.kind,
        denial.code,
        'a person must approve this call, and its arguments are too large to be looked at.',
        'Do it in smaller pieces.',
      );
  }
}

function unknownCode(kind: TargetKind): ReasonCode {
  return kind === 'tool' ? 'tool_unknown' : 'target_unknown';
}

type PolicyDenial = Extract<Decision, { effect: 'deny' }>;

/** The arguments are not what the tool takes. Its schema is no secret: whoever gets this may see the tool. */
export async function denyArguments(
  deps: CallDeps,
  call: HostCall,
  { code, faults }: ArgumentsFault,
  denial: Omit<Denial, 'code'>,
): Promise<HostResult | HostError> {
  await recordDenial(deps, call, { ...denial, ruleId: null, codes: [code] });
  const [text, nextStep] = ARGUMENTS_TEXT[code];
  const list = faults.map((fault) => `\n- ${fault}`).join('');
  return failedAnswer(call.kind, `Denied, not executed: ${text}${list === '' ? ' ' : `${list}\n`}${nextStep}`, {
    status: 'denied',
    reason: code,
    problems: faults,
    nextStep,
  });
}

const ARGUMENTS_TEXT: Readonly<Record<ArgumentsFault['code'], readonly [string, string]>> = {
  arguments_invalid: ['the arguments do not fit the schema of the tool.', 'Correct them, then call again.'],
  arguments_undeclared: ['the schema of the tool does not name these arguments.', 'Leave them out, then call again.'],
  arguments_redacted: [
    'an argument holds a marker such as [redacted:token], which stands for something that was not shown to you.',
    'Do not write it back. Leave that part as it is, or ask a person to do it.',
  ],
  schema_unusable: [
    'the schema of the tool cannot be used to check arguments.',
    'Ask the operator of this gateway to look at the tool.',
  ],
};

export async function denyByPolicy(
  deps: CallDeps,
  call: HostCall,
  target: NamedTarget,
  decision: PolicyDenial,
): Promise<HostResult | HostError> {
  const [reason] = decision.reasons;
  const codes = reasonCodes(decision.reasons);
  await recordDenial(deps, call, { ...decision, target, ruleId: reason.ruleId, codes });
  // Whether a resource or prompt exists is nobody's business who may not have it, whichever rule said so.
  if (decision.hidden || call.kind !== 'tool') return unknownTarget(call.kind, call.context, call.exposedName);
  const nextStep =
    decision.missingScopes.length > 0
      ? `Ask for a token with the scope ${decision.missingScopes.join(' ')}.`
      : 'If you need this, ask the operator of this gateway to change the policy.';
  return deniedAnswer(call.kind, reason.code, reason.text, nextStep);
}

interface RecordedDenial {
  readonly policyVersion: PolicyVersion;
  readonly target?: NamedTarget;
  readonly class?: ToolClass;
  readonly ruleId: string | null;
  readonly codes: readonly ReasonCode[];
}

/**
 * Arguments of a denied call that are recorded; of longer ones, that they were longer. Whoever has no right at all could fill the disk with
 * them otherwise. The digest tells exactly what they were, in either case.
 */
const DENIED_ARGUMENTS_CHARS_MAX = 16 * 1024;

export async function recordDenial(deps: CallDeps, call: HostCall, denial: RecordedDenial): Promise<void> {
  const argumentsJson = canonicalJson(call.args);
  const isLong = argumentsJson.length > DENIED_ARGUMENTS_CHARS_MAX;
  await deps.audit.record([
    {
      ...requestFields(deps, call.context, methodOf(call.kind)),
      upstream: denial.target?.ref.upstream ?? null,
      // The name as it was asked for, where it stands for nothing: an operator wants to see what was tried.
      tool: redactName(denial.target?.ref.name ?? call.exposedName, deps.knownSecrets),
      definitionDigest: null,
      class: denial.class ?? null,
      policyVersion: denial.policyVersion,
      decision: 'deny',
      ruleId: denial.ruleId,
      reasons: call.previewOf === undefined ? denial.codes : [...new Set([...denial.codes, PREVIEW])],
      argsDigest: argsDigest(deps.digestKey, argumentsJson),
      approvalId: call.previewOf ?? null,
      payload: isLong
        ? { '[omitted]': `${argumentsJson.length} characters` }
        : redactArguments(call.args, deps.knownSecrets),
    },
  ]);
  // What the gateway tries for an approver, the requester has not tried.
  if (call.previewOf !== undefined) return;
  const upstream = denial.target?.ref.upstream ?? null;
  deps.watch.denied(deps.policy(), { principal: call.context.principal.id, upstream, codes: denial.codes });
}
