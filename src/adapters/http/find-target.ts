import type { JsonObject } from '../../core/json/value.ts';

/** An MCP endpoint; `upstream` is `null` where it stands for all of them. */
export interface McpTarget {
  readonly kind: 'mcp';
  readonly path: string;
  readonly upstream: string | null;
  /** Whether a host may find out by itself where to get a token. */
  readonly hasDiscovery: boolean;
}

/** The RFC 9728 document of the MCP endpoint at `path`. */
export interface MetadataTarget {
  readonly kind: 'metadata';
  readonly path: string;
  readonly upstream: string | null;
}

export type Target = McpTarget | MetadataTarget | { readonly kind: 'health' };

/**
 * Finds what a path stands for. It is compared as it was sent: nothing is decoded, folded or cleaned up first, so no other spelling
 * of a path can mean one thing to this reader and another to the next.
 *
 * Under `/token` are the same endpoints for hosts that must use the token they were given. They have no metadata, so that a host
 * does not set out to get one for itself.
 */
export function findTarget(path: string): Target | null {
  if (path === '/healthz') return { kind: 'health' };
  if (path === METADATA_PATH) return { kind: 'metadata', path: '/mcp', upstream: null };
  const isMetadata = path.startsWith(METADATA_PATH);
  const match = MCP_PATH.exec(isMetadata ? path.slice(METADATA_PATH.length) : path);
  if (match === null) return null;
  const [mcpPath, token, upstream = null] = match;
  const hasDiscovery = token === undefined;
  if (!isMetadata) return { kind: 'mcp', path: mcpPath, upstream, hasDiscovery };
  return hasDiscovery ? { kind: 'metadata', path: mcpPath, upstream } : null;
}

/** The canonical resource identifier of an endpoint (RFC 8707). `/token` is another way in, not another resource. */
export function resourceOf(publicUrl: string, { upstream }: McpTarget): string {
  return upstream === null ? `${publicUrl}/mcp` : `${publicUrl}/mcp/${upstream}`;
}

/** Where the metadata of an endpoint is, RFC 9728 §3.1; `null` where it has none. */
export function metadataUrlOf(publicUrl: string, target: McpTarget): string | null {
  return target.hasDiscovery ? publicUrl + METADATA_PATH + target.path : null;
}

/**
 * `resource` is the URL that hosts use, and the audience of their tokens. Issuers are left out where there are none, as the RFC
 * wants.
 */
export function metadataOf(publicUrl: string, path: string, authorizationServers: readonly string[]): JsonObject {
  return {
    resource: publicUrl + path,
    ...(authorizationServers.length > 0 && { authorization_servers: authorizationServers }),
    bearer_methods_supported: ['header'],
    resource_name: 'Countersign',
  };
}

const METADATA_PATH = '/.well-known/oauth-protected-resource';
const MCP_PATH = /^(\/token)?\/mcp(?:\/([A-Za-z0-9._-]{1,64}))?$/;
