import { MCP_ERRORS } from '../../../core/mcp/errors.ts';
import { MODERN_REVISION } from '../rpc/write-params.ts';
import type { HttpAnswer } from './exchange.ts';
import { BY_ITSELF, type HttpLeg, type LegManner } from './http-leg.ts';
import type { Requester } from './requester.ts';

/** 2026-07-28: each request says everything itself, and closing its answer cancels it. */
export function createModernRequester(leg: HttpLeg, onEraDoubt: () => void): Requester {
  const onAnswer = (answer: HttpAnswer): void => {
    if (speaksOtherwise(answer)) onEraDoubt();
  };
  /** There are only so many methods. */
  const manners = new Map<string, LegManner>();
  const mannerOf = (method: string): LegManner => {
    const known = manners.get(method);
    if (known !== undefined) return known;
    const manner = { ...BY_ITSELF, headers: modernHeaders(method), onAnswer };
    manners.set(method, manner);
    return manner;
  };
  return (request) => leg.request(request, mannerOf(request.method));
}

export function modernHeaders(method: string): readonly string[] {
  return ['mcp-protocol-version', MODERN_REVISION, 'mcp-method', method];
}

/** A server of this revision explains a 400, 404 or 405 with a JSON-RPC error; and it never stops speaking it without one. */
function speaksOtherwise({ head, response }: HttpAnswer): boolean {
  if (response?.kind === 'error') return response.code === MCP_ERRORS.unsupportedVersion;
  return head.status === 400 || head.status === 404 || head.status === 405;
}
