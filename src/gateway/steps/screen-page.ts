import { resultDigest } from '../../core/audit/result-digest.ts';
import { definitionDigest } from '../../core/catalog/definition-digest.ts';
import { pagePinName } from '../../core/catalog/pin.ts';
import type { Target } from '../../core/catalog/target.ts';
import { isAppUri } from '../../core/content/passed-app.ts';
import type { Soon } from '../../core/soon.ts';
import type { UpstreamResult } from '../../ports/upstream.ts';
import type { CallDeps } from '../deps.ts';

/**
 * Whether a host may see what was read. A page of an app is a program that hosts run, so it is pinned by the hash of all that is shown
 * of it: another one under the same URI waits for a person.
 */
export function screenPage(
  { pins }: Pick<CallDeps, 'pins'>,
  { kind, upstream, name }: Target,
  result: UpstreamResult,
): Soon<boolean> {
  if (kind !== 'resource' || !isAppUri(name)) return true;
  const definition = { uri: name, sha256: resultDigest(result.json, result.jsonBytes), bytes: result.jsonBytes };
  const page = { name: pagePinName(name), definition, digest: definitionDigest(definition) };
  return pins.screenOther(upstream, page, []);
}
