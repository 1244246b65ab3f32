import type { Principal } from '../core/identity/principal.ts';
import type { JsonObject } from '../core/json/value.ts';
import { decide } from '../core/policy/decide.ts';
import type { Decision, PolicyVersion } from '../core/policy/decision.ts';
import type { ReasonCode } from '../core/policy/reasons.ts';
import { redactName } from '../core/content/redact-name.ts';
import type { CallDeps } from './deps.ts';
import type { HostError, RequestContext } from './gateway.ts';
import { stoppedBySwitch, unknownTarget } from './host-errors.ts';
import { reasonCodes, requestFields } from './steps/record-decision.ts';
import { type NamedTarget, resolveTarget } from './steps/resolve-target.ts';
import type { ResourceRef } from './subscriptions/listener.ts';

/** Who may hear of a resource: whoever may read it, asked of the same `decide` that a reading is asked of. */
export interface ResourceRights {
  /** Decides on a subscription and records the decision: the resource that the URI stands for at this endpoint, or why not. */
  decide(context: RequestContext, method: string, uri: string): Promise<ResourceRef | HostError>;
  /** Whether this person may read it now. Not recorded: it is asked for every notification. */
  mayRead(principal: Principal, resource: ResourceRef): boolean;
}

export function createResourceRights(deps: CallDeps): ResourceRights {
  return {
    async decide(context, method, uri) {
      const { principal } = context;
      const policy = deps.policy();
      const target = await resolveTarget(deps, { kind: 'resource', context, exposedName: uri });
      const decision =
        target === null
          ? null
          : decide(policy, { principal, target: target.ref, args: NO_ARGUMENTS, nowMs: deps.clock.nowMs() });
      const upstream = target?.ref.upstream ?? null;
      const facts = { principal: principal.id, client: principal.client, upstream, tool: null, class: null };
      const isStopped = deps.killSwitches.find(facts) !== null;
      // Nobody can be asked for each change, so what needs an approval to be read is not heard of.
      const isAllowed = decision?.effect === 'allow' && !isStopped;
      const codes = isStopped ? (['kill_switch'] as const) : codesOf(decision);
      await record(deps, context, { method, uri, target, decision, isAllowed, codes, policyVersion: policy.version });
      if (isStopped) return stoppedBySwitch();
      if (target === null || !isAllowed) return unknownTarget('resource', context, uri);
      return { upstream: target.ref.upstream, uri: target.ref.name };
    },
    mayRead(principal, { upstream, uri }) {
      const target = { kind: 'resource', upstream, name: uri } as const;
      return (
        decide(deps.policy(), { principal, target, args: NO_ARGUMENTS, nowMs: deps.clock.nowMs() }).effect === 'allow'
      );
    },
  };
}

const NO_ARGUMENTS: JsonObject = Object.freeze(Object.setPrototypeOf({}, null) as JsonObject);

function codesOf(decision: Decision | null): readonly ReasonCode[] {
  return decision === null ? ['target_unknown'] : reasonCodes(decision.reasons);
}

interface Decided {
  readonly method: string;
  readonly uri: string;
  readonly target: NamedTarget | null;
  readonly decision: Decision | null;
  readonly isAllowed: boolean;
  readonly codes: readonly ReasonCode[];
  readonly policyVersion: PolicyVersion;
}

async function record(deps: CallDeps, context: RequestContext, decided: Decided): Promise<void> {
  const { method, uri, target, decision, isAllowed, codes, policyVersion } = decided;
  await deps.audit.record([
    {
      ...requestFields(deps, context, method),
      upstream: target?.ref.upstream ?? null,
      tool: redactName(target?.ref.name ?? uri, deps.knownSecrets),
      definitionDigest: null,
      class: decision?.class ?? null,
      policyVersion,
      decision: isAllowed ? 'allow' : 'deny',
      ruleId: decision?.reasons[0].ruleId ?? null,
      reasons: codes,
      argsDigest: null,
      approvalId: null,
      payload: { uri: redactName(uri, deps.knownSecrets) },
    },
  ]);
}
