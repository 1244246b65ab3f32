import { APP_MEDIA_TYPE, APPS_EXTENSION } from '../content/passed-app.ts';
import { type Json, type JsonObject, isJsonObject } from '../json/value.ts';
import type { Revision } from '../mcp/revisions.ts';

/** What a host can be asked while a call of its runs. */
export interface AskCapabilities {
  readonly elicitationForm: boolean;
  readonly elicitationUrl: boolean;
  readonly sampling: boolean;
  /** Sampling in which the model may use tools. Only beside `sampling`. */
  readonly samplingTools: boolean;
  readonly roots: boolean;
  /** Showing pages of the upstream. Nothing is asked by it, but it is declared like the rest. */
  readonly apps: boolean;
}

/** What a host declared, as far as anything here depends on it. */
export interface HostCapabilities extends AskCapabilities {
  /** Identifiers of extensions, such as `io.modelcontextprotocol/tasks`. */
  readonly extensions: ReadonlySet<string>;
}

const ASKS_NOTHING: AskCapabilities = {
  elicitationForm: false,
  elicitationUrl: false,
  sampling: false,
  samplingTools: false,
  roots: false,
  apps: false,
};

export const NO_CAPABILITIES: HostCapabilities = { ...ASKS_NOTHING, extensions: new Set() };

/** More of them than any host has; the rest counts as not declared. */
const EXTENSIONS_MAX = 64;

/**
 * Reads what a host declared in `initialize` or in the `_meta` of a request. A capability counts when it is an object, as the schemas
 * want it, and when the revision knows it. Anything else in there is ignored: hosts send stray members, and to refuse them for that
 * would help nobody.
 */
export function parseHostCapabilities(declared: Json | undefined, revision: Revision): HostCapabilities {
  if (!isJsonObject(declared)) return NO_CAPABILITIES;
  const elicitation = revision >= '2025-06-18' ? objectAt(declared, 'elicitation') : null;
  const sampling = objectAt(declared, 'sampling');
  // Revision 2025-11-25 brought the modes; without any, a host means forms.
  const extensions = extensionsOf(declared);
  const hasModes = revision >= '2025-11-25';
  const elicitationUrl = hasModes && elicitation !== null && objectAt(elicitation, 'url') !== null;
  return {
    elicitationForm: elicitation !== null && (!elicitationUrl || objectAt(elicitation, 'form') !== null),
    elicitationUrl,
    sampling: sampling !== null,
    samplingTools: hasModes && sampling !== null && objectAt(sampling, 'tools') !== null,
    roots: objectAt(declared, 'roots') !== null,
    apps: extensions.has(APPS_EXTENSION),
    extensions,
  };
}

export function hasAny(capabilities: AskCapabilities): boolean {
  const { elicitationForm, elicitationUrl, sampling, roots, apps } = capabilities;
  return elicitationForm || elicitationUrl || sampling || roots || apps;
}

/** What both can do: an upstream is never promised more than its host declared and its operator allows. */
export function sharedCapabilities(one: AskCapabilities, other: AskCapabilities): AskCapabilities {
  const sampling = one.sampling && other.sampling;
  return {
    elicitationForm: one.elicitationForm && other.elicitationForm,
    elicitationUrl: one.elicitationUrl && other.elicitationUrl,
    sampling,
    samplingTools: sampling && one.samplingTools && other.samplingTools,
    roots: one.roots && other.roots,
    apps: one.apps && other.apps,
  };
}

/**
 * `ClientCapabilities` for an upstream, in the shape of 2025-11-25 and later, which older ones can read too. Equal capabilities give
 * equal texts, so it serves as the name of a profile as well.
 */
export function declareCapabilities(capabilities: AskCapabilities): JsonObject {
  const { elicitationForm, elicitationUrl, sampling, samplingTools, roots, apps } = capabilities;
  const elicitation = { ...(elicitationForm && { form: {} }), ...(elicitationUrl && { url: {} }) };
  return {
    ...((elicitationForm || elicitationUrl) && { elicitation }),
    ...(apps && { extensions: { [APPS_EXTENSION]: { mimeTypes: [APP_MEDIA_TYPE] } } }),
    ...(roots && { roots: {} }),
    ...(sampling && { sampling: samplingTools ? { tools: {} } : {} }),
  };
}

function objectAt(object: JsonObject, name: string): JsonObject | null {
  const value = object[name];
  return isJsonObject(value) ? value : null;
}

function extensionsOf(declared: JsonObject): ReadonlySet<string> {
  const extensions = objectAt(declared, 'extensions');
  if (extensions === null) return NO_CAPABILITIES.extensions;
  const names = Object.keys(extensions).slice(0, EXTENSIONS_MAX);
  return new Set(names.filter((name) => isJsonObject(extensions[name])));
}
