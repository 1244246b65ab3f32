import { type Json, isJsonObject } from '../../../core/json/value.ts';
import { MCP_ERRORS } from '../../../core/mcp/errors.ts';
import { type Era, isLegacyRevision } from '../../../core/mcp/revisions.ts';
import { type RpcResponse, readMember } from './read-message.ts';
import { MODERN_REVISION } from './write-params.ts';

/**
 * What the answer to `server/discover` says about the era of an upstream; `null` where it speaks no revision that we do.
 *
 * Only a discovery that names our revision, or an error that legacy servers do not know, is evidence of a modern server. "Method not
 * found" is not: a modern server must know this method (2026-07-28, "Versioning", "Streamable HTTP: Backward Compatibility").
 */
export function readDiscovery(response: RpcResponse): Era | null {
  if (response.kind === 'result') {
    const { message, members } = response.result;
    return eraOf(readMember(message, members.get('supportedVersions')));
  }
  switch (response.code) {
    case MCP_ERRORS.headerMismatch:
    case MCP_ERRORS.missingClientCapability:
      return 'modern';
    case MCP_ERRORS.unsupportedVersion:
      return eraOf(isJsonObject(response.data) ? response.data['supported'] : undefined);
    default:
      return 'legacy';
  }
}

function eraOf(versions: Json | undefined): Era | null {
  if (!Array.isArray(versions) || versions.length === 0) return 'legacy';
  if (versions.includes(MODERN_REVISION)) return 'modern';
  return versions.some((version) => typeof version === 'string' && isLegacyRevision(version)) ? 'legacy' : null;
}
