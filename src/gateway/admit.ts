import { StoreError } from '../ports/store-error.ts';
import { CallLeft } from './call-left.ts';
import type { CallDeps } from './deps.ts';
import type { HostError, RequestContext } from './gateway.ts';
import { internalError, stoppedBySwitch, storeUnavailable } from './host-errors.ts';
import { requestFields } from './steps/record-decision.ts';

/** Decides on a request that is about no one tool, and records it. `null`: it may be answered. */
export async function admit(deps: CallDeps, context: RequestContext, method: string): Promise<HostError | null> {
  const { principal, endpoint } = context;
  const upstream = endpoint.kind === 'one' ? endpoint.upstream : null;
  const facts = { principal: principal.id, client: principal.client, upstream: null, tool: null, class: null };
  const stopped = deps.killSwitches.find(facts) !== null;
  await deps.audit.record([
    {
      ...requestFields(deps, context, method),
      upstream,
      tool: null,
      definitionDigest: null,
      class: null,
      policyVersion: deps.policy().version,
      decision: stopped ? 'deny' : 'allow',
      ruleId: null,
      reasons: [stopped ? 'kill_switch' : 'method_allowed'],
      argsDigest: null,
      approvalId: null,
      payload: null,
    },
  ]);
  return stopped ? stoppedBySwitch() : null;
}

/** The one place where a step that threw becomes a denial. A store that cannot record is said to be just that. */
export async function failClosed<T>(
  deps: CallDeps,
  { callId }: RequestContext,
  answer: () => Promise<T>,
): Promise<T | HostError> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof CallLeft) return storeUnavailable();
    deps.report({ callId, problem: 'a request was denied because a step failed', error });
    return error instanceof StoreError ? storeUnavailable() : internalError();
  }
}
