import { type Definition, type ListKind, LISTS } from '../../../core/catalog/listed.ts';
import { parseParameterHeaders } from '../../../core/mcp/parameter-headers.ts';
import { type Result, ok } from '../../../core/result.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import { sent } from '../fault.ts';
import { listAll, offersNone } from '../list-all.ts';
import type { ResultObject } from '../rpc/read-message.ts';
import { type HttpRequestDeps, type Requester, responseOf } from './requester.ts';

/** All tools of one principal, remembered for the headers that calls of them need. */
export async function listHttpTools(
  deps: HttpRequestDeps,
  principal: string,
  signal: AbortSignal,
): Promise<Result<readonly Definition[], UpstreamFault>> {
  const listed = await listHttp(deps, 'tools', principal, signal);
  if (listed.ok) deps.known.remember(principal, listed.value);
  return listed;
}

export async function listHttp(
  deps: HttpRequestDeps,
  kind: ListKind,
  principal: string,
  signal: AbortSignal,
): Promise<Result<readonly Definition[], UpstreamFault>> {
  const { limits, report } = deps;
  const current = await deps.eras.current(signal);
  if (!current.ok) return current;
  const era = current.value;
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(limits.listTimeoutMs)]);

  const fetchPage = async (cursor: string | null): Promise<Result<ResultObject | null, UpstreamFault>> => {
    const page = await requestPage(deps.requesters[era], kind, {
      id: deps.nextId(),
      principal,
      paramsJson: deps.params[era].list(cursor),
      timeoutMs: limits.listTimeoutMs,
      signal: inTime,
    });
    const isLate = !page.ok && page.error.kind === 'aborted' && !signal.aborted;
    return isLate ? sent('timeout', `no whole list of ${LISTS[kind].member} within ${limits.listTimeoutMs} ms`) : page;
  };
  const rejectItem = era === 'modern' && kind === 'tools' ? rejectHeaders : () => null;
  return listAll({ kind, era, fetchPage, rejectItem, report }, limits);
}

async function requestPage(
  request: Requester,
  kind: ListKind,
  page: Pick<Parameters<Requester>[0], 'id' | 'principal' | 'paramsJson' | 'timeoutMs' | 'signal'>,
): Promise<Result<ResultObject | null, UpstreamFault>> {
  const { method } = LISTS[kind];
  const answered = await request({ ...page, method, headers: [], onProgress: null });
  if (!answered.ok) return answered;
  const response = responseOf(answered.value);
  if (!response.ok) return response;
  if (response.value.kind === 'result') return ok(response.value.result);
  return offersNone(kind, response.value)
    ? ok(null)
    : sent('invalid-answer', `JSON-RPC error ${response.value.code} to ${method}`);
}

/** A client of this revision must leave out a tool whose headers it cannot send ("Schema Extension"). */
function rejectHeaders({ definition }: Definition): string | null {
  const headers = parseParameterHeaders(definition['inputSchema']);
  return headers.ok ? null : headers.error;
}
