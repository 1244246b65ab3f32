import { describe, expect, it } from 'vitest';
import { type Classification, classifyRequest, type McpHeaders } from '../../../src/core/mcp/classify-request.ts';
import type { NotificationMessage, RequestMessage } from '../../../src/core/mcp/message.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const ENVELOPE = { [VERSION]: '2026-07-28', [CAPABILITIES]: {} };
const MODERN: Classification = { era: 'modern', revision: '2026-07-28' };
const LEGACY: Classification = { era: 'legacy', revision: null };

type Headers = Partial<McpHeaders>;

function request(method: string, params: JsonObject | null = null): RequestMessage {
  return { kind: 'request', id: 1, method, params };
}

function notification(method: string, params: JsonObject | null = null): NotificationMessage {
  return { kind: 'notification', method, params };
}

function modernCall(params: JsonObject = { name: 'read_x' }): RequestMessage {
  return request('tools/call', { _meta: ENVELOPE, ...params });
}

function headers(given: Headers): McpHeaders {
  return { protocolVersion: null, method: null, name: null, ...given };
}

const CALL_HEADERS: Headers = { protocolVersion: '2026-07-28', method: 'tools/call', name: 'read_x' };

describe('classifyRequest takes', () => {
  it.each<[string, Headers, RequestMessage | NotificationMessage, Classification]>([
    ['initialize as legacy', {}, request('initialize', { protocolVersion: '2025-11-25' }), LEGACY],
    ['initialize with any legacy header', { protocolVersion: '2025-03-26' }, request('initialize'), LEGACY],
    [
      'initialize that asks for a modern revision',
      {},
      request('initialize', { protocolVersion: '2026-07-28' }),
      LEGACY,
    ],
    ['a request without anything as legacy', {}, request('tools/list'), LEGACY],
    ['a legacy header', { protocolVersion: '2025-06-18' }, request('ping'), { era: 'legacy', revision: '2025-06-18' }],
    [
      'the oldest legacy header',
      { protocolVersion: '2024-11-05' },
      request('ping'),
      { era: 'legacy', revision: '2024-11-05' },
    ],
    ['a modern call', CALL_HEADERS, modernCall(), MODERN],
    ['a modern call with an encoded name', { ...CALL_HEADERS, name: '=?base64?cmVhZF94?=' }, modernCall(), MODERN],
    [
      'a modern request that has no name to mirror',
      { protocolVersion: '2026-07-28', method: 'tools/list' },
      request('tools/list', { _meta: ENVELOPE }),
      MODERN,
    ],
    [
      'a modern call without a name, which its own parameters refuse',
      { protocolVersion: '2026-07-28', method: 'tools/call' },
      request('tools/call', { _meta: ENVELOPE }),
      MODERN,
    ],
    [
      'a modern notification without an envelope',
      { protocolVersion: '2026-07-28' },
      notification('notifications/x'),
      MODERN,
    ],
    [
      'a modern notification without headers',
      {},
      notification('notifications/x', { _meta: { [VERSION]: '2026-07-28' } }),
      MODERN,
    ],
    [
      'a legacy request with headers that agree',
      { method: 'tools/call', name: 'a' },
      request('tools/call', { name: 'a' }),
      LEGACY,
    ],
    ['capabilities alone as legacy', {}, request('ping', { _meta: { [CAPABILITIES]: {} } }), LEGACY],
  ])('%s', (_sentence, given, message, classified) => {
    expect(classifyRequest(headers(given), message)).toEqual({ ok: true, value: classified });
  });
});

describe('classifyRequest refuses', () => {
  it.each<[string, Headers, RequestMessage | NotificationMessage, number]>([
    ['a name that differs', { ...CALL_HEADERS, name: 'read_x' }, modernCall({ name: 'delete_x' }), -32020],
    ['a name that differs in case', { ...CALL_HEADERS, name: 'Read_x' }, modernCall(), -32020],
    ['a name that differs when decoded', { ...CALL_HEADERS, name: '=?base64?ZGVsZXRlX3g=?=' }, modernCall(), -32020],
    [
      'a name that is not well-formed base64',
      { ...CALL_HEADERS, name: '=?base64?cmVhZF94===?=' },
      modernCall(),
      -32020,
    ],
    [
      'a name with a character that needs encoding',
      { ...CALL_HEADERS, name: 'caf\u00e9' },
      modernCall({ name: 'caf\u00e9' }),
      -32020,
    ],
    ['no name', { ...CALL_HEADERS, name: null }, modernCall(), -32020],
    ['a name that is no string in the body', { ...CALL_HEADERS, name: '1' }, modernCall({ name: 1 }), -32020],
    ['another method', { ...CALL_HEADERS, method: 'tools/list' }, modernCall(), -32020],
    ['another case of the method', { ...CALL_HEADERS, method: 'Tools/Call' }, modernCall(), -32020],
    ['no method', { ...CALL_HEADERS, method: null }, modernCall(), -32020],
    ['no version header', { ...CALL_HEADERS, protocolVersion: null }, modernCall(), -32020],
    ['another version', { ...CALL_HEADERS, protocolVersion: '2025-11-25' }, modernCall(), -32020],
    [
      'a URI that differs',
      { ...CALL_HEADERS, method: 'resources/read', name: 'a:b' },
      request('resources/read', { uri: 'a:c', _meta: ENVELOPE }),
      -32020,
    ],
    [
      'a task that differs',
      { ...CALL_HEADERS, method: 'tasks/get', name: 'a' },
      request('tasks/get', { taskId: 'b', _meta: ENVELOPE }),
      -32020,
    ],
    ['initialize with a modern header', { protocolVersion: '2026-07-28' }, request('initialize'), -32020],
    ['a legacy call whose Mcp-Name lies', { name: 'read_x' }, request('tools/call', { name: 'delete_x' }), -32020],
    [
      'a legacy call whose Mcp-Method lies',
      { method: 'tools/list' },
      request('tools/call', { name: 'delete_x' }),
      -32020,
    ],
    [
      'a modern notification whose Mcp-Method lies',
      { protocolVersion: '2026-07-28', method: 'a' },
      notification('b'),
      -32020,
    ],
    ['a modern header without an envelope', CALL_HEADERS, request('tools/call', { name: 'read_x' }), -32602],
    [
      'an envelope without capabilities',
      CALL_HEADERS,
      modernCall({ name: 'read_x', _meta: { [VERSION]: '2026-07-28' } }),
      -32602,
    ],
    [
      'capabilities that are no object',
      CALL_HEADERS,
      modernCall({ name: 'read_x', _meta: { ...ENVELOPE, [CAPABILITIES]: [] } }),
      -32602,
    ],
    [
      'a version that is no string',
      CALL_HEADERS,
      modernCall({ name: 'read_x', _meta: { ...ENVELOPE, [VERSION]: 20260728 } }),
      -32602,
    ],
    [
      'a version of the future',
      { ...CALL_HEADERS, protocolVersion: '2027-01-01' },
      modernCall({ name: 'read_x', _meta: { ...ENVELOPE, [VERSION]: '2027-01-01' } }),
      -32022,
    ],
    [
      'a legacy version in an envelope',
      { ...CALL_HEADERS, protocolVersion: '2025-11-25' },
      modernCall({ name: 'read_x', _meta: { ...ENVELOPE, [VERSION]: '2025-11-25' } }),
      -32022,
    ],
    ['a version header that nobody knows', { protocolVersion: 'latest' }, request('tools/list'), -32022],
  ])('%s', (_sentence, given, message, code) => {
    expect(classifyRequest(headers(given), message)).toMatchObject({ ok: false, error: { code, httpStatus: 400 } });
  });

  it('names the versions it serves, and repeats no more than a version of the one that was asked for', () => {
    const result = classifyRequest(headers({ protocolVersion: 'x'.repeat(500) }), request('tools/list'));
    expect(result).toMatchObject({ error: { data: { supported: ['2026-07-28'], requested: 'x'.repeat(32) } } });
  });
});
