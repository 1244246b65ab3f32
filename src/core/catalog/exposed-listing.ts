import { passedMeta } from '../content/pass-block.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { isJsonArray, isJsonObject } from '../json/value.ts';
import { assertNever } from '../result.ts';
import type { Exposure } from './exposure.ts';
import { exposedDefinition } from './exposed-definition.ts';
import type { ListKind } from './listed.ts';
import { ARGUMENT, DESCRIBED, RESOURCE, resourceAnnotations, SIZE, typedMembers } from './typed-members.ts';

/**
 * An entry of a list as hosts see it: the members that the gateway understands. Everything else stays behind: icons make a console
 * fetch things, and of `_meta`, which can switch on what nobody has decided about, there is what the operator lets through. Names
 * are given out by the gateway, URIs are the upstream's.
 */
export function exposedListing(kind: ListKind, definition: JsonObject, exposure: Exposure): JsonObject {
  const exposed = exposedMembers(kind, definition, exposure);
  const meta = passedMeta(definition['_meta'], exposure.rules);
  return Object.keys(meta).length === 0 ? exposed : withMeta(exposed, meta);
}

function withMeta(exposed: JsonObject, meta: JsonObject): JsonObject {
  const { _meta: own } = exposed;
  return { ...exposed, _meta: { ...meta, ...(isJsonObject(own) && own) } };
}

function exposedMembers(kind: ListKind, definition: JsonObject, exposure: Exposure): JsonObject {
  const { name } = exposure;
  switch (kind) {
    case 'tools':
      return exposedDefinition(definition, exposure);
    case 'resources':
      return { uri: name, ...resourceMembers(definition, name), ...typedMembers(definition, SIZE) };
    case 'templates':
      return { uriTemplate: name, ...resourceMembers(definition, name) };
    case 'prompts':
      return { name, ...typedMembers(definition, DESCRIBED), ...promptArguments(definition['arguments']) };
    default:
      return assertNever(kind);
  }
}

/** Hosts want a name; an upstream that has none is known by the address. */
function resourceMembers(definition: JsonObject, uri: string): JsonObject {
  return { name: uri, ...typedMembers(definition, RESOURCE), ...resourceAnnotations(definition) };
}

function promptArguments(args: Json | undefined): JsonObject {
  if (!isJsonArray(args)) return {};
  const known = args.filter(isJsonObject).map((arg) => typedMembers(arg, ARGUMENT));
  return { arguments: known.filter(({ name }) => name !== undefined) };
}
