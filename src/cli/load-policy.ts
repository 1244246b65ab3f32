import { DEFAULT_POLICY_OPTIONS } from '../config/build-config.ts';
import { loadConfig } from '../config/load-config.ts';
import { loadPolicies } from '../config/load-policies.ts';
import { findMissingDir } from '../config/policy-dir.ts';
import type { CompiledPolicy, PolicyOptions } from '../core/policy/compile-policy.ts';
import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';

export interface PolicyPlace {
  /** A configuration whose environment the policies are decided under; `null` takes the strict defaults. */
  readonly config: string | null;
  /** The directory of the policies; `null` takes the one that the configuration names. */
  readonly dir: string | null;
}

/** The policies that a gateway with this configuration would have in force. */
export async function loadPolicyAt({ config, dir }: PolicyPlace): Promise<Result<CompiledPolicy, readonly Problem[]>> {
  const missing = dir === null ? null : await findMissingDir(dir);
  if (missing !== null) return err([missing]);
  const settings = await loadSettings(config);
  if (!settings.ok) return settings;
  return loadPolicies(dir ?? settings.value.dir, settings.value.options);
}

async function loadSettings(
  config: string | null,
): Promise<Result<{ readonly dir: string; readonly options: PolicyOptions }, readonly Problem[]>> {
  if (config === null) return ok({ dir: './policies', options: DEFAULT_POLICY_OPTIONS });
  const loaded = await loadConfig(config);
  return loaded.ok ? ok({ dir: loaded.value.policiesDir, options: loaded.value.policyOptions }) : loaded;
}
