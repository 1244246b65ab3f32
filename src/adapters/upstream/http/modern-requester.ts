import { MCP_ERRORS } from '../../../core/mcp/errors.ts';
import { MODERN_REVISION } from '../rpc/write-params.ts';
import type { HttpAnswer } from './exchange.ts';
import type { HttpLeg } from './http-leg.ts';
import type { Requester } from './requester.ts';

/** 2026-07-28: each request says everything itself, and closing its answer cancels it. */
export function createModernRequester(leg: HttpLeg, onEraDoubt: () => void): Requester {
  const onAnswer = (answer: HttpAnswer): void => {
    if (speaksOtherwise(answer)) onEraDoubt();
  };
  return (request) => {
    const headers = [...modernHeaders(request.method), ...request.headers];
    return leg.request({ ...request, headers, answersRequests: false, onAnswer });
  };
}

export function modernHeaders(method: string): readonly string[] {
  return ['mcp-protocol-version', MODERN_REVISION, 'mcp-method', method];
}

/** A server of this revision explains a 400, 404 or 405 with a JSON-RPC error; and it never stops speaking it without one. */
function speaksOtherwise({ head, response }: HttpAnswer): boolean {
  if (response?.kind === 'error') return response.code === MCP_ERRORS.unsupportedVersion;
  return head.status === 400 || head.status === 404 || head.status === 405;
}
