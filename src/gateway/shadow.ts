import type { ShadowView } from '../core/admin-api/shadow-view.ts';
import { methodOf, type Target } from '../core/catalog/target.ts';
import { type KnownSecrets, redactKnownSecrets } from '../core/content/redact-arguments.ts';
import type { CompiledPolicy } from '../core/policy/compile-policy.ts';
import { decide } from '../core/policy/decide.ts';
import type { HintedWrites } from '../core/policy/hinted-writes.ts';
import type { Decision, DecisionRequest } from '../core/policy/decision.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperatorReport } from './deps.ts';
import { createShadowDifferences, type DifferenceFields } from './shadow-differences.ts';
import { reasonCodes } from './steps/record-decision.ts';

/** A candidate policy that decides beside the real one. What it says is recorded and shown, and never reaches a call. */
export interface Shadow {
  /** Decides once more, where there is a candidate. Never throws. */
  compare(call: ComparedCall, decided: Decision): void;
  /** `null`: there is none to be had. */
  view(): ShadowView | null;
  /** Loads the candidate, or loads it again. Never rejects. */
  reload(): Promise<void>;
  /** Records what was counted and not yet recorded. Never rejects. */
  flush(): Promise<void>;
}

export interface ComparedCall {
  readonly callId: string;
  readonly request: DecisionRequest & { readonly target: Target };
  /** As of the policy in force: what tools say of themselves is no difference between the two. */
  readonly hinted: HintedWrites;
}

export interface ShadowDeps {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly knownSecrets: KnownSecrets;
  readonly report: (problem: OperatorReport) => void;
  /** The candidate as its files are now, or what is wrong with them. */
  readonly load: () => Promise<CompiledPolicy | string>;
}

/** Where no candidate is configured. */
export const NO_SHADOW: Shadow = {
  compare: () => undefined,
  view: () => null,
  reload: () => Promise.resolve(),
  flush: () => Promise.resolve(),
};

export function createShadow(deps: ShadowDeps): Shadow {
  const { audit, clock, report } = deps;
  const differences = createShadowDifferences(deps);
  let policy: CompiledPolicy | null = null;
  let problem: string | null = null;
  let compared = 0;
  let loading: Promise<void> = Promise.resolve();

  async function replace(): Promise<void> {
    const loaded = await deps.load();
    if (typeof loaded === 'string') {
      problem = loaded;
      const rest = policy === null ? 'there is none' : 'the one from before stays';
      return report({ callId: null, problem: `the shadow policy cannot be used; ${rest}: ${loaded}` });
    }
    problem = null;
    if (loaded.version === policy?.version) return;
    policy = loaded;
    compared = 0;
    await differences.clear();
    const detail = `${loaded.upstreams.size} upstreams`;
    const entry = {
      kind: 'gateway',
      change: 'shadow-loaded',
      policyVersion: loaded.version,
      by: null,
      detail,
    } as const;
    await audit.record([{ ...entry, timeMs: clock.nowMs() }]);
  }

  return {
    flush: () => differences.flush(),
    compare(call, decided) {
      if (policy === null) return;
      compared += 1;
      try {
        const shadowed = decide({ ...policy, hinted: call.hinted }, call.request);
        if (shadowed.effect !== decided.effect)
          differences.count(differenceOf(deps, call, decided, shadowed), call.callId);
      } catch (error) {
        report({ callId: call.callId, problem: 'the shadow policy could not decide', error });
      }
    },
    view: () => ({
      version: policy?.version ?? null,
      files: policy?.files ?? [],
      problem,
      compared,
      ...differences.view(),
    }),
    reload() {
      loading = loading.then(replace).catch((error: unknown) => {
        report({ callId: null, problem: 'the shadow policy could not be loaded', error });
      });
      return loading;
    },
  };
}

function differenceOf(
  { knownSecrets }: ShadowDeps,
  { request }: ComparedCall,
  decided: Decision,
  shadowed: Decision,
): DifferenceFields {
  const { principal, target } = request;
  return {
    kind: 'shadow',
    principal: principal.id,
    method: methodOf(target.kind),
    upstream: target.upstream,
    tool: redactKnownSecrets(target.name, knownSecrets),
    policyVersion: decided.policyVersion,
    decision: decided.effect,
    ruleId: decided.reasons[0].ruleId,
    shadowVersion: shadowed.policyVersion,
    shadowDecision: shadowed.effect,
    shadowRuleId: shadowed.reasons[0].ruleId,
    shadowReasons: reasonCodes(shadowed.reasons),
  };
}
