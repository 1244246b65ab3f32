import type { JsonObject } from '../../src/core/json/value.ts';
import { encodeHeaderValue } from '../../src/core/mcp/encode-header-value.ts';
import { ENVELOPE, type Header } from './mcp-request.ts';
import { type RawRequest, sendRaw } from './raw-http.ts';

/** The ways in which hosts speak: a legacy revision named by a header, a legacy session, and a modern request that says everything. */
export const HOSTS = ['2025-11-25', '2025-11-25 in a session', '2026-07-28'] as const;
export type Host = (typeof HOSTS)[number];

export interface HostRequest {
  readonly method?: string;
  readonly params?: JsonObject;
  readonly id?: string | number;
  readonly token?: string | null;
  readonly path?: string;
  /** Takes the place of the body that `method` and `params` would make; the headers still mirror those. */
  readonly body?: string | Uint8Array;
  /** Replace headers by name; `null` leaves one out. A name that stands here twice is sent twice. */
  readonly headers?: readonly (readonly [string, string | null])[];
}

/** What a message of this kind of host holds in `params`, as text to put into a body. */
export function metaOf(host: Host): string {
  return `"_meta":${JSON.stringify(host === '2026-07-28' ? ENVELOPE : {})}`;
}

/** A request as this kind of host sends it, in parts that a case may change. */
export function hostRequest(host: Host, session: string, request: HostRequest): RawRequest {
  const { method = 'tools/call', params = {}, id = 1, token = null, path = '/mcp', headers = [] } = request;
  const meta = { ...(host === '2026-07-28' ? ENVELOPE : {}), ...(params['_meta'] as JsonObject | undefined) };
  const body = request.body ?? JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: meta } });
  const mirrored = params['name'] ?? params['uri'];
  const name = typeof mirrored === 'string' ? mirrored : null;
  const changed = new Set(headers.map(([header]) => header.toLowerCase()));
  const kept = [...BASE, ...credential(token), ...ownHeaders(host, session, method, name)].filter(
    ([header]) => !changed.has(header.toLowerCase()),
  );
  const added = headers.flatMap(([header, value]): Header[] => (value === null ? [] : [[header, value]]));
  return { path, headers: [...kept, ...added], body };
}

/** Opens a legacy session and returns its id. */
export async function initialize(port: number, token: string, more: readonly Header[] = []): Promise<string> {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const answer = await sendRaw(port, {
    headers: [...BASE, ...credential(token), ...more],
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
  });
  return answer.headers.get('mcp-session-id') ?? '';
}

const BASE: readonly Header[] = [
  ['Content-Type', 'application/json'],
  ['Accept', 'application/json'],
];

function credential(token: string | null): readonly Header[] {
  return token === null ? [] : [['Authorization', `Bearer ${token}`]];
}

function ownHeaders(host: Host, session: string, method: string, name: string | null): readonly Header[] {
  switch (host) {
    case '2025-11-25':
      return [['MCP-Protocol-Version', '2025-11-25']];
    case '2025-11-25 in a session':
      return [['Mcp-Session-Id', session]];
    case '2026-07-28': {
      const mirrored: readonly Header[] = name === null ? [] : [['Mcp-Name', encodeHeaderValue(name)]];
      return [['MCP-Protocol-Version', '2026-07-28'], ['Mcp-Method', method], ...mirrored];
    }
  }
}
