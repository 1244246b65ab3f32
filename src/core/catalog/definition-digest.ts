import { hash } from 'node:crypto';
import { canonicalJson } from '../json/canonical-json.ts';
import type { JsonObject } from '../json/value.ts';
import type { DefinitionDigest } from './tool.ts';

/**
 * What a tool's definition is pinned by: every member counts, known to us or not, because a model reads them all. Order of members
 * and whitespace do not.
 */
export function definitionDigest(definition: JsonObject): DefinitionDigest {
  return hash('sha256', canonicalJson(definition), 'hex') as DefinitionDigest;
}
