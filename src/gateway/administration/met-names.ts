import { pinKind } from '../../core/catalog/pin.ts';
import type { KillScope } from '../../core/kill-switch/kill-switch.ts';
import { KNOWN, lookUpName, type MetName, type NameLookup, NOT_LOOKED_UP } from '../../core/kill-switch/name-lookup.ts';
import type { CompiledPolicy } from '../../core/policy/compile-policy.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { TokenStore } from '../../ports/token-store.ts';
import type { Pins } from '../pins.ts';
import type { PrincipalRecords } from '../principal-records.ts';

export interface MetNamesDeps {
  readonly audit: AuditLog;
  readonly tokens: TokenStore;
  readonly principals: PrincipalRecords;
  readonly pins: Pins;
  readonly policy: () => CompiledPolicy;
}

/** Whoever pulls a switch does not wait longer than this for a store that is slow or gone. */
const LOOKUP_MS_MAX = 2000;
/** How far back in the log people and clients are looked for. */
const ENTRIES_LOOKED_AT = 1000;

/** Whether the name in a scope is one that the gateway has met. Never fails, and never takes long. */
export async function lookUpScope(deps: MetNamesDeps, scope: KillScope): Promise<NameLookup> {
  // An upstream that is not there was refused already.
  if ('all' in scope || 'writes' in scope || 'upstream' in scope) return KNOWN;
  if ('tool' in scope) return lookUpName(scope.tool, metTools(deps));
  const found = 'principal' in scope ? lookUpPerson(deps, scope.principal) : lookUpClient(deps, scope.client);
  const { promise: late, resolve } = Promise.withResolvers<NameLookup>();
  const timer = setTimeout(resolve, LOOKUP_MS_MAX, NOT_LOOKED_UP);
  try {
    return await Promise.race([found, late]);
  } catch (error) {
    if (error instanceof StoreError) return NOT_LOOKED_UP;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** By their definitions, or by name in the policy. */
function metTools({ pins, policy }: MetNamesDeps): readonly MetName[] {
  const pinned = pins.list().filter((pin) => pinKind(pin) === 'tool');
  const classified = [...policy().upstreams.values()].flatMap(({ name: upstream, classified: names }) =>
    names.map((tool) => ({ upstream, tool })),
  );
  return [...pinned, ...classified].map(({ upstream, tool }) => ({ name: `${upstream}/${tool}` }));
}

async function lookUpPerson(deps: MetNamesDeps, name: string): Promise<NameLookup> {
  const seen = deps.principals.seen().map((each) => ({ name: each.id, alias: each.name }));
  const tokens = (await deps.tokens.list()).filter(({ plane }) => plane === 'mcp').map(({ user }) => ({ name: user }));
  return lookUpName(name, [...seen, ...tokens, ...(await metLately(deps, 'principal'))]);
}

async function lookUpClient(deps: MetNamesDeps, name: string): Promise<NameLookup> {
  const seen = deps.principals.seen().map(({ client }) => ({ name: client }));
  const tokens = (await deps.tokens.list()).filter(({ plane }) => plane === 'mcp').map(({ id }) => ({ name: id }));
  return lookUpName(name, [...seen, ...tokens, ...(await metLately(deps, 'client'))]);
}

async function metLately({ audit }: MetNamesDeps, field: 'principal' | 'client'): Promise<readonly MetName[]> {
  const records = await audit.read({ limit: ENTRIES_LOOKED_AT, afterSequence: null, leaveOutPayloads: true });
  const names = new Set<string>();
  for (const { leaf } of records.toReversed()) {
    const { entry } = JSON.parse(leaf) as { readonly entry: Readonly<Record<string, unknown>> };
    const name = entry[field];
    if (typeof name === 'string') names.add(name);
  }
  return [...names].map((name) => ({ name }));
}
