import type { PolicyView, ToolView } from '../../core/admin-api/policy-view.ts';
import type { ToolDefinition } from '../../core/catalog/tool.ts';
import type { CompiledPolicy } from '../../core/policy/compile-policy.ts';
import { err, ok } from '../../core/result.ts';
import type { Upstream } from '../../ports/upstream.ts';
import type { Administration } from '../administration.ts';
import type { Catalogue } from '../catalogue.ts';
import { checkRole, notFound } from './admin-fault.ts';

export interface PolicyAdminDeps {
  readonly policy: () => CompiledPolicy;
  readonly environment: string;
  readonly catalogue: Catalogue;
  readonly upstreams: ReadonlyMap<string, Upstream>;
}

/** What is in force, and what it makes of the tools that there are. */
export function createPolicyAdministration(deps: PolicyAdminDeps): Pick<Administration, 'showPolicy' | 'listTools'> {
  return {
    showPolicy: (by) => {
      const fault = checkRole(by, 'operator', 'approver', 'auditor', 'viewer');
      return fault === null ? ok(policyView(deps.policy(), deps.environment)) : err(fault);
    },
    listTools: async (by, name) => {
      // Listing asks the upstream, and can start its process: not for those who only look.
      const fault = checkRole(by, 'operator', 'approver', 'auditor');
      if (fault !== null) return err(fault);
      const upstream = deps.upstreams.get(name);
      if (upstream === undefined) return err(notFound('upstream'));
      const listed = await deps.catalogue.list('tools', upstream, by.user);
      if (!listed.ok) {
        const help = 'Look at its state, and at the log of the gateway.';
        return err({ kind: 'unavailable', message: 'the upstream does not list its tools now', help });
      }
      const policy = deps.policy();
      return ok([...listed.value.byName.values()].map((tool) => toolView(policy, name, tool)));
    },
  };
}

function policyView({ version, upstreams, warnings }: CompiledPolicy, environment: string): PolicyView {
  return {
    version,
    environment,
    upstreams: [...upstreams.values()].map(({ name, place, rules }) => ({
      name,
      place,
      rules: rules.map(({ rule, place: rulePlace }) => ({
        id: rule.id,
        effect: rule.effect,
        reason: rule.reason,
        place: rulePlace,
      })),
    })),
    warnings: warnings.map(({ place, message }) => ({ place, message })),
  };
}

const DESCRIPTION_CHARS_MAX = 1000;

function toolView(policy: CompiledPolicy, upstream: string, { name, definition, digest }: ToolDefinition): ToolView {
  const plan = policy.upstreams.get(upstream)?.planFor({ kind: 'tool', name }) ?? null;
  const { description } = definition;
  return {
    name,
    classes: plan === null ? [] : plan.classifier.possible,
    definitionDigest: digest,
    description: typeof description === 'string' ? description.slice(0, DESCRIPTION_CHARS_MAX) : null,
  };
}
