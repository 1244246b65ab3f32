import type { ExplainedPerson } from '../../core/admin-api/explanation-view.ts';
import type { ToolView } from '../../core/admin-api/policy-view.ts';
import type { ToolDefinition } from '../../core/catalog/tool.ts';
import { isToolName } from '../../core/catalog/tool-name.ts';
import type { Principal, PrincipalId } from '../../core/identity/principal.ts';
import { GATEWAY_ISSUER } from '../../core/identity/token-format.ts';
import type { CompiledPolicy } from '../../core/policy/compile-policy.ts';
import { decide } from '../../core/policy/decide.ts';
import type { DecisionRequest } from '../../core/policy/decision.ts';
import { explain } from '../../core/policy/explain.ts';
import { viewDecision } from '../../core/policy/view-decision.ts';
import { err, ok } from '../../core/result.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TokenStore } from '../../ports/token-store.ts';
import type { Upstream } from '../../ports/upstream.ts';
import type { Administration, ImaginedPerson, PolicyQuestion } from '../administration.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Pins } from '../pins.ts';
import type { Shadow } from '../shadow.ts';
import { checkRole, notFound, withStore } from './admin-fault.ts';
import { lintPinned } from '../lint-pinned.ts';
import { viewPolicy } from './view-policy.ts';

export interface PolicyAdminDeps {
  readonly policy: () => CompiledPolicy;
  readonly catalogue: Catalogue;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly pins: Pins;
  readonly shadow: Shadow;
  readonly tokens: TokenStore;
  readonly clock: Clock;
}

type PolicyAdministration = Pick<
  Administration,
  'showPolicy' | 'showShadow' | 'explainPolicy' | 'simulatePolicy' | 'listTools'
>;

/** What is in force, what it would decide, and what it makes of the tools that there are. */
export function createPolicyAdministration(deps: PolicyAdminDeps): PolicyAdministration {
  return {
    showPolicy: (by) => {
      const fault = checkRole(by, 'operator', 'approver', 'auditor', 'viewer');
      if (fault !== null) return err(fault);
      const policy = deps.policy();
      return ok(viewPolicy(policy, lintPinned(policy, deps.pins.list())));
    },
    showShadow: (by) => {
      const fault = checkRole(by, 'operator', 'approver', 'auditor', 'viewer');
      return fault === null ? ok(deps.shadow.view()) : err(fault);
    },
    explainPolicy: (by, imagined, question) => {
      // Which groups somebody's token has is told to those who may see tokens, and to those who decide on calls.
      const fault = checkRole(by, 'operator', 'approver', 'auditor');
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(async () => {
        const as = await fillIn(deps, imagined);
        const { decision, rules } = explain(deps.policy(), requestOf(deps, as, imagined, question));
        return ok({ as, target: question.target, decision: viewDecision(decision), rules });
      });
    },
    simulatePolicy: (by, imagined, questions) => {
      const fault = checkRole(by, 'operator', 'approver', 'auditor');
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(async () => {
        const as = await fillIn(deps, imagined);
        const policy = deps.policy();
        const decisions = (questions ?? everyTool(policy)).map((question) => {
          const decision = decide(policy, requestOf(deps, as, imagined, question));
          return { target: question.target, decision: viewDecision(decision) };
        });
        return ok({ as, policyVersion: policy.version, decisions });
      });
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

/** Who names neither groups nor scopes means the person as the gateway knows them: by the newest token that they could use now. */
async function fillIn(deps: PolicyAdminDeps, person: ImaginedPerson): Promise<ExplainedPerson> {
  const { user, groups, scopes, tenant, client } = person;
  const nowMs = deps.clock.nowMs();
  const isLive = (token: { readonly revokedMs: number | null; readonly expiresMs: number }): boolean =>
    token.revokedMs === null && token.expiresMs > nowMs;
  const known = groups === null && scopes === null ? await deps.tokens.list() : [];
  const [newest] = known
    .filter((token) => token.plane === 'mcp' && token.user === user && isLive(token))
    .toSorted((a, b) => b.createdMs - a.createdMs);
  return {
    user,
    groups: groups ?? newest?.groups ?? [],
    scopes: scopes ?? newest?.scopes ?? [],
    tenant,
    client: client ?? newest?.id ?? 'explain',
    from: newest === undefined ? 'request' : 'token',
  };
}

function requestOf(
  { clock }: PolicyAdminDeps,
  { user, groups, scopes, tenant, client, from }: ExplainedPerson,
  { nowMs }: ImaginedPerson,
  { target, args }: PolicyQuestion,
): DecisionRequest {
  const principal: Principal = {
    id: user as PrincipalId,
    name: user,
    groups,
    scopes,
    tenant,
    client,
    credentialId: client,
    issuer: from === 'token' ? GATEWAY_ISSUER : 'explain',
    resources: null,
  };
  return { principal, target, args, nowMs: nowMs ?? clock.nowMs() };
}

/** Those that lists of classes spell out. */
function everyTool({ upstreams }: CompiledPolicy): readonly PolicyQuestion[] {
  return [...upstreams.values()].flatMap(({ name: upstream, classified }) =>
    [...new Set(classified)]
      .filter((name) => isToolName(name))
      .map((name) => ({ target: { kind: 'tool', upstream, name } as const, args: null })),
  );
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
