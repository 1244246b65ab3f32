import type { JsonObject } from '../../../core/json/value.ts';
import type { RpcId } from '../../../core/mcp/message.ts';

/** JSON-RPC 2.0 messages to an upstream, as text without line breaks. What is named `…Json` must be such a text already. */
export function writeRequest(id: number, method: string, paramsJson: string): string {
  return `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${paramsJson}}`;
}

export function writeNotification(method: string, paramsJson: string): string {
  return `{"jsonrpc":"2.0","method":"${method}","params":${paramsJson}}`;
}

/** What a host said, checked. */
export function writeResult(id: RpcId, result: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result });
}

/** `why` is of a closed list. */
export function writeRefusal(id: RpcId, why: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32603, message: `Not answered (${why})` } });
}

/** The answer to a request of the upstream's: `ping` is the only one that is always answered; the rest is what nobody was asked. */
export function writeAnswer(id: RpcId, method: string): string {
  const answer = method === 'ping' ? '"result":{}' : '"error":{"code":-32601,"message":"Method not found"}';
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},${answer}}`;
}
