import type { ToolDefinition } from '../../../core/catalog/tool.ts';
import { parseParameterHeaders } from '../../../core/mcp/parameter-headers.ts';
import { type Result, ok } from '../../../core/result.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import { sent } from '../fault.ts';
import { listAllTools } from '../list-tools.ts';
import type { ResultObject } from '../rpc/read-message.ts';
import { type HttpRequestDeps, type Requester, responseOf } from './requester.ts';

/** All tools of one principal, remembered for the headers that calls of them need. */
export async function listHttpTools(
  deps: HttpRequestDeps,
  principal: string,
  signal: AbortSignal,
): Promise<Result<readonly ToolDefinition[], UpstreamFault>> {
  const { limits, report } = deps;
  const current = await deps.eras.current(signal);
  if (!current.ok) return current;
  const era = current.value;
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(limits.listTimeoutMs)]);

  const fetchPage = async (cursor: string | null): Promise<Result<ResultObject, UpstreamFault>> => {
    const page = await requestPage(deps.requesters[era], {
      id: deps.nextId(),
      principal,
      paramsJson: deps.params[era].list(cursor),
      timeoutMs: limits.listTimeoutMs,
      signal: inTime,
    });
    const isLate = !page.ok && page.error.kind === 'aborted' && !signal.aborted;
    return isLate ? sent('timeout', `no whole tool list within ${limits.listTimeoutMs} ms`) : page;
  };
  const rejectTool = era === 'modern' ? rejectHeaders : () => null;
  const listed = await listAllTools({ era, fetchPage, rejectTool, report }, limits);
  if (listed.ok) deps.known.remember(principal, listed.value);
  return listed;
}

async function requestPage(
  request: Requester,
  page: Pick<Parameters<Requester>[0], 'id' | 'principal' | 'paramsJson' | 'timeoutMs' | 'signal'>,
): Promise<Result<ResultObject, UpstreamFault>> {
  const answered = await request({ ...page, method: 'tools/list', headers: [], onProgress: null });
  if (!answered.ok) return answered;
  const response = responseOf(answered.value);
  if (!response.ok) return response;
  if (response.value.kind === 'result') return ok(response.value.result);
  return sent('invalid-answer', `JSON-RPC error ${response.value.code} to tools/list`);
}

/** A client of this revision must leave out a tool whose headers it cannot send ("Schema Extension"). */
function rejectHeaders({ definition }: ToolDefinition): string | null {
  const headers = parseParameterHeaders(definition['inputSchema']);
  return headers.ok ? null : headers.error;
}
