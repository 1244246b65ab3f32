import type { JsonObject } from '../../src/core/json/value.ts';
import { type RawAnswer, type RawRequest, sendRaw } from './raw-http.ts';

export type Header = readonly [string, string];

export const ERAS = ['legacy', 'modern'] as const;
export type TestEra = (typeof ERAS)[number];

export const ENVELOPE: JsonObject = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

const BASE_HEADERS: readonly Header[] = [
  ['Content-Type', 'application/json'],
  ['Accept', 'application/json, text/event-stream'],
];

/** What every request of an era carries; a legacy one names its revision, and so needs no session. */
export function eraHeaders(era: TestEra, method = 'tools/call', name: string | null = null): readonly Header[] {
  if (era === 'legacy') return [['MCP-Protocol-Version', '2025-11-25']];
  const mirrored: readonly Header[] = name === null ? [] : [['Mcp-Name', name]];
  return [['MCP-Protocol-Version', '2026-07-28'], ['Mcp-Method', method], ...mirrored];
}

export function bearer(name: string): Header {
  return ['Authorization', `Bearer ${name}`];
}

/** A well-formed request of an era from `alice`, as parts that a case may change. */
export function mcpRequest(era: TestEra, method: string, params: JsonObject = {}, id: string | number = 1): RawRequest {
  const all =
    era === 'modern' ? { ...params, _meta: { ...ENVELOPE, ...(params._meta as JsonObject | undefined) } } : params;
  const name = typeof params.name === 'string' ? params.name : null;
  return {
    headers: [...BASE_HEADERS, bearer('alice'), ...eraHeaders(era, method, name)],
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: all }),
  };
}

/** The same request with some headers replaced by name (`null`: left out), or added. */
export function withHeaders(request: RawRequest, changes: readonly (readonly [string, string | null])[]): RawRequest {
  const changed = new Set(changes.map(([name]) => name.toLowerCase()));
  const kept = (request.headers ?? []).filter(([name]) => !changed.has(name.toLowerCase()));
  const added = changes.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  return { ...request, headers: [...kept, ...added] };
}

/** The body of an answer: plain JSON, or the last event of a stream. */
export function parseAnswerBody(answer: RawAnswer): RpcAnswer {
  const isStream = answer.headers.get('content-type') === 'text/event-stream';
  const text = isStream ? (eventsOf(answer).at(-1) ?? '') : answer.body;
  return JSON.parse(text) as RpcAnswer;
}

/** The data of the events of a stream. */
export function eventsOf(answer: RawAnswer): readonly string[] {
  return answer.body.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []));
}

export interface RpcAnswer {
  readonly id?: string | number;
  readonly result?: JsonObject;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: JsonObject };
}

export async function openSession(port: number, who = 'alice', revision = '2025-11-25'): Promise<string> {
  const params = { protocolVersion: revision, capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const answer = await sendRaw(port, {
    headers: [...BASE_HEADERS, bearer(who)],
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
  });
  return answer.headers.get('mcp-session-id') ?? '';
}

/** A legacy request in a session. */
export function sessionRequest(
  sessionId: string,
  method: string,
  params: JsonObject = {},
  who = 'alice',
  id: number | string = 1,
): RawRequest {
  return {
    headers: [...BASE_HEADERS, bearer(who), ['Mcp-Session-Id', sessionId]],
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
  };
}
