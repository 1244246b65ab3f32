import { foldName } from '../json/fold-name.ts';
import { isJsonObject, type Json } from '../json/value.ts';
import type { BindingSource } from '../policy/policy-conditions.ts';

/** An argument that says on whose behalf a tool acts, going by its name, and what of a principal belongs there. */
export interface IdentityArgument {
  /** `filter.tenant_id` */
  readonly path: readonly string[];
  readonly source: BindingSource;
}

/**
 * The arguments of a tool that an agent could name somebody else in. For a person who reviews a policy: each of them should be bound to the
 * verified identity, or be known not to matter. Three levels of `properties` are looked at.
 */
export function findIdentityArguments(inputSchema: Json | undefined): readonly IdentityArgument[] {
  return argumentsIn(inputSchema, [], DEPTH_MAX);
}

const DEPTH_MAX = 3;

function argumentsIn(schema: Json | undefined, around: readonly string[], depth: number): readonly IdentityArgument[] {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  if (!isJsonObject(properties) || depth === 0) return [];
  const names = new Set(Object.keys(properties).map(foldName));
  // Beside a repository, an owner is a part of its address.
  const isAddress = names.has('repo') || names.has('repository') || names.has('reponame');
  return Object.entries(properties).flatMap(([name, inner]): readonly IdentityArgument[] => {
    const path = [...around, name];
    const source = isAddress && foldName(name) === 'owner' ? undefined : sourceOf(foldName(name));
    return source === undefined ? argumentsIn(inner, path, depth - 1) : [{ path, source }];
  });
}

function sourceOf(folded: string): BindingSource | undefined {
  return SOURCES.get(folded) ?? (ON_BEHALF.test(folded) ? 'id' : undefined);
}

/** Says on whose behalf wherever it stands in a name: `raise_on_behalf_of`, `impersonate_user`. */
const ON_BEHALF = /onbehalfof|impersonate/;

const SOURCES: ReadonlyMap<string, BindingSource> = new Map([
  ...named(
    'tenant',
    'tenant tenantid tenantname orgid organizationid organisationid workspaceid accountid customertenant',
  ),
  ...named(
    'id',
    'userid username useremail principal principalid owner ownerid ownername owneremail runas runasuser asuser actingas actas actingfor requesterid callerid',
  ),
  ...named('client', 'clientid'),
]);

function named(source: BindingSource, names: string): [string, BindingSource][] {
  return names.split(' ').map((name) => [name, source]);
}
