import { Pool } from 'undici';
import type { JsonObject } from '../../src/core/json/value.ts';
import { parseAnswerBody } from './mcp-request.ts';

/** What a host got for one request. */
export type HostAnswer =
  | {
      readonly kind: 'result';
      readonly result: JsonObject;
      readonly isError: boolean;
      readonly text: string;
      /** Of the structured content, such as `approval_pending`. */
      readonly status: string | null;
      readonly approvalId: string | null;
    }
  | { readonly kind: 'error'; readonly httpStatus: number; readonly code: number; readonly retryAfter: string | null }
  /** The connection was refused or ended, or what came was no answer of the protocol. */
  | { readonly kind: 'lost'; readonly cause: string };

/** A host that keeps its connections, as hosts do. Never throws. */
export interface HostClient {
  /** `held`: takes an event stream, so the call may be held until it is approved. */
  call(tool: string, args: JsonObject, options?: { readonly held?: boolean }): Promise<HostAnswer>;
  listTools(): Promise<HostAnswer>;
  /** Ends its connections, whatever they wait for. */
  close(): Promise<void>;
}

export function createHostClient(port: number, token: string, path = '/mcp'): HostClient {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 64, headersTimeout: 0, bodyTimeout: 0 });
  let id = 0;

  async function send(method: string, params: JsonObject, held = false): Promise<HostAnswer> {
    try {
      const { statusCode, headers, body } = await pool.request({
        method: 'POST',
        path,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: held ? 'application/json, text/event-stream' : 'application/json',
          'mcp-protocol-version': '2025-11-25',
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params }),
      });
      const text = await body.text();
      const given = new Map(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      return readAnswer({ status: statusCode, headers: given, body: text, text });
    } catch (error) {
      return { kind: 'lost', cause: String((error as { code?: unknown }).code ?? error) };
    }
  }

  return {
    call: (tool, args, { held = false } = {}) => send('tools/call', { name: tool, arguments: args }, held),
    listTools: () => send('tools/list', {}),
    close: () => pool.destroy(),
  };
}

function readAnswer(answer: Parameters<typeof parseAnswerBody>[0]): HostAnswer {
  const { result, error } = parseAnswerBody(answer);
  if (error !== undefined) {
    const { status: httpStatus, headers } = answer;
    return { kind: 'error', httpStatus, code: error.code, retryAfter: headers.get('retry-after') ?? null };
  }
  if (result === undefined) return { kind: 'lost', cause: `neither result nor error: ${answer.body}` };
  const content = (result['content'] ?? []) as readonly { readonly text?: string }[];
  const structured = (result['structuredContent'] ?? {}) as { readonly status?: string; readonly approvalId?: string };
  return {
    kind: 'result',
    result,
    isError: result['isError'] === true,
    text: content[0]?.text ?? '',
    status: structured.status ?? null,
    approvalId: structured.approvalId ?? null,
  };
}
