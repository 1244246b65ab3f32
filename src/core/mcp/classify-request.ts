import { isJsonObject, type JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';
import { MCP_ERRORS, RPC_ERRORS, type RpcError, rpcError } from './errors.ts';
import { decodeHeaderValue } from './header-value.ts';
import type { NotificationMessage, RequestMessage } from './message.ts';
import {
  isLegacyRevision,
  isModernRevision,
  type LegacyRevision,
  MODERN_REVISIONS,
  type ModernRevision,
} from './revisions.ts';

/** The headers that mirror the body, as received; `null` where absent. */
export interface McpHeaders {
  /** `MCP-Protocol-Version` */
  readonly protocolVersion: string | null;
  /** `Mcp-Method` */
  readonly method: string | null;
  /** `Mcp-Name`, still encoded. */
  readonly name: string | null;
}

export type Classification =
  /** `revision` is the header's; `null` where there was none, and then only the session knows it. */
  | { readonly era: 'legacy'; readonly revision: LegacyRevision | null }
  | { readonly era: 'modern'; readonly revision: ModernRevision };

const META_PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
export const META_CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
export const META_LOG_LEVEL = 'io.modelcontextprotocol/logLevel';
export const META_SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

/**
 * Decides which era a message belongs to, and refuses one whose headers and body disagree. The body says what is asked for; a
 * header never does, but something in front of the gateway may have decided by it, so a header that contradicts the body is
 * refused in both eras. Source: MCP 2026-07-28, "Streamable HTTP", "Server Validation".
 */
export function classifyRequest(
  headers: McpHeaders,
  message: RequestMessage | NotificationMessage,
): Result<Classification, RpcError> {
  const meta = metaOf(message.params);
  const claimed = meta?.[META_PROTOCOL_VERSION];
  const opensLegacy = message.kind === 'request' && message.method === 'initialize' && !isModernClaim(meta);
  if (claimed === undefined || opensLegacy) return classifyUnclaimed(headers, message, opensLegacy);

  if (typeof claimed !== 'string') return err(badEnvelope(`${META_PROTOCOL_VERSION} must be a string`));
  if (message.kind === 'request' && !isJsonObject(meta?.[META_CLIENT_CAPABILITIES])) {
    return err(badEnvelope(`${META_CLIENT_CAPABILITIES} must be an object`));
  }
  if (headers.protocolVersion !== null && headers.protocolVersion !== claimed) {
    return err(mismatch('MCP-Protocol-Version must repeat the one of the body'));
  }
  if (!isModernRevision(claimed)) return err(unsupportedVersion(claimed));
  return finish({ era: 'modern', revision: claimed }, headers, message);
}

/** Nothing in the body names a modern revision. */
function classifyUnclaimed(
  headers: McpHeaders,
  message: RequestMessage | NotificationMessage,
  opensLegacy: boolean,
): Result<Classification, RpcError> {
  const version = headers.protocolVersion;
  if (version !== null && isModernRevision(version)) {
    if (opensLegacy)
      return err(
        mismatch('initialize belongs to the revisions before 2026-07-28, so MCP-Protocol-Version must be one of those'),
      );
    if (message.kind === 'request') return err(badEnvelope(`_meta must hold ${META_PROTOCOL_VERSION}`));
    return finish({ era: 'modern', revision: version }, headers, message);
  }
  // The version that `initialize` asks for is in its parameters, and a header that came along binds nobody.
  if (opensLegacy) return finish({ era: 'legacy', revision: null }, headers, message);
  if (version !== null && !isLegacyRevision(version)) return err(unsupportedVersion(version));
  return finish({ era: 'legacy', revision: version }, headers, message);
}

function finish(
  classified: Classification,
  headers: McpHeaders,
  message: RequestMessage | NotificationMessage,
): Result<Classification, RpcError> {
  const required = classified.era === 'modern' && message.kind === 'request';
  const fault = checkMirrors(headers, message, required);
  return fault === null ? ok(classified) : err(fault);
}

function checkMirrors(
  headers: McpHeaders,
  message: RequestMessage | NotificationMessage,
  required: boolean,
): RpcError | null {
  if (required && headers.protocolVersion === null) return mismatch('MCP-Protocol-Version must be sent');
  if (headers.method === null) {
    if (required) return mismatch('Mcp-Method must be sent');
  } else if (headers.method !== message.method) {
    return mismatch('Mcp-Method must repeat the method of the body');
  }
  const mirrored = NAME_SOURCES.get(message.method);
  if (headers.name === null) {
    // Without the value in the body there is nothing to mirror; the method itself then refuses the parameters.
    const present = mirrored !== undefined && message.params?.[mirrored] !== undefined;
    return required && present ? mismatch('Mcp-Name must be sent') : null;
  }
  const name = decodeHeaderValue(headers.name);
  if (name === null) return mismatch('Mcp-Name must be plain text or base64 between its marks');
  if (mirrored === undefined) return null;
  return name === message.params?.[mirrored] ? null : mismatch('Mcp-Name must repeat the name in the body');
}

/** Which parameter `Mcp-Name` repeats. */
const NAME_SOURCES: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

export function metaOf(params: JsonObject | null): JsonObject | null {
  const meta = params?._meta;
  return isJsonObject(meta) ? meta : null;
}

function isModernClaim(meta: JsonObject | null): boolean {
  const version = meta?.[META_PROTOCOL_VERSION];
  return typeof version === 'string' && isModernRevision(version) && isJsonObject(meta?.[META_CLIENT_CAPABILITIES]);
}

function mismatch(message: string): RpcError {
  return rpcError(MCP_ERRORS.headerMismatch, message, 400);
}

function badEnvelope(message: string): RpcError {
  return rpcError(RPC_ERRORS.invalidParams, message, 400);
}

const REQUESTED_LENGTH_MAX = 32;

/** The specification wants the requested version repeated; no more of it than any version is long. */
function unsupportedVersion(requested: string): RpcError {
  const data = { supported: MODERN_REVISIONS, requested: requested.slice(0, REQUESTED_LENGTH_MAX) };
  return rpcError(MCP_ERRORS.unsupportedVersion, 'Unsupported protocol version. Use one of data.supported.', 400, data);
}
