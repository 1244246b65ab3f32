import type { ToolClass } from '../catalog/tool.ts';

/** What a kill switch stops. */
export type KillScope =
  | { readonly all: true }
  | { readonly writes: true }
  | { readonly upstream: string }
  | { readonly tool: string }
  | { readonly principal: string }
  | { readonly client: string };

export interface KillSwitch {
  readonly id: string;
  readonly scope: KillScope;
  readonly reason: string;
  /** The administrator who pulled it, or `gateway` where the state could not be read at start. */
  readonly by: string;
  readonly createdMs: number;
  readonly expiresMs: number | null;
}

/** Of the one switch that no entry says is on: whoever releases it ends what the gateway began by itself. */
export const START_UNREADABLE =
  'The stored state could not be read at start. Repair the store, then release this switch.';

/** What is compared with the scopes. `tool` is `null` for a request that is not about one tool. */
export interface KillFacts {
  readonly principal: string;
  readonly client: string;
  readonly upstream: string | null;
  readonly tool: string | null;
  readonly class: ToolClass | null;
}

/** The switch that stops this, or `null`. A switch in force at `nowMs` is one that has not expired. */
export function findKillSwitch(switches: readonly KillSwitch[], facts: KillFacts, nowMs: number): KillSwitch | null {
  for (const killSwitch of switches) {
    if (killSwitch.expiresMs !== null && killSwitch.expiresMs <= nowMs) continue;
    if (isInScope(killSwitch.scope, facts)) return killSwitch;
  }
  return null;
}

function isInScope(scope: KillScope, facts: KillFacts): boolean {
  if ('all' in scope) return true;
  // Safe mode: anything not known to be a read counts as a write.
  if ('writes' in scope) return facts.tool !== null && facts.class !== 'read';
  if ('upstream' in scope) return facts.upstream === scope.upstream;
  if ('tool' in scope) return facts.tool !== null && `${facts.upstream}/${facts.tool}` === scope.tool;
  if ('principal' in scope) return facts.principal === scope.principal;
  return facts.client === scope.client;
}
