import type { Principal, PrincipalId } from '../../src/core/identity/principal.ts';
import { type CompiledPolicy, compilePolicy, type PolicyOptions } from '../../src/core/policy/compile-policy.ts';
import { policyFileSchema } from '../../src/core/policy/policy-schema.ts';

export const POLICY_OPTIONS: PolicyOptions = {
  environment: 'prod',
  unclassified: 'deny',
  approvalExpiresMs: 1_800_000,
  approversMin: 1,
  appUpstreams: [],
};

/** Where policies are checked without the tools of any upstream. */
export const NO_TOOLS: ReadonlyMap<string, readonly []> = new Map();

/** When the calls of tests come. */
export const NOW_MS: number = Date.UTC(2026, 10, 20);

/** A policy from files as a person would write them, `version` left out. Throws where they are wrong. */
export function policyOf(files: readonly object[], options: Partial<PolicyOptions> = {}): CompiledPolicy {
  const sources = files.map((file, index) => ({
    name: `${index}.yaml`,
    file: policyFileSchema.parse({ version: 1, ...file }),
    placeOf: (path: readonly (string | number)[]) => `${index}.yaml:${path.join('.')}`,
  }));
  const compiled = compilePolicy(sources, { ...POLICY_OPTIONS, ...options });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
}

export function principalOf(
  rights: Partial<Pick<Principal, 'groups' | 'scopes'>> & { readonly user?: string } = {},
): Principal {
  const { user = 'alice', groups = [], scopes = [] } = rights;
  return {
    id: user as PrincipalId,
    name: `${user} by name`,
    groups,
    scopes,
    tenant: null,
    client: 'test-client',
    credentialId: 'tok_test',
    issuer: 'gateway',
    resources: null,
  };
}

/** An entry of `watch`. */
export function watchRule(on: string, action: string, more: object = {}): object {
  // oxlint-disable-next-line unicorn/no-thenable -- a key of the language, of an object that nobody awaits.
  return { on, ...more, then: action };
}
