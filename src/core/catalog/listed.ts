import { type Json, isJsonObject } from '../json/value.ts';
import { type Result, err, ok } from '../result.ts';
import { definitionDigest } from './definition-digest.ts';
import { isResourceUri } from './resource-uri.ts';
import type { ToolDefinition } from './tool.ts';
import { isToolName } from './tool-name.ts';
import { templateShape } from './uri-template.ts';

/** What an upstream lists. */
export type ListKind = 'tools' | 'resources' | 'templates' | 'prompts';

/** An entry of any list. Its `name` is what it is asked for by: a name, a URI or a URI template. */
export type Definition = ToolDefinition;

/** How each kind of list stands in the protocol. */
export const LISTS: Readonly<Record<ListKind, ListForm>> = {
  tools: { method: 'tools/list', member: 'tools', named: 'name', isName: isToolName },
  resources: { method: 'resources/list', member: 'resources', named: 'uri', isName: isResourceUri },
  templates: {
    method: 'resources/templates/list',
    member: 'resourceTemplates',
    named: 'uriTemplate',
    isName: (template) => templateShape(template) !== null,
  },
  prompts: { method: 'prompts/list', member: 'prompts', named: 'name', isName: isToolName },
};

export interface ListForm {
  readonly method: ListMethod;
  /** The member of the result that holds the entries. */
  readonly member: string;
  /** The member of an entry by which it is asked for. */
  readonly named: string;
  /** Whether policy can speak about it at all. */
  readonly isName: (name: string) => boolean;
}

export type ListMethod = 'tools/list' | 'resources/list' | 'resources/templates/list' | 'prompts/list';

/** Why an entry of a list is nothing that can be governed. */
export type DefinitionFault = 'not-an-object' | 'bad-name';

/** One entry of a list. Only the name is checked; the rest is the upstream's claim and kept as it came. */
export function parseDefinition(kind: ListKind, json: Json): Result<Definition, DefinitionFault> {
  if (!isJsonObject(json)) return err('not-an-object');
  const { named, isName } = LISTS[kind];
  const name = json[named];
  if (typeof name !== 'string' || !isName(name)) return err('bad-name');
  return ok({ name, definition: json, digest: definitionDigest(json) });
}
