import { argsDigest } from '../core/approval/args-digest.ts';
import { canonicalJson } from '../core/json/canonical-json.ts';
import { decide } from '../core/policy/decide.ts';
import type { CallDeps } from './deps.ts';
import type { HostError, HostResult, ToolCall } from './gateway.ts';
import { type GovernedCall, killFactsOf } from './governed-call.ts';
import { callWithApproval } from './steps/call-with-approval.ts';
import { deny, denyByPolicy } from './steps/deny.ts';
import { dispatchAllowed } from './steps/dispatch.ts';
import { recordDecision } from './steps/record-decision.ts';
import { loadDefinition, resolveName } from './steps/resolve-tool.ts';

/**
 * One governed call from beginning to end. A step that ends the call has recorded it. Throws what a step throws; its caller makes
 * that a denial.
 */
export async function handleCall(deps: CallDeps, call: ToolCall): Promise<HostResult | HostError> {
  const { principal } = call.context;
  const policy = deps.policy();

  const tool = await resolveName(deps, call);
  if (tool === null) return deny(deps, call, { code: 'tool_unknown', policyVersion: policy.version });

  const decision = decide(policy, { principal, ...tool.ref, args: call.args });
  if (decision.effect === 'deny') return denyByPolicy(deps, call, tool, decision);

  const killFacts = killFactsOf(call, tool, decision);
  if (deps.killSwitches.find(killFacts) !== null) return deny(deps, call, { code: 'kill_switch', ...decision, tool });

  const definition = await loadDefinition(deps, tool, principal.id);
  if (!definition.ok) return deny(deps, call, { code: 'upstream_unavailable', ...decision, tool });
  if (definition.value === null) return deny(deps, call, { code: 'tool_unknown', ...decision, tool });

  const argumentsJson = canonicalJson(call.args);
  const governed: GovernedCall = {
    call,
    tool,
    decision,
    definitionDigest: definition.value.digest,
    argumentsJson,
    argsDigest: argsDigest(deps.digestKey, argumentsJson),
    killFacts,
  };
  if (decision.effect === 'approve') return callWithApproval(deps, governed);

  await recordDecision(deps, governed);
  return dispatchAllowed(deps, governed);
}
