import { passResult } from '../../core/content/pass-result.ts';
import { isModernRevision } from '../../core/mcp/revisions.ts';
import type { UpstreamResult } from '../../ports/upstream.ts';
import type { CallDeps } from '../deps.ts';

/** A result without what this upstream may not tell hosts, and what a host of this revision could not read. */
export function passUpstreamResult(
  deps: Pick<CallDeps, 'passRules'>,
  result: UpstreamResult,
  { upstream, revision }: { readonly upstream: string; readonly revision: string },
): UpstreamResult {
  const withoutStructured = result.isOddlyStructured === true && !isModernRevision(revision);
  const json = passResult(result.json, { rules: deps.passRules(upstream), withoutStructured });
  if (json.length === 1 && json[0] === result.json[0]) return result;
  return { ...result, json, jsonBytes: json.reduce((sum, piece) => sum + piece.length, 0) };
}
