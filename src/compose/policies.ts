import { watchDirectory } from '../adapters/system/watch-directory.ts';
import type { Config } from '../config/config.ts';
import type { CompiledPolicy } from '../core/policy/compile-policy.ts';
import { createPolicyInForce, type PolicyInForce, type PolicyInForceDeps } from '../gateway/policy-in-force.ts';
import { createShadow, NO_SHADOW, type Shadow, type ShadowDeps } from '../gateway/shadow.ts';

export interface LoadedPolicies {
  readonly config: Config;
  readonly policy: CompiledPolicy;
  /** Reads the policies in a directory again; a text says what is wrong with them. */
  readonly loadPolicy: (dir: string) => Promise<CompiledPolicy | string>;
}

export interface OpenPolicies {
  readonly policies: PolicyInForce;
  readonly shadow: Shadow;
}

/** Changed files are taken over while the gateway runs. */
export async function openPolicies(
  { config, policy, loadPolicy }: LoadedPolicies,
  deps: Omit<ShadowDeps & PolicyInForceDeps, 'load'>,
  opened: AsyncDisposableStack,
): Promise<OpenPolicies> {
  const { policiesDir, shadowPoliciesDir } = config;
  const policies = createPolicyInForce({ ...deps, load: () => loadPolicy(policiesDir) }, policy);
  opened.defer(watchDirectory(policiesDir, () => void policies.reload()));
  if (shadowPoliciesDir === null) return { policies, shadow: NO_SHADOW };
  const shadow = createShadow({ ...deps, load: () => loadPolicy(shadowPoliciesDir) });
  await openShadow(shadow, shadowPoliciesDir, opened);
  return { policies, shadow };
}

const FLUSH_MS = 10_000;

/** A candidate that cannot be used keeps no gateway from starting: it decides nothing. */
async function openShadow(shadow: Shadow, dir: string, opened: AsyncDisposableStack): Promise<void> {
  await shadow.reload();
  opened.defer(watchDirectory(dir, () => void shadow.reload()));
  const timer = setInterval(() => void shadow.flush(), FLUSH_MS).unref();
  opened.defer(() => {
    clearInterval(timer);
    return shadow.flush();
  });
}
