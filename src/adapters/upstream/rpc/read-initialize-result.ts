import { type LegacyRevision, isLegacyRevision } from '../../../core/mcp/revisions.ts';
import { type Result, err, ok } from '../../../core/result.ts';
import { type ResultObject, readMember } from './read-message.ts';

/** The revision that an `initialize` result settles for. Everything else in it is the upstream's claim and not needed. */
export function readInitializeResult({ message, members }: ResultObject): Result<LegacyRevision, string> {
  const revision = readMember(message, members.get('protocolVersion'));
  if (typeof revision === 'string' && isLegacyRevision(revision)) return ok(revision);
  return err('the upstream chose a protocol revision that initialize cannot choose');
}
