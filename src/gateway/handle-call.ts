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
import { loadDefinition, type NamedTool, resolveName } from './steps/resolve-tool.ts';

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
  const place = deps.inFlight.enter({ facts: killFacts, credentialId: principal.credentialId }, call.context.signal);
  try {
    return await runDecided(deps, { call, tool, decision, killFacts, place });
  } finally {
    place.leave();
  }
}

type DecidedCall = Pick<GovernedCall, 'call' | 'decision' | 'killFacts' | 'place'> & { readonly tool: NamedTool };

/**
 * INVARIANT: its place was taken in the turn in which the kill switch is first asked, so a switch is either found here or finds the call,
 * also where it is released again before the call gets any further.
 */
async function runDecided(deps: CallDeps, decided: DecidedCall): Promise<HostResult | HostError> {
  const { call, tool, decision, killFacts, place } = decided;
  const stopped = () => deny(deps, call, { code: 'kill_switch', ...decision, tool });
  if (deps.killSwitches.find(killFacts) !== null) return stopped();

  const definition = await loadDefinition(deps, tool, call.context.principal.id);
  if (place.stoppedBy === 'kill-switch') return stopped();
  if (!definition.ok) return deny(deps, call, { code: 'upstream_unavailable', ...decision, tool });
  if (definition.value === null) return deny(deps, call, { code: 'tool_unknown', ...decision, tool });

  const argumentsJson = canonicalJson(call.args);
  const governed: GovernedCall = {
    ...decided,
    definitionDigest: definition.value.digest,
    argumentsJson,
    argsDigest: argsDigest(deps.digestKey, argumentsJson),
  };
  if (decision.effect === 'approve') return callWithApproval(deps, governed);

  await recordDecision(deps, governed);
  return dispatchAllowed(deps, governed);
}
