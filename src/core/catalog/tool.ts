import type { Brand } from '../brand.ts';
import type { JsonObject } from '../json/value.ts';

/** SHA-256, in hex, of the canonical form of a whole tool definition. */
export type DefinitionDigest = Brand<string, 'DefinitionDigest'>;

/** A tool by the names of its owner: the operator's name for the upstream, the upstream's own name for the tool. */
export interface ToolRef {
  readonly upstream: string;
  readonly tool: string;
}

/** A tool as an upstream describes it. Every word of it is the upstream's claim. */
export interface ToolDefinition {
  readonly name: string;
  readonly definition: JsonObject;
  readonly digest: DefinitionDigest;
}

/** The class of an action. The operator's policy says it; an upstream's annotations never do. */
export type ToolClass = 'read' | 'write' | 'never' | 'unclassified';
