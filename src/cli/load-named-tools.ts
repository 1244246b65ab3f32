import { loadPolicySet } from '../config/load-policies.ts';
import type { Json } from '../core/json/value.ts';
import { err, ok, type Result } from '../core/result.ts';
import { loadSavedTools } from './load-tools.ts';

/** `crm=tools.json`; the name may be left out where the policies are about one upstream alone. */
export async function loadNamedTools(
  named: readonly string[],
  dir: string,
): Promise<Result<ReadonlyMap<string, readonly Json[]>, string>> {
  const tools = new Map<string, readonly Json[]>();
  for (const text of named) {
    const [, given, file = text] = /^([a-z0-9][a-z0-9-]{0,19})=(.+)$/.exec(text) ?? [];
    const upstream = given ?? (await onlyUpstream(dir));
    if (upstream === null) return err(`--tools ${text}: say of which upstream these are: <upstream>=${text}`);
    const loaded = await loadSavedTools(file);
    if (!loaded.ok) return loaded;
    tools.set(upstream, loaded.value);
  }
  return ok(tools);
}

async function onlyUpstream(dir: string): Promise<string | null> {
  const set = await loadPolicySet(dir);
  const [only = null, ...others] = new Set(set.ok ? set.value.sources.map(({ file }) => file.upstream) : []);
  return others.length === 0 ? only : null;
}
