import type { ArgsDigest } from '../core/approval/approval.ts';
import type { DefinitionDigest } from '../core/catalog/tool.ts';
import type { KillFacts } from '../core/kill-switch/kill-switch.ts';
import type { Decision } from '../core/policy/decision.ts';
import type { ToolCall } from './gateway.ts';
import type { Place } from './in-flight.ts';
import type { NamedTool } from './steps/resolve-tool.ts';

/** A call that policy does not deny: everything the later steps need, computed once. */
export interface GovernedCall {
  readonly call: ToolCall;
  readonly tool: NamedTool;
  readonly decision: Exclude<Decision, { effect: 'deny' }>;
  readonly definitionDigest: DefinitionDigest;
  /** Canonical JSON of the arguments: what was decided on, what is bound, and what is sent. */
  readonly argumentsJson: string;
  readonly argsDigest: ArgsDigest;
  readonly killFacts: KillFacts;
  /** Where a kill switch or a revocation finds the call until it ends. */
  readonly place: Place;
}

export function killFactsOf(call: ToolCall, tool: NamedTool, decision: Decision): KillFacts {
  const { principal } = call.context;
  return { principal: principal.id, client: principal.client, ...tool.ref, class: decision.class };
}
